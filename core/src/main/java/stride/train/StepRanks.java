package stride.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import stride.engine.Plan;
import stride.graph.Counter;
import stride.graph.WeightTable;

/**
 * Computes the gradients of a step's ranks that are this task's, and adds those of all tasks. Each
 * rank begins with the same running statistics; afterwards they are the mean of those of the ranks
 * that had samples. The changes of the statistics are averaged along the same tree, so that those
 * that no rank changes keep their bits.
 */
final class StepRanks {
  private static final int LOSS = 0;
  private static final int STOP = 1;
  private static final int METRICS = 2;

  private final Exchange exchange;
  private final TrainingState state;

  /** The sums of the metrics of one rank's samples. */
  private final Measurement measurement;

  /** The running statistics before the step. */
  private final float[] before;

  private final List<WeightTable.StatisticEntry> entries;

  StepRanks(Exchange exchange, TrainingState state, List<Metric> metrics) {
    this.exchange = exchange;
    this.state = state;
    measurement = new Measurement(metrics);
    before = new float[state.weights.statistics().length];
    entries = state.weights.table().statistics();
  }

  /** Computes the gradients of one rank. */
  interface Work {
    /**
     * Computes the gradients of some samples of the step, each of which has the same share of the
     * step's mean loss.
     *
     * @param first the first of them among the step's samples
     * @param samples their number, at least 1
     * @param measurement receives their metrics
     * @param listener is told which gradients are final, as far as that is known before all are
     * @return the sum of their losses
     */
    double gradients(
        int first, int samples, Measurement measurement, Plan.GradientListener listener)
        throws IOException;
  }

  /**
   * What all ranks have computed.
   *
   * @param loss the sum of the samples' losses
   * @param stops whether a task was asked to stop
   */
  record Sums(double loss, boolean stops) {}

  /**
   * Computes the gradients of this task's ranks, and adds up the ranks of all tasks: afterwards
   * this task's shards of the gradients and of the running statistics are those of the step.
   *
   * @param gradients where the work leaves its gradients
   * @param samples the number of samples of the step
   * @param stop whether this task was asked to stop
   */
  Sums run(ArrayPart gradients, int samples, boolean stop, Work work) throws IOException {
    try {
      return sums(all(gradients, samples, stop, work));
    } catch (GivingFailure e) {
      throw e.getCause();
    }
  }

  /** Computes this task's ranks; returns the numbers of all. */
  private double[][] all(ArrayPart gradients, int samples, boolean stop, Work work)
      throws IOException {
    var ranks = exchange.ranks();
    float[] statistics = state.weights.statistics();
    System.arraycopy(statistics, 0, before, 0, before.length);
    var numbers = new double[ranks.own()][];
    var buckets = gradients.buckets();
    for (int own = 0; own < ranks.own(); own++) {
      int rank = ranks.first() + own;
      System.arraycopy(before, 0, statistics, 0, before.length);
      int count = ranks.samples(samples, rank);
      measurement.clear();
      var giving = new Giving(rank, buckets);
      double loss = 0;
      if (count > 0) {
        loss = work.gradients(ranks.begin(samples, rank), count, measurement, giving);
      } else {
        Arrays.fill(gradients.values(), gradients.from(), gradients.to(), 0);
      }
      giving.ready(gradients.from());
      subtractBefore(rank);
      exchange.give(rank, statistics());
      numbers[own] = numbers(loss, stop);
    }
    double[][] all = exchange.take(numbers);
    addMean(Math.min(samples, ranks.all()));
    return all;
  }

  /** Gives gradients while those before them in the network are still computed. */
  private final class Giving implements Plan.GradientListener {
    private final int rank;
    private final List<ArrayPart> buckets;
    private int next;

    Giving(int rank, List<ArrayPart> buckets) {
      this.rank = rank;
      this.buckets = buckets;
    }

    @Override
    public void ready(int from) {
      try {
        while (next < buckets.size() && buckets.get(next).from() >= from) {
          exchange.give(rank, buckets.get(next++));
        }
      } catch (IOException e) {
        throw new GivingFailure(e);
      }
    }
  }

  /**
   * What a listener throws in place of a failed exchange: it cannot throw that as it is. A type of
   * its own, since data sets throw others that name the file.
   */
  private static final class GivingFailure extends UncheckedIOException {
    private static final long serialVersionUID = 1;

    GivingFailure(IOException cause) {
      super(cause);
    }
  }

  /** Returns the running statistics, which the tasks add up and gather as they do gradients. */
  ArrayPart statistics() {
    return ArrayPart.whole(state.weights.statistics());
  }

  /**
   * Makes changes of the running statistics. The counters of all ranks change in the same way: only
   * those of rank 0 are added.
   */
  private void subtractBefore(int rank) {
    float[] statistics = state.weights.statistics();
    for (var entry : entries) {
      if (!entry.statistic().counter()) {
        for (int i = entry.offset(); i < entry.offset() + entry.statistic().length(); i++) {
          statistics[i] -= before[i];
        }
      } else if (rank > 0) {
        Counter.set(statistics, entry.offset(), 0);
      }
    }
  }

  /** Adds the mean of the ranks' changes to the running statistics before the step. */
  private void addMean(int ranks) {
    float[] statistics = state.weights.statistics();
    for (var entry : entries) {
      if (!entry.statistic().counter()) {
        for (int i = entry.offset(); i < entry.offset() + entry.statistic().length(); i++) {
          // Rounding must not make a variance of 0 negative.
          statistics[i] = Math.max(entry.statistic().least(), before[i] + statistics[i] / ranks);
        }
      }
    }
  }

  private double[] numbers(double loss, boolean stop) {
    var sums = measurement.sums();
    var numbers = new double[METRICS + sums.values().stream().mapToInt(own -> own.length).sum()];
    numbers[LOSS] = loss;
    numbers[STOP] = stop ? 1 : 0;
    int at = METRICS;
    for (double[] own : sums.values()) {
      System.arraycopy(own, 0, numbers, at, own.length);
      at += own.length;
    }
    return numbers;
  }

  /** Adds up the ranks' numbers, and adds their metrics to those of the epoch. */
  private Sums sums(double[][] numbers) {
    double loss = 0;
    boolean stops = false;
    for (double[] rank : numbers) {
      loss += rank[LOSS];
      stops |= rank[STOP] > 0;
      int at = METRICS;
      for (double[] sums : state.measurement.sums().values()) {
        for (int i = 0; i < sums.length; i++) {
          sums[i] += rank[at++];
        }
      }
    }
    return new Sums(loss, stops);
  }
}
