package stride.data;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import stride.tensor.Tensor;

/**
 * One sample of any task: the network's inputs, and the target of its outputs.
 *
 * @param inputs a tensor for each of the network's inputs, in their order; already normalised
 * @param target what the outputs should be
 */
public record Example(List<Tensor> inputs, Target target) {
  /**
   * Copies the list of inputs.
   *
   * @throws IllegalArgumentException if there are no inputs
   */
  public Example {
    inputs = List.copyOf(inputs);
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException("an example needs at least 1 input, found none");
    }
  }

  /**
   * {@return a sample of one input}
   *
   * @param input the network's input, already normalised
   * @param target what the outputs should be
   */
  public static Example of(Tensor input, Target target) {
    return new Example(List.of(input), target);
  }

  /**
   * Returns a sample of several inputs by their names.
   *
   * @param inputs a tensor for each name of the network's inputs; they are ordered by name, as the
   *     network's are
   * @param target what the outputs should be
   * @return the sample
   */
  public static Example of(Map<String, Tensor> inputs, Target target) {
    return new Example(List.copyOf(new TreeMap<>(inputs).values()), target);
  }

  /**
   * Returns the only input.
   *
   * @return the tensor
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
