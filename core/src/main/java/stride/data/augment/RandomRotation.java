package stride.data.augment;

import stride.data.Augmentation;
import stride.data.Sample;
import stride.tensor.CounterRandom;

/**
 * Turns an image about its middle, bilinearly; what comes in from outside is 0. torchvision's
 * {@code RandomRotation(degrees, BILINEAR)}.
 *
 * @param degrees the largest angle, to either side
 */
public record RandomRotation(double degrees) implements Augmentation {
  public RandomRotation {
    if (!(degrees >= 0 && degrees <= 180)) {
      throw new IllegalArgumentException(
          "a rotation is by at most 0 to 180 degrees, found " + degrees);
    }
  }

  @Override
  public void apply(long key, Sample sample) {
    Affine.rotate(sample, Draws.uniform(CounterRandom.bits(key, 0), -degrees, degrees));
  }
}
