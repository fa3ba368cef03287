package stride.train.metric;

import stride.graph.Graph;
import stride.train.Loss;
import stride.train.Metric;
import stride.train.Targets;

/**
 * The fraction of correct predictions for samples that may belong to several classes. Sums:
 * correct, all.
 *
 * @param whole whether whole samples are counted, which are correct only with all of their classes,
 *     instead of single classes
 */
public record LabelMetric(boolean whole) implements Metric {
  @Override
  public String name() {
    return whole ? "accuracy" : "label_accuracy";
  }

  @Override
  public int sums() {
    return 2;
  }

  @Override
  public void add(Loss.Outputs outputs, Targets targets, int samples, double[] sums) {
    var values = outputs.value(Graph.OUTPUT);
    int width = targets.width();
    for (int n = 0; n < samples; n++) {
      int right = 0;
      for (int j = 0; j < width; j++) {
        float z = values.array()[values.at(n) + j];
        right += !Float.isNaN(z) && z > 0 == targets.value(n, j) > 0.5f ? 1 : 0;
      }
      sums[0] += whole ? right / width : right;
      sums[1] += whole ? 1 : width;
    }
  }

  @Override
  public double value(double[] sums) {
    return sums[0] / Math.max(1, sums[1]);
  }
}
