package stride.train;

import java.util.List;
import stride.kernel.Updates;

/** RMSprop (Hinton, Coursera lecture 6e) as PyTorch has it. */
public record RmsProp(
    double learningRate, double alpha, double epsilon, double momentum, double weightDecay)
    implements Optimizer {
  @Override
  public RmsProp learningRate(double rate) {
    return new RmsProp(rate, alpha, epsilon, momentum, weightDecay);
  }

  /** The same with momentum. */
  public RmsProp momentum(double momentum) {
    return new RmsProp(learningRate, alpha, epsilon, momentum, weightDecay);
  }

  /** The same with weight decay. */
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
