package stride.train;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Metrics and the sums that they are computed from, over a number of batches. */
final class Measurement {
  private final List<Metric> metrics;
  private final double[][] sums;

  Measurement(List<Metric> metrics) {
    this.metrics = metrics;
    sums = metrics.stream().map(metric -> new double[metric.sums()]).toArray(double[][]::new);
  }

  /** Sets all sums to 0. */
  void clear() {
    for (double[] own : sums) {
      Arrays.fill(own, 0);
    }
  }

  void add(Loss.Outputs outputs, Targets targets, int samples) {
    for (int i = 0; i < sums.length; i++) {
      metrics.get(i).add(outputs, targets, samples, sums[i]);
    }
  }

  /** Returns the metrics by their names, in order. */
  Map<String, Double> values() {
    var values = new LinkedHashMap<String, Double>();
    for (int i = 0; i < sums.length; i++) {
      values.put(metrics.get(i).name(), metrics.get(i).value(sums[i]));
    }
    return values;
  }

  /** Returns the value of a metric; NaN if there is none of this name. */
  double value(String name) {
    for (int i = 0; i < sums.length; i++) {
      if (metrics.get(i).name().equals(name)) {
        return metrics.get(i).value(sums[i]);
      }
    }
    return Double.NaN;
  }

  /** Returns the sums by the metrics' names, which a checkpoint saves and restores. */
  Map<String, double[]> sums() {
    var byName = new LinkedHashMap<String, double[]>();
    for (int i = 0; i < sums.length; i++) {
      byName.put(metrics.get(i).name(), sums[i]);
    }
    return byName;
  }
}
