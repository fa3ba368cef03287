package stride.train.optimizer;

import java.util.List;
import stride.kernel.Updates;
import stride.train.Optimizer;
import stride.train.support.Ranges;

/**
 * Layer-wise adaptive rate scaling (You, Gitman and Ginsburg 2017, "Large Batch Training of
 * Convolutional Networks", algorithm 1), for batches of many thousand samples. Each tensor w with
 * gradient g has its own factor of the rate, trust |w| / (|g| + decay |w|): v = momentum v + rate
 * factor (g + decay w); w -= v.
 *
 * <p>Implementations differ in biases and the weights of norms, which this factor would keep near
 * 0: here theirs is the trust itself, so that the rate suits both.
 *
 * @param learningRate above 0
 * @param momentum the decay of the velocity in a step, 0 or more, usually 0.9
 * @param weightDecay 0 or more
 * @param trust the change of a tensor, as a part of itself, that a rate of 1 allows: above 0,
 *     usually 0.001
 */
public record Lars(double learningRate, double momentum, double weightDecay, double trust)
    implements Optimizer {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public Lars {
    Ranges.learningRate(learningRate);
    Ranges.zeroOrMore("LARS's momentum", momentum);
    Ranges.zeroOrMore("LARS's weight decay", weightDecay);
    if (!(trust > 0 && trust < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("LARS's trust must be above 0, was " + trust);
    }
  }

  @Override
  public Lars learningRate(double rate) {
    return new Lars(rate, momentum, weightDecay, trust);
  }

  /**
   * {@return a copy with another momentum}
   *
   * @param momentum 0 or more
   */
  public Lars momentum(double momentum) {
    return new Lars(learningRate, momentum, weightDecay, trust);
  }

  /**
   * {@return a copy with another weight decay}
   *
   * @param decay 0 or more
   */
  public Lars weightDecay(double decay) {
    return new Lars(learningRate, momentum, decay, trust);
  }

  /**
   * {@return a copy with another trust}
   *
   * @param trust above 0
   */
  public Lars trust(double trust) {
    return new Lars(learningRate, momentum, weightDecay, trust);
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
      public boolean hasTensorRates() {
        return true;
      }

      @Override
      public double tensorRate(double weights, double gradients, boolean decays) {
        double divisor = gradients + (decays ? weightDecay : 0) * weights;
        // A tensor of zeros could never learn, and one without gradients does not.
        return weights > 0 && divisor > 0 ? trust * weights / divisor : trust;
      }

      @Override
      public double vectorRate() {
        return trust;
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
        float decay = decays ? (float) weightDecay : 0;
        for (int i = from; i < from + count; i++) {
          g[i] = rate * (g[i] + decay * w[i]);
        }
        kernels.sgd(w, g, velocity, from, count, 1, (float) momentum, false, 0);
      }
    };
  }
}
