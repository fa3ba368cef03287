package stride.train;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import stride.compute.Buffer;
import stride.engine.Plan;
import stride.graph.Graph;
import stride.network.Network;
import stride.network.Task;
import stride.tensor.Tensor;
import stride.train.loss.LossSum;
import stride.train.loss.NamedLoss;
import stride.train.loss.OneOutput;
import stride.train.loss.PlanOutputs;
import stride.train.loss.ReadingLoss;
import stride.train.loss.RenamedOutputs;
import stride.train.loss.ScaledLoss;

/**
 * Measures the distance of a network's outputs from their targets, and computes its gradient.
 *
 * <p>A loss of your own is a record or, for one output, a lambda:
 *
 * <pre>{@code
 * Loss loss = (outputs, targets, samples) -> { ... };
 * Loss both = loss.reading("output", "embedding");
 * }</pre>
 */
@FunctionalInterface
public interface Loss {
  /**
   * {@return the names of the outputs that this loss reads and whose gradient it writes; by default
   * the network's own} Other outputs are not computed if only a loss would need them.
   */
  default Set<String> outputs() {
    return Set.of(Graph.OUTPUT);
  }

  /**
   * Computes the mean loss of the first {@code samples} samples and writes its gradient to each of
   * {@link #outputs}.
   *
   * @param outputs the network's outputs
   * @param targets what the outputs should be
   * @param samples the number of samples, at least 1
   * @return the mean loss
   * @throws IllegalArgumentException if a target is out of range, or the number of target values is
   *     not that of the outputs
   */
  double apply(Outputs outputs, Targets targets, int samples);

  /**
   * Returns the loss that a network is tested with: this loss without terms that only training
   * adds, such as those of auxiliary heads.
   *
   * <p>A test computes only the outputs that the returned loss {@linkplain #outputs names}.
   *
   * @return this loss, unless a subclass says otherwise
   */
  default Loss tested() {
    return this;
  }

  /**
   * Returns this loss as it is applied to the outputs of one plan, by default itself. What does not
   * change from step to step is made here, and a loss that runs layers of its own, on inputs that
   * it makes of the outputs, makes their plan. It is used by one thread.
   *
   * @param network the network
   * @param plan computes the outputs
   * @return the loss to apply
   */
  default Loss forPlan(Network network, Plan plan) {
    return this;
  }

  /** The gradients of layers that a loss runs by itself; the layers' weights are the network's. */
  @FunctionalInterface
  interface LayerGradients {
    /**
     * Adds the gradients of the last {@link Loss#apply} to those of all weights of the network.
     *
     * @param gradients the gradients of all weights of the network
     * @param share what the loss's own are multiplied by
     */
    void addTo(float[] gradients, float share);
  }

  /**
   * Returns the gradients of layers that this loss runs by itself. A training asks for them in each
   * step. Where there are any, ranks send no gradients before the whole backward pass has ended, as
   * none is final before.
   *
   * @return the gradients; null if there are none
   */
  default @Nullable LayerGradients layerGradients() {
    return null;
  }

  /**
   * {@return this loss with other {@link #outputs}, for a lambda that reads others than the
   * network's own}
   *
   * @param outputs the names of all outputs that this loss reads
   */
  default Loss reading(String... outputs) {
    return new ReadingLoss(this, Set.of(outputs));
  }

  /**
   * {@return this loss times a factor}
   *
   * @param factor 0 or more
   */
  default Loss times(double factor) {
    return new ScaledLoss(this, factor);
  }

  /**
   * Returns this loss of a named output against the target of the same name, as a part of a {@link
   * #sum}.
   *
   * @param name the name of an output, and of one of {@linkplain stride.data.Target#several several
   *     targets}; if samples have a single target, all parts share it
   * @return the loss of that output
   */
  default Loss on(String name) {
    return new NamedLoss(this, name);
  }

  /**
   * Returns the sum of losses of different outputs: {@code sum(new MeanSquaredError().on("age"),
   * new SoftmaxCrossEntropy().on("breed").times(0.5))}.
   *
   * @param losses the losses to add
   * @return their sum
   * @throws IllegalArgumentException if two read the same output
   */
  static Loss sum(Loss... losses) {
    return new LossSum(List.of(losses));
  }

  /**
   * Returns the usual loss of a task: softmax cross-entropy for a class of each image or pixel,
   * binary cross-entropy for two classes or several labels, the mean squared error of values and
   * images.
   *
   * @param task the task
   * @return its loss
   * @throws IllegalArgumentException if the task has none
   */
  static Loss forTask(Task task) {
    return switch (task) {
      case SINGLE_LABEL, CLASS_MAP -> new SoftmaxCrossEntropy();
      case BINARY, SEVERAL_LABELS -> new BinaryCrossEntropy();
      case VALUES, IMAGE -> new MeanSquaredError();
      case BOXES ->
          throw new IllegalArgumentException(
              "boxes have no usual loss: train a model that has a method, or set one");
    };
  }

  /**
   * Computes this loss of one output of a network, and the gradient.
   *
   * @param output the network's output for one sample
   * @param target the targets of one sample
   * @return the loss and its gradient
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
   * @param loss the loss
   * @param gradient the derivative of the loss with respect to the output, of the output's shape
   */
  record Value(double loss, Tensor gradient) {}

  /** A network's named outputs, and a buffer for the gradient of each. */
  interface Outputs {
    /**
     * {@return the values of a named output}
     *
     * @param name the output's name; {@link stride.graph.Graph#OUTPUT} is the network's own
     */
    Buffer value(String name);

    /**
     * {@return the buffer that receives the gradient of a named output}
     *
     * @param name the output's name
     */
    Buffer gradient(String name);

    /**
     * {@return these outputs with another one in place of the network's own}
     *
     * @param own the name of the output that takes the place of the network's own
     */
    default Outputs renamed(String own) {
      return new RenamedOutputs(this, own);
    }

    /**
     * {@return the outputs of a plan}
     *
     * @param plan a plan that was made for gradients
     */
    static Outputs of(Plan plan) {
      return new PlanOutputs(plan);
    }
  }

  private static Buffer buffer(Tensor tensor) {
    return new Buffer(tensor.data(), 0, tensor.data().length);
  }
}
