package stride.train.loss;

import stride.compute.Buffer;
import stride.train.Loss;

/**
 * The only output of a network, under any name.
 *
 * @param values its values
 * @param gradients receives its gradient
 */
public record OneOutput(Buffer values, Buffer gradients) implements Loss.Outputs {
  @Override
  public Buffer value(String name) {
    return values;
  }

  @Override
  public Buffer gradient(String name) {
    return gradients;
  }
}
