package stride.app.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import stride.distributed.Place;
import stride.distributed.Secret;
import stride.distributed.TcpExchange;
import stride.train.Shared;

/** Times the exchange of gradients and weights between two tasks in this process, over TCP. */
public final class ExchangeTiming {
  private static final int ROUNDS = 12;

  private ExchangeTiming() {}

  /**
   * The median seconds of an exchange.
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
    try (var threads = Executors.newFixedThreadPool(1)) {
      Callable<double[]> second =
          () -> rounds(new Place(2, 1, 1, here.getHostAddress(), port), secret, weights);
      var other = threads.submit(second);
      double[] seconds = rounds(new Place(2, 0, 1, here.getHostAddress(), port), secret, weights);
      var _ = other.get();
      return Timing.of(0, seconds);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  private static double[] rounds(Place place, Secret secret, int weights) throws IOException {
    var arrays = List.of(new Shared(new float[weights], 0, weights));
    var seconds = new double[ROUNDS / 2];
    try (var exchange = TcpExchange.join(place, secret)) {
      // The first half warms up.
      for (int round = 0; round < ROUNDS; round++) {
        long start = System.nanoTime();
        exchange.give(place.first(), new double[2], arrays);
        var _ = exchange.take(arrays);
        exchange.gather(arrays);
        seconds[round % seconds.length] = (System.nanoTime() - start) * 1e-9;
      }
    }
    return seconds;
  }
}
