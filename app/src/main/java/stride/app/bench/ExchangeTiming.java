package stride.app.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import stride.distributed.Rendezvous;
import stride.distributed.Secret;
import stride.distributed.TcpExchange;
import stride.train.ArrayPart;
import stride.train.Exchange;

/** Times the exchange of gradients and weights between tasks, over TCP. */
public final class ExchangeTiming {
  private static final int ROUNDS = 24;

  private ExchangeTiming() {}

  /**
   * The seconds of an exchange between two tasks in this process.
   *
   * @param weights floats that are exchanged
   * @throws IOException if this machine has no network to itself
   */
  public static Timing of(int weights) throws IOException, InterruptedException {
    byte[] key = new byte[Secret.LEAST];
    new SecureRandom().nextBytes(key);
    var secret = Secret.of(key);
    int port;
    var here = InetAddress.getLoopbackAddress();
    try (var socket = new ServerSocket(0, 1, here)) {
      port = socket.getLocalPort();
    }
    String host = here.getHostAddress();
    try (var threads = Executors.newFixedThreadPool(1)) {
      Callable<Timing> second = () -> of(new Rendezvous(2, 1, 1, host, port), secret, weights);
      var other = threads.submit(second);
      var timing = of(new Rendezvous(2, 0, 1, host, port), secret, weights);
      var _ = other.get();
      return timing;
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  private static Timing of(Rendezvous place, Secret secret, int weights) throws IOException {
    try (var exchange = TcpExchange.joinWithoutSharedMemory(place, secret)) {
      return of(exchange, weights);
    }
  }

  /** The seconds of an exchange between tasks that have met; each of them calls this. */
  private static Timing of(Exchange exchange, int weights) throws IOException {
    var whole = ArrayPart.whole(new float[weights]);
    var seconds = new double[ROUNDS / 2];
    // The first half warms up.
    for (int round = 0; round < ROUNDS; round++) {
      long start = System.nanoTime();
      for (var bucket : whole.buckets()) {
        exchange.give(exchange.ranks().first(), bucket);
      }
      var _ = exchange.take(new double[][] {{0, 0}});
      exchange.gather(List.of(whole));
      seconds[round % seconds.length] = (System.nanoTime() - start) * 1e-9;
    }
    return Timing.of(0, seconds);
  }
}
