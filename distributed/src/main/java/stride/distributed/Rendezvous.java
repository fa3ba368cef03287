package stride.distributed;

import java.time.Duration;

/**
 * How a task of a training meets the others: which ranks it computes, where, and how long it waits.
 *
 * @param ranks the number of ranks of the training, at least 1
 * @param first the first rank that the task computes, from 0
 * @param own the number of ranks that it computes, at least 1
 * @param host where the task of rank 0 listens; all tasks name it in the same way
 * @param port the port there, from 1 to 65535
 * @param patience how long tasks wait for each other to begin, from 1 ms to 24 days
 * @param timeout how long a task may be silent before it counts as lost, from 1 ms to 24 days; the
 *     smallest of all tasks counts. Tasks that compute are not silent
 * @param stall after how long without progress the task itself counts as hanging, from 1 ms to 24
 *     days: without a batch computed, and without waiting for others. Ten times its slowest batch
 *     so far is allowed in any case, and six times as long before it trains, while it reads its
 *     data
 */
public record Rendezvous(
    int ranks,
    int first,
    int own,
    String host,
    int port,
    Duration patience,
    Duration timeout,
    Duration stall) {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Duration STALL = Duration.ofMinutes(10);
  private static final Duration LONGEST = Duration.ofDays(24);
  private static final int LAST_PORT = 65535;

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if the ranks are not among all, the port is none, or a time is
   *     out of range
   */
  public Rendezvous {
    if (ranks < 1 || first < 0 || own < 1 || first > ranks - own) {
      throw new IllegalArgumentException(
          "%d ranks are numbered 0 to %d, found %s"
              .formatted(ranks, ranks - 1, own == 1 ? first : first + "-" + (first + own - 1)));
    }
    if (port < 1 || port > LAST_PORT) {
      throw new IllegalArgumentException(
          "a port is a number from 1 to %d, found %d".formatted(LAST_PORT, port));
    }
    check("a time-out", timeout);
    check("the patience", patience);
    check("the time without progress", stall);
  }

  private static void check(String what, Duration time) {
    if (time.compareTo(Duration.ofMillis(1)) < 0 || time.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "%s is from 1 ms to %d days, found %s".formatted(what, LONGEST.toDays(), time));
    }
  }

  /**
   * Returns a rendezvous with the usual times: five minutes to begin, 30 seconds of silence, ten
   * minutes without progress.
   *
   * @param ranks the number of ranks of the training
   * @param first the first rank that the task computes
   * @param own the number of ranks that it computes
   * @param host where the task of rank 0 listens
   * @param port the port there
   */
  public Rendezvous(int ranks, int first, int own, String host, int port) {
    this(ranks, first, own, host, port, PATIENCE, TIMEOUT, STALL);
  }

  /**
   * {@return a copy with another time to begin}
   *
   * @param time how long tasks wait for each other
   */
  public Rendezvous patience(Duration time) {
    return new Rendezvous(ranks, first, own, host, port, time, timeout, stall);
  }

  /**
   * {@return a copy with another time of silence}
   *
   * @param time how long a task may be silent
   */
  public Rendezvous timeout(Duration time) {
    return new Rendezvous(ranks, first, own, host, port, patience, time, stall);
  }

  /**
   * {@return a copy with another time without progress}
   *
   * @param time how long this task may get nowhere
   */
  public Rendezvous stall(Duration time) {
    return new Rendezvous(ranks, first, own, host, port, patience, timeout, time);
  }

  String address() {
    return host + ":" + port;
  }
}
