package stride.train.metric;

import stride.graph.Graph;
import stride.train.Loss;
import stride.train.Metric;
import stride.train.Targets;

/**
 * The mean over the classes of the intersection over union. Sums: for each class the pixels both
 * predicted and known to be of it, those predicted, those known.
 *
 * @param classes the number of classes, at least 2
 */
public record MeanIntersectionOverUnion(int classes) implements Metric {
  private static final int SUMS = 3;

  /**
   * Checks the number of classes.
   *
   * @throws IllegalArgumentException if it is below 2
   */
  public MeanIntersectionOverUnion {
    if (classes < 2) {
      throw new IllegalArgumentException("there must be at least 2 classes, was " + classes);
    }
  }

  @Override
  public String name() {
    return "mean_iou";
  }

  @Override
  public int sums() {
    return SUMS * classes;
  }

  @Override
  public void add(Loss.Outputs outputs, Targets targets, int samples, double[] sums) {
    var values = outputs.value(Graph.OUTPUT);
    int pixels = targets.pixels();
    for (int n = 0; n < samples; n++) {
      for (int pixel = 0; pixel < pixels; pixel++) {
        int known = targets.label(n, pixel);
        if (known >= 0) {
          int predicted = PixelClasses.of(values, n, pixel, values.stride() / pixels);
          sums[SUMS * known] += predicted == known ? 1 : 0;
          sums[SUMS * predicted + 1]++;
          sums[SUMS * known + 2]++;
        }
      }
    }
  }

  @Override
  public double value(double[] sums) {
    double total = 0;
    int count = 0;
    for (int c = 0; c < classes; c++) {
      double union = sums[SUMS * c + 1] + sums[SUMS * c + 2] - sums[SUMS * c];
      if (union > 0) {
        total += sums[SUMS * c] / union;
        count++;
      }
    }
    return total / Math.max(1, count);
  }
}
