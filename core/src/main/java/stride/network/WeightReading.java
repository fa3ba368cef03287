package stride.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import stride.engine.Engine;
import stride.format.FormatException;
import stride.format.TensorFile;
import stride.graph.Counter;
import stride.graph.WeightTable;
import stride.graph.Weights;
import stride.kernel.Kernels;
import stride.tensor.Numbers;

/**
 * Reads tensors, whose shapes have been checked, straight to their places among the weights: some
 * filters at a time, on all processors if there are many.
 *
 * @param names the file's name for each of the network's
 */
record WeightReading(TensorFile file, Map<String, String> names) {
  /** Floats that are read at once, about. */
  private static final int STRETCH = 1 << 16;

  /** So many filters, or a multiple of it: a cache line of memory's order, where they alternate. */
  private static final int FILTERS = 16;

  /** Weights that one thread has read before others have started. */
  private static final int FEW = 1 << 20;

  /** Reads all weights and statistics but those of some names. */
  void into(Weights weights, Set<String> except) throws IOException {
    weights(weights, except);
    statistics(weights, except);
    weights.changed();
  }

  private void weights(Weights weights, Set<String> except) throws IOException {
    var stretches = new ArrayList<Stretch>();
    for (var entry : weights.table().weights()) {
      if (except.contains(entry.name())) {
        continue;
      }
      var order = entry.order();
      int filter = order.middle() * order.inner();
      int together = Math.ceilDiv(STRETCH, Math.max(filter, 1));
      together = Math.ceilDiv(together, FILTERS) * FILTERS;
      for (int first = 0; first < order.out(); first += together) {
        stretches.add(new Stretch(entry, first, Math.min(first + together, order.out()), filter));
      }
    }
    int longest = stretches.stream().mapToInt(Stretch::floats).max().orElse(0);
    boolean few = weights.table().weightFloats() <= FEW;
    try (var engine =
        Engine.with(few ? 1 : Runtime.getRuntime().availableProcessors(), Kernels.scalar())) {
      var read = new float[engine.threads()][longest];
      engine.forEach(
          stretches.size(), (i, worker) -> read(stretches.get(i), read[worker], weights.values()));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** The filters [first, end) of a weight tensor, each of the given number of floats. */
  private record Stretch(WeightTable.WeightEntry entry, int first, int end, int filter) {
    int floats() {
      return (end - first) * filter;
    }
  }

  private void read(Stretch stretch, float[] read, float[] weights) {
    var entry = stretch.entry();
    try {
      long from = (long) stretch.first() * stretch.filter();
      file.floats(stored(entry.name()), from, stretch.floats(), read, 0);
      int bad = Numbers.firstNotFinite(read, 0, stretch.floats());
      if (bad >= 0) {
        throw noNumber(entry.name(), read[bad], from + bad);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    entry.order().toMemory(read, stretch.first(), stretch.end(), weights, entry.offset());
  }

  private void statistics(Weights weights, Set<String> except) throws IOException {
    for (var entry : weights.table().statistics()) {
      if (names.containsKey(entry.name()) && !except.contains(entry.name())) {
        read(entry, weights.statistics());
      }
    }
  }

  private long count(String stored) throws IOException {
    boolean whole = file.tensor(stored).type().isWhole();
    long count = whole ? file.longs(stored)[0] : (long) file.floats(stored)[0];
    if (count < 0 || count > Counter.MAX) {
      throw new FormatException(
          "%s: %s counts from 0 to %d, found %d"
              .formatted(file.file(), FormatException.quote(stored), Counter.MAX, count));
    }
    return count;
  }

  private void read(WeightTable.StatisticEntry entry, float[] statistics) throws IOException {
    String stored = stored(entry.name());
    if (entry.statistic().counter()) {
      Counter.set(statistics, entry.offset(), count(stored));
      return;
    }
    file.floats(stored, statistics, entry.offset());
    int bad = entry.statistic().flaw(statistics, entry.offset());
    if (bad >= 0) {
      throw noNumber(entry.name(), statistics[bad], bad - entry.offset());
    }
  }

  private FormatException noNumber(String name, float found, long number) {
    return new FormatException(
        "%s: %s holds %s (its number %d), expected %s: the training that wrote it went wrong, take an earlier checkpoint"
            .formatted(
                file.file(),
                FormatException.quote(name),
                found,
                number,
                Float.isFinite(found) ? "0 or more" : "finite numbers"));
  }

  private String stored(String name) {
    return Objects.requireNonNull(names.get(name), name);
  }
}
