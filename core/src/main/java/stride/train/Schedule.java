package stride.train;

import java.util.List;
import java.util.Locale;
import stride.train.schedule.MultiStep;
import stride.train.schedule.Plateau;
import stride.train.schedule.StepDecay;
import stride.train.schedule.WarmUp;

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

  /**
   * What the learning rate is multiplied by besides, in view of what came of the epochs before.
   *
   * @param epochs those that are done, in order
   */
  default double factorAfter(List<EpochResult> epochs) {
    return 1;
  }

  /**
   * This schedule behind a linear warm-up (Goyal et al. 2017) from a hundredth of its first rate:
   * PyTorch's SequentialLR of LinearLR(start_factor=0.01) and this one, whose steps are those that
   * are left.
   *
   * @param part of the training's steps, in [0, 1)
   */
  default Schedule warmUp(double part) {
    return new WarmUp(part, this);
  }

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
   * the first 30 % of the steps, then down to 1/250,000. A single step has the factor 1, where
   * PyTorch's has 1/250,000.
   */
  static Schedule oneCycle() {
    return Course.ONE_CYCLE;
  }

  /** Times {@code gamma} after each {@code part} of the training: PyTorch's StepLR. */
  static Schedule step(double gamma, double part) {
    return new StepDecay(gamma, part);
  }

  /**
   * Times {@code gamma} at each of some points of the training, parts of its steps in (0, 1), as
   * the papers of the 2010s do: PyTorch's MultiStepLR.
   */
  static Schedule multiStep(double gamma, Double... points) {
    return new MultiStep(gamma, List.of(points));
  }

  /**
   * Times {@code factor} whenever the test loss, without a test the training loss, has not become
   * smaller for more than {@code patience} epochs: PyTorch's ReduceLROnPlateau.
   */
  static Schedule plateau(double factor, int patience) {
    return new Plateau(factor, patience);
  }
}

/** Stride's own schedules without settings; a checkpoint knows them by their names. */
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

  /** "one cycle". */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static double anneal(double from, double to, double progress) {
    return to + (from - to) * 0.5 * (1 + StrictMath.cos(Math.PI * progress));
  }
}
