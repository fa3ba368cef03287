package stride.train;

import java.util.List;
import stride.engine.Plan;
import stride.kernel.Updates;
import stride.train.optimizer.Adam;
import stride.train.optimizer.Lars;
import stride.train.optimizer.RmsProp;
import stride.train.optimizer.Sgd;

/**
 * Updates weights from their gradients. Immutable; values kept from step to step are in a {@link
 * State}.
 */
public interface Optimizer {
  /** {@return the learning rate that a schedule's factor multiplies} */
  double learningRate();

  /**
   * {@return a copy with another learning rate}
   *
   * @param rate above 0
   */
  Optimizer learningRate(double rate);

  /**
   * {@return the state before the first step}
   *
   * @param weights the number of weights
   */
  State start(int weights);

  /** The values that an optimiser keeps from step to step. */
  interface State {
    /**
     * {@return the arrays that it keeps, with one number per weight} A checkpoint saves them. A
     * training fails when a number in them is no longer finite.
     */
    List<float[]> memory();

    /**
     * {@return whether each tensor of two and more dimensions has its own {@link #tensorRate}}
     * Without it, no norms are computed.
     */
    default boolean hasTensorRates() {
      return false;
    }

    /**
     * Returns the factor of the learning rate of a tensor of two and more dimensions.
     *
     * @param weights the Euclidean norm of its weights
     * @param gradients that of its gradients, clipped if the training clips them
     * @param decays whether weight decay acts on it
     * @return the factor; 1 unless a subclass says otherwise
     */
    default double tensorRate(double weights, double gradients, boolean decays) {
      return 1;
    }

    /** {@return the factor of the learning rate of biases and the weights of norms} */
    default double vectorRate() {
      return 1;
    }

    /**
     * Updates {@code count} weights from index {@code from} on.
     *
     * @param kernels the arithmetic to use
     * @param weights all weights, changed in place
     * @param gradients the gradients of all weights
     * @param from the index of the first weight to update
     * @param count the number of weights to update
     * @param rate the learning rate of this step
     * @param decays whether weight decay acts on these weights
     * @param step the number of this step, from 1
     */
    void update(
        Updates kernels,
        float[] weights,
        float[] gradients,
        int from,
        int count,
        float rate,
        boolean decays,
        long step);

    /**
     * Updates all weights of a plan with the gradients of its last backward pass.
     *
     * @param plan a plan that was made for gradients
     * @param rate the learning rate of this step
     * @param step the number of this step, from 1
     */
    default void update(Plan plan, double rate, long step) {
      new WeightUpdate(plan, this).run(rate, step);
    }
  }

  /**
   * {@return stochastic gradient descent without momentum}
   *
   * @param learningRate above 0
   */
  static Sgd sgd(double learningRate) {
    return new Sgd(learningRate, 0, false, 0);
  }

  /**
   * {@return Adam with PyTorch's defaults: betas 0.9 and 0.999, epsilon 1e-8}
   *
   * @param learningRate above 0
   */
  static Adam adam(double learningRate) {
    return new Adam(learningRate, 0.9, 0.999, 1e-8, 0, false);
  }

  /**
   * {@return AdamW with PyTorch's defaults: as Adam, with decoupled weight decay 0.01}
   *
   * @param learningRate above 0
   */
  static Adam adamw(double learningRate) {
    return new Adam(learningRate, 0.9, 0.999, 1e-8, 0.01, true);
  }

  /**
   * {@return LARS with momentum 0.9, no weight decay and the trust 0.001}
   *
   * @param learningRate above 0; much larger than that of {@link #sgd}, such as 1 to 30
   */
  static Lars lars(double learningRate) {
    return new Lars(learningRate, 0.9, 0, 0.001);
  }

  /**
   * {@return RMSprop with PyTorch's defaults: alpha 0.99, epsilon 1e-8}
   *
   * @param learningRate above 0
   */
  static RmsProp rmsprop(double learningRate) {
    return new RmsProp(learningRate, 0.99, 1e-8, 0, 0);
  }
}
