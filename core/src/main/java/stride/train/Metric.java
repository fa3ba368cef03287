package stride.train;

import stride.compute.Buffer;

/** Counts of right answers. */
public final class Metric {
  private Metric() {}

  /**
   * Whether a sample's class is among its k largest outputs. Of equal outputs the first counts as
   * the larger; NaN is larger than all numbers and never right.
   *
   * <p>A single output is that of a binary classifier: class 1 where it is above 0, else class 0.
   */
  public static boolean inTop(int k, Buffer outputs, int sample, int label) {
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

  /**
   * How many of the first {@code samples} samples have their class, the likeliest of soft targets,
   * among their k largest outputs. Where a sample may belong to several classes, those count of
   * which fewer than k classes are told wrong; a logit above 0 says that the sample belongs to it.
   */
  public static int topCount(int k, Buffer outputs, Targets targets, int samples) {
    int count = 0;
    for (int n = 0; n < samples; n++) {
      if (targets.several()
          ? wrong(outputs, targets, n) < k
          : inTop(k, outputs, n, targets.likeliest(n))) {
        count++;
      }
    }
    return count;
  }

  private static int wrong(Buffer outputs, Targets targets, int sample) {
    int wrong = 0;
    for (int j = 0; j < targets.width(); j++) {
      float z = outputs.array()[outputs.at(sample) + j];
      if (Float.isNaN(z) || z > 0 != targets.value(sample, j) > 0.5f) {
        wrong++;
      }
    }
    return wrong;
  }
}
