package stride.train.schedule;

import java.util.List;
import stride.train.EpochResult;
import stride.train.Schedule;

/**
 * Multiplies the learning rate by {@code factor} whenever the loss has not become smaller for more
 * than {@code patience} epochs: PyTorch's ReduceLROnPlateau, for which a loss is smaller if it is
 * below 0.9999 times the smallest so far.
 *
 * @param factor in (0, 1]
 * @param patience the number of epochs, 0 or more
 */
public record Plateau(double factor, int patience) implements Schedule {
  private static final double SMALLER = 1 - 1e-4;

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public Plateau {
    MultiStep.checkGamma(factor);
    if (patience < 0) {
      throw new IllegalArgumentException("patience must be at least 0 epochs, was " + patience);
    }
  }

  @Override
  public double factor(long step, long steps) {
    return 1;
  }

  @Override
  public double factorAfter(List<EpochResult> epochs) {
    double smallest = Double.POSITIVE_INFINITY;
    double product = 1;
    int waited = 0;
    for (var epoch : epochs) {
      double loss = epoch.judgedLoss();
      if (loss < smallest * SMALLER) {
        smallest = loss;
        waited = 0;
      } else if (++waited > patience) {
        product *= factor;
        waited = 0;
      }
    }
    return product;
  }
}
