package stride.detection;

import java.util.Arrays;
import java.util.Set;
import stride.compute.Buffer;
import stride.train.Loss;

/** The gradients of outputs in the making. */
final class Parts {
  private Parts() {}

  /** Sets the gradients of outputs to 0. */
  static void clear(Loss.Outputs outputs, Set<String> names, int samples) {
    for (var name : names) {
      Buffer gradient = outputs.gradient(name);
      Arrays.fill(gradient.array(), gradient.at(0), gradient.at(samples), 0);
    }
  }
}
