package stride.train;

import java.util.Locale;

/** The learning rate's course over a training. */
@FunctionalInterface
public interface Schedule {
  /**
   * What the learning rate is multiplied by in a step.
   *
   * @param step the step's number, from 0
   * @param steps how many steps the training has
   */
  double factor(long step, long steps);

  /** The same rate throughout. */
  static Schedule constant() {
    return Course.CONSTANT;
  }

  /** From 1 in the first step to 0 in the last along half a cosine (Loshchilov and Hutter 2016). */
  static Schedule cosine() {
    return Course.COSINE;
  }

  /**
   * One cycle (Smith and Topin 2017) as PyTorch's OneCycleLR: along a cosine from 1/25 up to 1 over
   * the first 30 % of the steps, then down to 1/250,000.
   */
  static Schedule oneCycle() {
    return Course.ONE_CYCLE;
  }
}

/** Stride's own schedules; a checkpoint knows them by their names. */
enum Course implements Schedule {
  CONSTANT {
    @Override
    public double factor(long step, long steps) {
      return 1;
    }
  },
  COSINE {
    @Override
    public double factor(long step, long steps) {
      return anneal(1, 0, steps == 1 ? 0 : step / (steps - 1.0));
    }
  },
  ONE_CYCLE {
    @Override
    public double factor(long step, long steps) {
      double top = 0.3 * steps - 1;
      return step <= top
          ? anneal(1.0 / 25, 1, step / top)
          : anneal(1, 1.0 / 250_000, (step - top) / (steps - 1 - top));
    }
  };

  /** "one cycle". */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static double anneal(double from, double to, double progress) {
    return to + (from - to) * 0.5 * (1 + StrictMath.cos(Math.PI * progress));
  }
}
