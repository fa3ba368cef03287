package stride.app.bench;

import java.util.List;
import stride.distributed.TcpExchange;

/**
 * How long a training step takes on several workers, each with a batch of its own. A worker sends
 * every other its shard of the gradients, and later of the weights: in both rounds all weights but
 * its own shard pass its network card, and it waits once for the network. (The alpha-beta model;
 * Thakur, Rabenseifner and Gropp 2005, "Optimization of Collective Communication Operations in
 * MPICH".) More than 64 workers stand in rows: as many bytes, fewer messages, two waits in each
 * round. Gradients are sent as soon as they are final, while those before them are computed.
 *
 * @param step median seconds of a step of one worker
 * @param spread interquartile range of its steps, in seconds
 * @param buckets the gradients in the order in which they become final
 * @param software seconds that each of two workers needs to exchange all weights, besides the
 *     network: to write, read and add them
 * @param bytesPerSecond of a worker's network card, in one direction
 * @param latency seconds that a message takes without its bytes
 */
public record ClusterModel(
    double step,
    double spread,
    List<Bucket> buckets,
    double software,
    double bytesPerSecond,
    double latency) {
  /** Seconds that a worker needs for one message without its bytes: a system call on each side. */
  private static final double MESSAGE = 10e-6;

  /** The interquartile range of a normal distribution, in standard deviations. */
  private static final double QUARTILES = 1.349;

  /**
   * Gradients that are sent together.
   *
   * @param weights their number
   * @param beforeEnd seconds from when they are final to the end of the backward pass
   */
  public record Bucket(long weights, double beforeEnd) {}

  private long weights() {
    return buckets.stream().mapToLong(Bucket::weights).sum();
  }

  /**
   * The seconds that the slowest of some workers computes: with normally distributed steps, about
   * the square root of 2 ln w standard deviations longer than the median.
   */
  public double computation(int workers) {
    return step + spread / QUARTILES * Math.sqrt(2 * Math.log(workers));
  }

  /** The seconds for which a step of some workers waits for their exchange; 0 for one. */
  public double exchange(int workers) {
    if (workers == 1) {
      return 0;
    }
    double sent = (workers - 1.0) / workers;
    double waits = workers <= TcpExchange.FLAT ? 1 : 2;
    // Two workers send half of all weights.
    double processing = software * sent / 0.5;
    return processing
        + waits * latency
        + gradients(workers, sent)
        + (waits * latency + wire(weights(), workers, sent));
  }

  /** The seconds from the end of the backward pass until the last gradients are sent. */
  private double gradients(int workers, double sent) {
    double free = Double.NEGATIVE_INFINITY;
    for (var bucket : buckets) {
      free = Math.max(free, -bucket.beforeEnd) + wire(bucket.weights, workers, sent);
    }
    return Math.max(0, free);
  }

  /** The seconds in which a part of some floats passes the network card of a worker. */
  private double wire(long floats, int workers, double sent) {
    int messages =
        workers <= TcpExchange.FLAT ? workers - 1 : (int) Math.ceil(2 * (Math.sqrt(workers) - 1));
    return MESSAGE * messages + Float.BYTES * floats * sent / bytesPerSecond;
  }

  /** The seconds of a step of all workers. */
  public double seconds(int workers) {
    return computation(workers) + exchange(workers);
  }

  /** How many times as many images as one worker, as a part of the number of workers. */
  public double efficiency(int workers) {
    return step / seconds(workers);
  }
}
