package stride.train;

import stride.compute.Buffer;
import stride.engine.Engine;
import stride.engine.Plan;
import stride.engine.Purpose;
import stride.graph.Weights;
import stride.network.Network;

/**
 * How a loss on a network's outputs changes with the network's input: what style transfer, and
 * other ways of changing pictures instead of weights, descend along. The network behaves as at
 * inference, and its weights stay as they are. Made once for many steps; used by one thread at a
 * time.
 *
 * <p>To use: fill {@link #input}, call {@link #apply}, read {@link #gradient}.
 */
public final class InputGradient {
  private final Plan plan;
  private final Loss loss;
  private final Loss.Outputs outputs;

  private InputGradient(Plan plan, Loss loss) {
    this.plan = plan;
    this.loss = loss;
    outputs = Loss.Outputs.of(plan);
  }

  /**
   * {@return the gradient of a loss with respect to the only input of a network}
   *
   * @param network such as one that {@link Network#tapping} some layers made
   * @param weights those of the network, or of one that it is a part of
   * @param loss the loss; outputs that it does not name are not computed
   * @param batch the largest number of samples at once
   * @param engine computes it
   * @throws IllegalArgumentException if the network lacks an output that the loss names, or weights
   *     for one of its layers
   * @throws OutOfMemoryError if the JVM has not enough memory; the message says how much it takes
   */
  public static InputGradient of(
      Network network, Weights weights, Loss loss, int batch, Engine engine) {
    var names = loss.outputs().toArray(String[]::new);
    var purpose = Purpose.inference().withOutputs(names[0], names).withInputGradient();
    var plan = engine.plan(network.graph(), weights.part(network.graph()), batch, purpose);
    return new InputGradient(plan, loss.forPlan(network, plan));
  }

  /** {@return the input, to be filled before {@link #apply}} */
  public Buffer input() {
    return plan.input();
  }

  /**
   * Computes the mean loss of some inputs, and its {@link #gradient}.
   *
   * @param targets what the outputs should be; losses without targets do not look at it
   * @param samples the number of inputs, from 1 to the batch
   * @return the mean loss
   */
  public double apply(Targets targets, int samples) {
    plan.forward(samples);
    double value = loss.apply(outputs, targets, samples);
    plan.backward(samples);
    return value;
  }

  /** {@return the gradient of the last loss with respect to the inputs} */
  public Buffer gradient() {
    return plan.inputGradient();
  }
}
