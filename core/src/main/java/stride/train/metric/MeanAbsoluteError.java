package stride.train.metric;

import stride.graph.Graph;
import stride.train.Loss;
import stride.train.Metric;
import stride.train.Targets;

/** The mean of |z - y|. Sums: |z - y|, and the number of outputs. */
public record MeanAbsoluteError() implements Metric {
  @Override
  public String name() {
    return "mean_absolute_error";
  }

  @Override
  public int sums() {
    return 2;
  }

  @Override
  public void add(Loss.Outputs outputs, Targets targets, int samples, double[] sums) {
    var values = outputs.value(Graph.OUTPUT);
    int width = values.stride();
    targets.requireWidth("the mean absolute error", width);
    for (int n = 0; n < samples; n++) {
      for (int j = 0; j < width; j++) {
        sums[0] += Math.abs((double) values.array()[values.at(n) + j] - targets.value(n, j));
      }
    }
    sums[1] += (double) samples * width;
  }

  @Override
  public double value(double[] sums) {
    return sums[0] / Math.max(1, sums[1]);
  }
}
