package stride.train;

import java.util.List;
import java.util.Set;
import stride.compute.Buffer;
import stride.engine.Plan;
import stride.graph.Graph;
import stride.network.Task;
import stride.tensor.Tensor;
import stride.train.loss.LossSum;
import stride.train.loss.NamedLoss;
import stride.train.loss.OneOutput;
import stride.train.loss.PlanOutputs;
import stride.train.loss.ReadingLoss;
import stride.train.loss.ScaledLoss;

/**
 * How far a network's outputs are from their targets, and the gradient of that.
 *
 * <p>A loss of your own is a record, or for one output a lambda:
 *
 * <pre>{@code
 * Loss loss = (outputs, targets, samples) -> { ... };
 * Loss both = loss.reading("output", "embedding");
 * }</pre>
 */
@FunctionalInterface
public interface Loss {
  /**
   * The names of the outputs that this loss reads, and writes the gradient of: by default the
   * network's own. Others are not computed where only a loss would need them.
   */
  default Set<String> outputs() {
    return Set.of(Graph.OUTPUT);
  }

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
   * <p>In a test only the outputs that it {@linkplain #outputs names} are computed.
   */
  default Loss tested() {
    return this;
  }

  /**
   * This loss, which reads the outputs of these names: for a lambda that reads others than the
   * network's own.
   */
  default Loss reading(String... outputs) {
    return new ReadingLoss(this, Set.of(outputs));
  }

  /** This loss times a factor of 0 or more. */
  default Loss times(double factor) {
    return new ScaledLoss(this, factor);
  }

  /**
   * This loss of a named output, against the target of the same name: a part of a {@link #sum}.
   *
   * @param name of an output, and of one of {@linkplain stride.data.Target#several several
   *     targets}; where samples have a single target, all parts share it
   */
  default Loss on(String name) {
    return new NamedLoss(this, name);
  }

  /**
   * The sum of losses of different outputs: {@code sum(new MeanSquaredError().on("age"), new
   * SoftmaxCrossEntropy().on("breed").times(0.5))}.
   *
   * @throws IllegalArgumentException if two read the same output
   */
  static Loss sum(Loss... losses) {
    return new LossSum(List.of(losses));
  }

  /**
   * The usual loss of a task: softmax cross-entropy for a class of each image or pixel, binary
   * cross-entropy for two classes or several labels, the mean squared error of values and images.
   *
   * @throws IllegalArgumentException if the task has none
   */
  static Loss forTask(Task task) {
    return switch (task) {
      case SINGLE_LABEL, CLASS_MAP -> new SoftmaxCrossEntropy();
      case BINARY, SEVERAL_LABELS -> new BinaryCrossEntropy();
      case VALUES, IMAGE -> new MeanSquaredError();
      case BOXES -> throw new IllegalArgumentException("name a loss: boxes have no usual one");
    };
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
