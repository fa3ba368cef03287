package stride.train;

import stride.compute.Buffer;

/** The only output of a network, under any name. */
record OneOutput(Buffer values, Buffer gradients) implements Loss.Outputs {
  @Override
  public Buffer value(String name) {
    return values;
  }

  @Override
  public Buffer gradient(String name) {
    return gradients;
  }
}
