package stride.data.augment;

import stride.data.Augmentation;
import stride.data.Sample;
import stride.tensor.CounterRandom;

/**
 * Rotates an image about its middle by a random angle, bilinearly with zeros outside: torchvision's
 * {@code RandomRotation(degrees, BILINEAR)}.
 *
 * @param degrees the largest angle in either direction, in [0, 180]
 */
public record RandomRotation(double degrees) implements Augmentation {
  /**
   * Checks the angle.
   *
   * @throws IllegalArgumentException if it is not in [0, 180]
   */
  public RandomRotation {
    if (!(degrees >= 0 && degrees <= 180)) {
      throw new IllegalArgumentException(
          "the largest rotation must be in [0, 180] degrees, was " + degrees);
    }
  }

  @Override
  public void apply(long key, Sample sample) {
    Affine.rotate(sample, Draws.uniform(CounterRandom.bits(key, 0), -degrees, degrees));
  }
}
