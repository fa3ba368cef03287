package stride.app.bench;

/**
 * How long a training step takes on several workers, each with a batch of its own. A worker sends
 * every other its slice of the gradients, and later of the weights: in both rounds all weights but
 * its own slice, w - 1 messages, pass its network card, and it waits once for the network. (The
 * alpha-beta model; Thakur, Rabenseifner and Gropp 2005, "Optimization of Collective Communication
 * Operations in MPICH".) Nothing of the exchange overlaps with the computation.
 *
 * @param step median seconds of a step of one worker
 * @param spread interquartile range of its steps, in seconds
 * @param weights floats that are exchanged
 * @param software seconds that a worker needs for each float besides the network: to write, read
 *     and add it
 * @param bytesPerSecond of a worker's network card, in one direction
 * @param latency seconds that a message takes without its bytes
 */
public record ClusterModel(
    double step,
    double spread,
    long weights,
    double software,
    double bytesPerSecond,
    double latency) {
  /** Seconds that a worker needs for one message without its bytes: a system call on each side. */
  private static final double MESSAGE = 10e-6;

  /** The interquartile range of a normal distribution, in standard deviations. */
  private static final double QUARTILES = 1.349;

  /**
   * The seconds that the slowest of some workers computes: with normally distributed steps, about
   * the square root of 2 ln w standard deviations longer than the median.
   */
  public double computation(int workers) {
    return step + spread / QUARTILES * Math.sqrt(2 * Math.log(workers));
  }

  /** The seconds of an exchange between some workers; 0 for one. */
  public double exchange(int workers) {
    if (workers == 1) {
      return 0;
    }
    double bytes = (double) Float.BYTES * weights * (workers - 1) / workers;
    return weights * software + 2 * (latency + MESSAGE * (workers - 1) + bytes / bytesPerSecond);
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
