package stride.train;

import stride.compute.Buffer;
import stride.engine.Plan;
import stride.tensor.Tensor;

/** How far a network's outputs are from their targets, and the gradient of that. */
public interface Loss {
  /**
   * The mean loss of the first {@code samples} samples. Writes its gradient to every output it
   * looks at.
   *
   * @throws IllegalArgumentException if a target is out of range, or there are more or fewer than
   *     outputs
   */
  double apply(Outputs outputs, Targets targets, int samples);

  /**
   * The loss that a network is tested with: this one, without what only training adds to it.
   *
   * <p>A loss may look at any output of the network; in a test, those besides its own are computed
   * if the loss looks at them.
   */
  default Loss tested() {
    return this;
  }

  /**
   * The loss of one output of a network, and its gradient there.
   *
   * @param target of one sample
   * @throws IllegalArgumentException if the target is out of range, or not as wide as the output
   */
  default Value of(Tensor output, Targets target) {
    var gradient = Tensor.zeros(output.shape());
    double loss = apply(new OneOutput(buffer(output), buffer(gradient)), target, 1);
    return new Value(loss, gradient);
  }

  /**
   * The loss of one output.
   *
   * @param gradient how the loss changes with the output, of its shape
   */
  record Value(double loss, Tensor gradient) {}

  /** A network's named outputs, and where the gradient at each goes. */
  interface Outputs {
    /** The values of a named output; {@link stride.graph.Graph#OUTPUT} is the network's own. */
    Buffer value(String name);

    /** The gradient at a named output, to be written. */
    Buffer gradient(String name);

    /** The outputs of a plan that was made for gradients. */
    static Outputs of(Plan plan) {
      return new PlanOutputs(plan);
    }
  }

  private static Buffer buffer(Tensor tensor) {
    return new Buffer(tensor.data(), 0, tensor.data().length);
  }
}

/** What a plan computes. */
record PlanOutputs(Plan plan) implements Loss.Outputs {
  @Override
  public Buffer value(String name) {
    return plan.output(name);
  }

  @Override
  public Buffer gradient(String name) {
    return plan.outputGradient(name);
  }
}

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
