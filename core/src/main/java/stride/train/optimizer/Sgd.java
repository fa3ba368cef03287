package stride.train.optimizer;

import java.util.List;
import stride.kernel.Updates;
import stride.train.Optimizer;
import stride.train.support.Ranges;

/**
 * Stochastic gradient descent as PyTorch's SGD: g += decay w; v = momentum v + g; w -= rate v, or w
 * -= rate (g + momentum v) with Nesterov's momentum.
 *
 * @param learningRate above 0
 * @param momentum the decay of the velocity in a step, 0 or more, usually 0.9
 * @param nesterov whether the momentum is Nesterov's; it must be above 0 then
 * @param weightDecay 0 or more
 */
public record Sgd(double learningRate, double momentum, boolean nesterov, double weightDecay)
    implements Optimizer {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public Sgd {
    Ranges.learningRate(learningRate);
    Ranges.zeroOrMore("SGD's momentum", momentum);
    Ranges.zeroOrMore("SGD's weight decay", weightDecay);
    if (nesterov && momentum <= 0) {
      throw new IllegalArgumentException("Nesterov's momentum must be above 0, was " + momentum);
    }
  }

  @Override
  public Sgd learningRate(double rate) {
    return new Sgd(rate, momentum, nesterov, weightDecay);
  }

  /**
   * {@return a copy with momentum}
   *
   * @param momentum 0 or more
   */
  public Sgd momentum(double momentum) {
    return new Sgd(learningRate, momentum, nesterov, weightDecay);
  }

  /**
   * {@return a copy with Nesterov's momentum (Sutskever et al. 2013)}
   *
   * @param momentum above 0
   */
  public Sgd nesterov(double momentum) {
    return new Sgd(learningRate, momentum, true, weightDecay);
  }

  /**
   * {@return a copy with weight decay}
   *
   * @param decay 0 or more
   */
  public Sgd weightDecay(double decay) {
    return new Sgd(learningRate, momentum, nesterov, decay);
  }

  @Override
  public State start(int weights) {
    float[] velocity = new float[weights];
    return new State() {
      @Override
      public List<float[]> memory() {
        return List.of(velocity);
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
        kernels.sgd(
            w,
            g,
            velocity,
            from,
            count,
            rate,
            (float) momentum,
            nesterov,
            decays ? (float) weightDecay : 0);
      }
    };
  }
}
