package stride.data.augment;

import java.util.List;
import stride.data.Augmentation;
import stride.data.Box;
import stride.data.Sample;
import stride.tensor.CounterRandom;

/**
 * Makes what is in a picture larger or smaller by a random factor: of a larger one a random part is
 * shown, a smaller one lies at a random place on the mean colour (Ghiasi et al. 2021, "Simple
 * Copy-Paste", whose large scale jitter is 0.1 to 2). Only data sets with boxes are changed.
 *
 * @param least the smallest factor, above 0
 * @param most the largest factor, at least {@code least}
 */
public record ScaleJitter(double least, double most) implements Augmentation {
  /**
   * Checks the factors.
   *
   * @throws IllegalArgumentException if they are not above 0, or in the wrong order
   */
  public ScaleJitter {
    if (!(least > 0 && least <= most && most < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "factors of scale must be above 0, the smallest first, were %s and %s"
              .formatted(least, most));
    }
  }

  @Override
  public void apply(long key, Sample sample) {
    // The image already has its scale.
  }

  @Override
  public boolean changesView() {
    return true;
  }

  @Override
  public View view(long key, View whole, List<Box> boxes) {
    double factor = Draws.uniform(CounterRandom.bits(key, 0), least, most);
    double width = whole.width() / factor;
    double height = whole.height() / factor;
    return new View(
        whole.left() + (whole.width() - width) * Draws.uniform(CounterRandom.bits(key, 1), 0, 1),
        whole.top() + (whole.height() - height) * Draws.uniform(CounterRandom.bits(key, 2), 0, 1),
        width,
        height);
  }
}
