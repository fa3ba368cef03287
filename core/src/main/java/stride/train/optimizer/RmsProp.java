package stride.train.optimizer;

import java.util.List;
import stride.kernel.Updates;
import stride.train.Optimizer;
import stride.train.support.Ranges;

/**
 * RMSprop (Hinton, Coursera lecture 6e) as in PyTorch.
 *
 * @param learningRate above 0
 * @param alpha the decay of the squared gradients' mean in a step, in [0, 1]
 * @param epsilon the number added to the divisor, 0 or more
 * @param momentum the decay of the velocity in a step, 0 or more
 * @param weightDecay 0 or more
 */
public record RmsProp(
    double learningRate, double alpha, double epsilon, double momentum, double weightDecay)
    implements Optimizer {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public RmsProp {
    Ranges.learningRate(learningRate);
    if (!(alpha >= 0 && alpha <= 1)) {
      throw new IllegalArgumentException("RMSprop's alpha must be in [0, 1], was " + alpha);
    }
    Ranges.zeroOrMore("RMSprop's epsilon", epsilon);
    Ranges.zeroOrMore("RMSprop's momentum", momentum);
    Ranges.zeroOrMore("RMSprop's weight decay", weightDecay);
  }

  @Override
  public RmsProp learningRate(double rate) {
    return new RmsProp(rate, alpha, epsilon, momentum, weightDecay);
  }

  /**
   * {@return a copy with momentum}
   *
   * @param momentum 0 or more
   */
  public RmsProp momentum(double momentum) {
    return new RmsProp(learningRate, alpha, epsilon, momentum, weightDecay);
  }

  /**
   * {@return a copy with weight decay}
   *
   * @param decay 0 or more
   */
  public RmsProp weightDecay(double decay) {
    return new RmsProp(learningRate, alpha, epsilon, momentum, decay);
  }

  @Override
  public State start(int weights) {
    float[] square = new float[weights];
    float[] velocity = new float[weights];
    return new State() {
      @Override
      public List<float[]> memory() {
        return List.of(square, velocity);
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
        kernels.rmsprop(
            w,
            g,
            square,
            velocity,
            from,
            count,
            rate,
            alpha,
            (float) epsilon,
            (float) momentum,
            decays ? (float) weightDecay : 0);
      }
    };
  }
}
