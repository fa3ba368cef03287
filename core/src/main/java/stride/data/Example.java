package stride.data;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import stride.tensor.Tensor;

/**
 * One sample of any task: what goes into the network, and what should come out.
 *
 * @param inputs a tensor for each of the network's inputs, in their order; already normalised
 * @param target what the outputs should be
 */
public record Example(List<Tensor> inputs, Target target) {
  public Example {
    inputs = List.copyOf(inputs);
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException("an example has at least 1 input, found none");
    }
  }

  /** A sample of one input. */
  public static Example of(Tensor input, Target target) {
    return new Example(List.of(input), target);
  }

  /**
   * A sample of several inputs by their names.
   *
   * @param inputs of the names that the network's inputs have; they are ordered by name, as those
   *     are
   */
  public static Example of(Map<String, Tensor> inputs, Target target) {
    return new Example(List.copyOf(new TreeMap<>(inputs).values()), target);
  }

  /**
   * The only input.
   *
   * @throws IllegalStateException if there are several
   */
  public Tensor input() {
    if (inputs.size() != 1) {
      throw new IllegalStateException(
          "this example has %d inputs: ask for inputs()".formatted(inputs.size()));
    }
    return inputs.getFirst();
  }
}
