package stride.detection;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import stride.compute.Buffer;
import stride.train.Loss;

/**
 * Outputs that are looked up at once, so that many threads can read them.
 *
 * @param values the values by the outputs' names
 * @param gradients their gradients
 */
record KnownOutputs(Map<String, Buffer> values, Map<String, Buffer> gradients)
    implements Loss.Outputs {
  static KnownOutputs of(Loss.Outputs outputs, Set<String> names) {
    var known = new KnownOutputs(new HashMap<>(), new HashMap<>());
    for (var name : names) {
      known.values.put(name, outputs.value(name));
      known.gradients.put(name, outputs.gradient(name));
    }
    return known;
  }

  @Override
  public Buffer value(String name) {
    return Objects.requireNonNull(values.get(name), name);
  }

  @Override
  public Buffer gradient(String name) {
    return Objects.requireNonNull(gradients.get(name), name);
  }

  /** Sets a sample of a gradient to 0. */
  static void clear(Buffer gradient, int sample) {
    Arrays.fill(gradient.array(), gradient.at(sample), gradient.at(sample + 1), 0);
  }
}
