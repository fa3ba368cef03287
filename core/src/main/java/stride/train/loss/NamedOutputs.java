package stride.train.loss;

import java.util.Set;
import stride.compute.Buffer;
import stride.train.Loss;

/**
 * The outputs that a loss may read, which are only those that it names: others are not computed in
 * a test, so that the loss would fail there.
 *
 * @param outputs all outputs of the network
 * @param names the names of the outputs that may be read
 */
public record NamedOutputs(Loss.Outputs outputs, Set<String> names) implements Loss.Outputs {
  @Override
  public Buffer value(String name) {
    return outputs.value(checked(name));
  }

  @Override
  public Buffer gradient(String name) {
    return outputs.gradient(checked(name));
  }

  @Override
  public Loss.Outputs renamed(String own) {
    return outputs.renamed(checked(own));
  }

  private String checked(String name) {
    if (!names.contains(name)) {
      throw new IllegalArgumentException(
          "the loss reads the output %s, which is not among its outputs() %s: name it there, or give loss.reading(...) to the trainer"
              .formatted(name, names));
    }
    return name;
  }
}
