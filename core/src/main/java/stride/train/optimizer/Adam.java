package stride.train.optimizer;

import java.util.List;
import stride.kernel.Updates;
import stride.train.Optimizer;
import stride.train.support.Ranges;

/**
 * Adam (Kingma and Ba 2014), or, with decoupled weight decay, AdamW (Loshchilov and Hutter 2017),
 * as in PyTorch.
 *
 * @param learningRate above 0
 * @param beta1 the decay of the gradients' mean in a step, in [0, 1)
 * @param beta2 the decay of the squared gradients' mean in a step, in [0, 1)
 * @param epsilon the number added to the divisor, 0 or more
 * @param weightDecay 0 or more
 * @param decoupled whether weight decay acts on the weights directly, not through the gradient
 */
public record Adam(
    double learningRate,
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay,
    boolean decoupled)
    implements Optimizer {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public Adam {
    Ranges.learningRate(learningRate);
    Ranges.belowOne("Adam's beta1", beta1);
    Ranges.belowOne("Adam's beta2", beta2);
    Ranges.zeroOrMore("Adam's epsilon", epsilon);
    Ranges.zeroOrMore("Adam's weight decay", weightDecay);
  }

  @Override
  public Adam learningRate(double rate) {
    return new Adam(rate, beta1, beta2, epsilon, weightDecay, decoupled);
  }

  /**
   * {@return a copy with weight decay}
   *
   * @param decay 0 or more
   */
  public Adam weightDecay(double decay) {
    return new Adam(learningRate, beta1, beta2, epsilon, decay, decoupled);
  }

  @Override
  public State start(int weights) {
    float[] mean = new float[weights];
    float[] square = new float[weights];
    return new State() {
      @Override
      public List<float[]> memory() {
        return List.of(mean, square);
      }

      @Override
      public void update(
          Updates kernels,
          float[] w,
          float[] g,
          int from,
          int count,
          float rate,
          boolean decays,
          long step) {
        kernels.adam(
            w,
            g,
            mean,
            square,
            from,
            count,
            rate,
            beta1,
            beta2,
            (float) epsilon,
            (float) (1 - StrictMath.pow(beta1, step)),
            (float) (1 - StrictMath.pow(beta2, step)),
            decays ? (float) weightDecay : 0,
            decoupled);
      }
    };
  }
}
