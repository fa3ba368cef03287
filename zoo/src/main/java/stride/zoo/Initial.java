package stride.zoo;

import stride.graph.Initializer;

/** Initial values of weights that several networks of torchvision share. */
final class Initial {
  /** torch.nn.init.kaiming_normal_ with mode fan_out: keeps the gradient's variance. */
  static final Initializer KAIMING_FAN_OUT =
      new Initializer.KaimingNormal(Math.sqrt(2), Initializer.Fan.OUT);

  /** torch.nn.init.kaiming_normal_: keeps the activations' variance. */
  static final Initializer KAIMING_FAN_IN =
      new Initializer.KaimingNormal(Math.sqrt(2), Initializer.Fan.IN);

  static final Initializer ZERO = new Initializer.Constant(0);

  private Initial() {}

  static Initializer normal(double standardDeviation) {
    return new Initializer.Normal(standardDeviation);
  }
}
