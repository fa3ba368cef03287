package stride.train.metric;

import stride.graph.Graph;
import stride.train.Loss;
import stride.train.Metric;
import stride.train.Targets;

/**
 * The fraction of the pixels whose class is predicted correctly. Sums: correct, all that have a
 * class.
 */
public record PixelAccuracy() implements Metric {
  @Override
  public String name() {
    return "accuracy";
  }

  @Override
  public int sums() {
    return 2;
  }

  @Override
  public void add(Loss.Outputs outputs, Targets targets, int samples, double[] sums) {
    var values = outputs.value(Graph.OUTPUT);
    int pixels = targets.pixels();
    for (int n = 0; n < samples; n++) {
      for (int pixel = 0; pixel < pixels; pixel++) {
        int label = targets.label(n, pixel);
        if (label >= 0) {
          sums[0] += PixelClasses.of(values, n, pixel, values.stride() / pixels) == label ? 1 : 0;
          sums[1]++;
        }
      }
    }
  }

  @Override
  public double value(double[] sums) {
    return sums[0] / Math.max(1, sums[1]);
  }
}
