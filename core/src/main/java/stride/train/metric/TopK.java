package stride.train.metric;

import stride.compute.Buffer;
import stride.graph.Graph;
import stride.train.Loss;
import stride.train.Metric;
import stride.train.Targets;

/**
 * The fraction of the samples whose class is among the k largest outputs. Sums: correct, all.
 *
 * @param k at least 1
 */
public record TopK(int k) implements Metric {
  /**
   * Checks k.
   *
   * @throws IllegalArgumentException if it is below 1
   */
  public TopK {
    if (k < 1) {
      throw new IllegalArgumentException("k must be at least 1, was " + k);
    }
  }

  @Override
  public String name() {
    return k == 1 ? "accuracy" : "top" + k;
  }

  @Override
  public int sums() {
    return 2;
  }

  @Override
  public void add(Loss.Outputs outputs, Targets targets, int samples, double[] sums) {
    var values = outputs.value(Graph.OUTPUT);
    for (int n = 0; n < samples; n++) {
      sums[0] += isIn(k, values, n, targets.likeliest(n)) ? 1 : 0;
    }
    sums[1] += samples;
  }

  @Override
  public double value(double[] sums) {
    return sums[0] / Math.max(1, sums[1]);
  }

  /**
   * {@return whether a sample's class is among its k largest outputs}
   *
   * @param k the number of outputs
   * @param outputs the network's outputs
   * @param sample the sample in the batch, from 0
   * @param label the sample's class
   */
  public static boolean isIn(int k, Buffer outputs, int sample, int label) {
    float[] z = outputs.array();
    int at = outputs.at(sample);
    if (outputs.stride() == 1) {
      return !Float.isNaN(z[at]) && (k > 1 || (z[at] > 0 ? 1 : 0) == label);
    }
    float own = z[at + label];
    if (Float.isNaN(own)) {
      return false;
    }
    int larger = 0;
    for (int j = 0; j < outputs.stride(); j++) {
      if (!(z[at + j] <= own) || (z[at + j] == own && j < label)) {
        larger++;
      }
    }
    return larger < k;
  }
}
