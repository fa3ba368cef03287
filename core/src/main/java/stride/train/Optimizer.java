package stride.train;

import java.util.List;
import stride.engine.Plan;
import stride.kernel.Updates;
import stride.train.optimizer.Adam;
import stride.train.optimizer.RmsProp;
import stride.train.optimizer.Sgd;

/**
 * How weights follow their gradients. Immutable; what it remembers from step to step is a {@link
 * State}.
 */
public interface Optimizer {
  /** The learning rate that a schedule starts from. */
  double learningRate();

  /** The same optimiser with another learning rate. */
  Optimizer learningRate(double rate);

  /** What it remembers for {@code weights} weights before the first step. */
  State start(int weights);

  /** What an optimiser remembers from step to step. */
  interface State {
    /**
     * The arrays it keeps, one number a weight: what a checkpoint saves. A training ends when one
     * of them is no longer finite.
     */
    List<float[]> memory();

    /**
     * Updates {@code count} weights from {@code from} on.
     *
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
     * Updates all weights of a plan by the gradients of its last backward pass.
     *
     * @param rate the learning rate of this step
     * @param step the number of this step, from 1
     */
    default void update(Plan plan, double rate, long step) {
      new WeightUpdate(plan, this).run(rate, step);
    }
  }

  /** Stochastic gradient descent without momentum. */
  static Sgd sgd(double learningRate) {
    return new Sgd(learningRate, 0, false, 0);
  }

  /** Adam with PyTorch's defaults: betas 0.9 and 0.999, epsilon 1e-8. */
  static Adam adam(double learningRate) {
    return new Adam(learningRate, 0.9, 0.999, 1e-8, 0, false);
  }

  /** AdamW with PyTorch's defaults: as Adam, decoupled weight decay 0.01. */
  static Adam adamw(double learningRate) {
    return new Adam(learningRate, 0.9, 0.999, 1e-8, 0.01, true);
  }

  /** RMSprop with PyTorch's defaults: alpha 0.99, epsilon 1e-8. */
  static RmsProp rmsprop(double learningRate) {
    return new RmsProp(learningRate, 0.99, 1e-8, 0, 0);
  }
}
