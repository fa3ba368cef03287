package stride.distributed;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import stride.train.Shared;

/**
 * A connection to another task. Once it is started, one thread reads all that comes, so that both
 * sides may send at the same time, and another sends signs of life, so that a task that stands
 * still can be told from one that computes.
 */
final class Connection {
  private static final int BUFFER = 1 << 16;

  /** Signs of life in the time after which a task counts as lost. */
  private static final int BEATS = 6;

  private static final long FAREWELL_MILLIS = 500;

  final Peer peer;
  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;
  private final ReentrantLock sending = new ReentrantLock();
  private final BlockingQueue<Frame> frames = new LinkedBlockingQueue<>();
  private volatile boolean closed;

  /** Ends when nothing more is read. */
  private final CountDownLatch allRead = new CountDownLatch(1);

  /** Whether the last frame has been sent; with {@link #allRead}, the socket is of no more use. */
  private volatile boolean allSent;

  Connection(Socket socket, Peer peer) throws IOException {
    this.socket = socket;
    this.peer = peer;
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER));
    out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), BUFFER));
  }

  /** The same connection to a task of which more is known. */
  private Connection(Connection other, Peer peer) {
    this.peer = peer;
    socket = other.socket;
    in = other.in;
    out = other.out;
  }

  Connection to(Peer known) {
    return new Connection(this, known);
  }

  /** Reads a frame before the connection is started. */
  Frame read(Duration timeout) throws IOException {
    socket.setSoTimeout(Math.toIntExact(timeout.toMillis()));
    return Frame.read(in);
  }

  /**
   * Whether the other side has ended before the connection is started, while it waits and has
   * nothing to say.
   */
  boolean gone() {
    try {
      socket.setSoTimeout(1);
      in.mark(1);
      if (in.read() < 0) {
        return true;
      }
      in.reset();
      return false;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /**
   * Starts to read, and to send signs of life.
   *
   * @param timeout after which the other task counts as lost; the same in both
   * @param lost receives this connection and, as a sentence, why nothing more comes
   */
  void start(Duration timeout, BiConsumer<Connection, String> lost) throws IOException {
    socket.setSoTimeout(Math.toIntExact(timeout.toMillis()));
    Thread.ofPlatform().daemon().name("stride-read-" + peer.first()).start(() -> read(lost));
    long pause = Math.max(1, timeout.toMillis() / BEATS);
    Thread.ofPlatform().daemon().name("stride-beat-" + peer.first()).start(() -> beat(pause));
  }

  private void read(BiConsumer<Connection, String> lost) {
    try {
      while (true) {
        var frame = Frame.read(in);
        switch (frame.type()) {
          case BEAT -> {}
          case FAILED -> lost.accept(this, frame.text());
          case ENDED -> {
            frames.add(frame);
            return;
          }
          default -> frames.add(frame);
        }
      }
    } catch (SocketTimeoutException e) {
      lost.accept(
          this,
          "%s has given no sign of life for %s s: it hangs, or the network is down"
              .formatted(peer, timeoutSeconds()));
    } catch (EOFException e) {
      lost.accept(this, "%s has ended without a word: its own output may say why".formatted(peer));
    } catch (IOException e) {
      lost.accept(this, "the connection to %s is lost: %s".formatted(peer, e.getMessage()));
    } catch (RuntimeException | Error e) {
      // Without a word the training would wait for this thread for ever.
      lost.accept(this, "what %s sends cannot be read: %s".formatted(peer, e));
    } finally {
      allRead.countDown();
      if (allSent) {
        close();
      }
    }
  }

  private String timeoutSeconds() {
    try {
      return String.valueOf(socket.getSoTimeout() / 1000.0).replaceAll("\\.0$", "");
    } catch (IOException e) {
      return "many";
    }
  }

  private void beat(long pause) {
    try {
      while (!closed) {
        Thread.sleep(pause);
        // Whoever sends something else gives a sign of life, too.
        if (sending.tryLock()) {
          try {
            Frame.write(out, Frame.Type.BEAT, new byte[0], List.of());
          } finally {
            sending.unlock();
          }
        }
      }
    } catch (IOException e) {
      // The thread that reads finds out, too.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void send(Frame frame) throws IOException {
    send(frame.type(), frame.bytes(), List.of());
  }

  /** Sends bytes and parts of arrays, which may be changed afterwards. */
  void send(Frame.Type type, byte[] bytes, List<Shared> parts) throws IOException {
    sending.lock();
    try {
      Frame.write(out, type, bytes, parts);
    } finally {
      sending.unlock();
    }
  }

  /** Waits for the next frame; an {@link Frame.Type#ENDED} if none will come. */
  Frame receive() throws InterruptedException {
    var frame = frames.take();
    if (frame.type() == Frame.Type.ENDED) {
      frames.add(frame);
    }
    return frame;
  }

  /** Lets whoever waits for a frame know that none will come. */
  void end() {
    frames.add(Frame.of(Frame.Type.ENDED, ""));
  }

  /**
   * Waits a moment until all that the other side has sent is read: if it has said why it ends, that
   * counts more than that nothing can be sent to it.
   */
  void awaitLastWords() {
    try {
      var _ = allRead.await(FAREWELL_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Sends a last frame if that is possible at once, and nothing after it. The connection is closed
   * once nothing more comes either. Returns after half a second at the latest.
   */
  void sendLast(Frame frame) {
    closed = true;
    // The other side may not read: a thread of its own keeps that from delaying the end.
    var farewell = Thread.ofVirtual().name("stride-end-" + peer.first()).start(() -> last(frame));
    try {
      var _ = farewell.join(Duration.ofMillis(FAREWELL_MILLIS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    allSent = true;
    if (allRead.getCount() == 0) {
      close();
    }
  }

  private void last(Frame frame) {
    try {
      if (sending.tryLock(FAREWELL_MILLIS, TimeUnit.MILLISECONDS)) {
        try {
          Frame.write(out, frame.type(), frame.bytes(), List.of());
          socket.shutdownOutput();
        } finally {
          sending.unlock();
        }
      }
    } catch (IOException e) {
      // The other side has gone; there is nobody to tell.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void close() {
    closed = true;
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed as far as it can be.
    }
  }
}
