package stride.distributed;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import stride.train.ExchangeException;

/**
 * The tasks that call this one and prove the secret. Each caller is answered on a thread of its
 * own, so that a silent caller does not delay the others. A caller that has not proven the secret
 * in time is disconnected.
 */
final class Arrivals implements AutoCloseable {
  /** The time that a caller has to prove that it is a task, and to say which. */
  private static final Duration PROOF = Duration.ofSeconds(5);

  private static final int PAUSE_MILLIS = 100;

  private final ServerSocket server;
  private final Secret secret;
  private final BlockingQueue<Arrival> arrived = new LinkedBlockingQueue<>();
  private boolean closed;

  /** A task that has come. */
  record Arrival(Connection connection, Hello hello) {}

  /**
   * Starts to answer callers.
   *
   * @param server where they call, which is closed with this
   */
  Arrivals(ServerSocket server, Secret secret) {
    this.server = server;
    this.secret = secret;
    Thread.ofVirtual().name("stride-accept").start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** The next task that comes; null if none does in a time. */
  @Nullable Arrival next(int millis) throws ExchangeException {
    try {
      return arrived.poll(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExchangeException("interrupted while it waited for the other ranks", e);
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        var socket = server.accept();
        Thread.ofVirtual().name("stride-caller").start(() -> answer(socket));
      } catch (IOException e) {
        // Closed, or too many callers at once: some of those are soon sent away.
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Gives a caller one deadline for all that it has to say. */
  private void answer(Socket socket) {
    var talk = Thread.ofVirtual().start(() -> talk(socket));
    try {
      if (!talk.join(PROOF)) {
        socket.close();
      }
    } catch (IOException e) {
      // It is closed as far as it can be.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void talk(Socket socket) {
    boolean accepted = false;
    try {
      socket.setTcpNoDelay(true);
      if (Handshake.answer(socket, secret)) {
        String host = socket.getInetAddress().getHostAddress();
        var connection = new Connection(socket, new Peer(0, 1, host, 0));
        accepted = add(new Arrival(connection, Hello.of(connection.read(PROOF), host)));
      }
    } catch (IOException e) {
      // No task, or one that has given up: the others do not wait for it here.
    } finally {
      if (!accepted) {
        close(socket);
      }
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed as far as it can be.
    }
  }

  private synchronized boolean add(Arrival arrival) {
    return !closed && arrived.add(arrival);
  }

  /** Answers nobody any more. */
  @Override
  public synchronized void close() throws IOException {
    closed = true;
    for (var arrival : arrived) {
      arrival.connection().close();
    }
    server.close();
  }
}
