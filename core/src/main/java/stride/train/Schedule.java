package stride.train;

import java.util.List;
import java.util.Locale;
import stride.train.schedule.MultiStep;
import stride.train.schedule.Plateau;
import stride.train.schedule.StepDecay;
import stride.train.schedule.WarmUp;

/** Changes the learning rate in the course of a training. */
@FunctionalInterface
public interface Schedule {
  /**
   * Returns the factor of the learning rate in a step.
   *
   * @param step the step's number, from 0
   * @param steps the number of steps of the training
   * @return the factor, 0 or more
   */
  double factor(long step, long steps);

  /**
   * Returns another factor of the learning rate, which depends on the results of the epochs so far.
   *
   * @param epochs the results of the epochs that are done, in order
   * @return the factor; 1 unless a subclass says otherwise
   */
  default double factorAfter(List<EpochResult> epochs) {
    return 1;
  }

  /**
   * Returns this schedule after a linear warm-up (Goyal et al. 2017) from a hundredth of its first
   * rate: PyTorch's SequentialLR of LinearLR(start_factor=0.01) and this schedule, which runs over
   * the remaining steps.
   *
   * @param part the fraction of the training's steps, in [0, 1)
   * @return the schedule with the warm-up
   */
  default Schedule warmUp(double part) {
    return new WarmUp(part, this);
  }

  /** {@return a schedule with the same rate in all steps} */
  static Schedule constant() {
    return Course.CONSTANT;
  }

  /**
   * {@return a schedule from 1 in the first step to 0 in the last along half a cosine (Loshchilov
   * and Hutter 2016)}
   */
  static Schedule cosine() {
    return Course.COSINE;
  }

  /**
   * {@return one cycle (Smith and Topin 2017) as PyTorch's OneCycleLR: along a cosine from 1/25 up
   * to 1 over the first 30 % of the steps, then down to 1/250,000} A single step has the factor 1,
   * whereas PyTorch's has 1/250,000.
   */
  static Schedule oneCycle() {
    return Course.ONE_CYCLE;
  }

  /**
   * {@return a schedule that multiplies the rate by {@code gamma} after each {@code part} of the
   * training: PyTorch's StepLR}
   *
   * @param gamma in (0, 1]
   * @param part the fraction of the training's steps, above 0
   */
  static Schedule step(double gamma, double part) {
    return new StepDecay(gamma, part);
  }

  /**
   * Returns a schedule that multiplies the rate by {@code gamma} at given points of the training,
   * as the papers of the 2010s do: PyTorch's MultiStepLR.
   *
   * @param gamma in (0, 1]
   * @param points fractions of the training's steps, in (0, 1)
   * @return the schedule
   */
  static Schedule multiStep(double gamma, Double... points) {
    return new MultiStep(gamma, List.of(points));
  }

  /**
   * Returns a schedule that multiplies the rate by {@code factor} whenever the test loss, or the
   * training loss without a test, has not become smaller for more than {@code patience} epochs:
   * PyTorch's ReduceLROnPlateau.
   *
   * @param factor in (0, 1]
   * @param patience the number of epochs, 0 or more
   * @return the schedule
   */
  static Schedule plateau(double factor, int patience) {
    return new Plateau(factor, patience);
  }
}

/** Stride's own schedules without settings; a checkpoint names them. */
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
      if (steps == 1) {
        return 1;
      }
      double top = 0.3 * steps - 1;
      return step <= top
          ? anneal(1.0 / 25, 1, step / top)
          : anneal(1, 1.0 / 250_000, (step - top) / (steps - 1 - top));
    }
  };

  /** Returns the name with spaces, such as "one cycle". */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static double anneal(double from, double to, double progress) {
    return to + (from - to) * 0.5 * (1 + StrictMath.cos(Math.PI * progress));
  }
}
