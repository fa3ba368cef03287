package stride.data.augment;

import stride.data.Augmentation;
import stride.data.Sample;
import stride.tensor.CounterRandom;

/**
 * Changes brightness, contrast, saturation and hue a little, in random order, as torchvision's
 * {@code ColorJitter}. Grey images keep saturation and hue.
 *
 * @param brightness 0 or more; the factor is drawn from 1 - brightness to 1 + brightness, and not
 *     below 0
 * @param contrast 0 or more; range of the factor, as for brightness
 * @param saturation 0 or more; range of the factor, as for brightness
 * @param hue the largest part of the colour circle that hues are moved by, in [0, 0.5]
 */
public record ColourJitter(double brightness, double contrast, double saturation, double hue)
    implements Augmentation {
  private static final int CHANGES = 4;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a value is out of its range
   */
  public ColourJitter {
    boolean finite = brightness + contrast + saturation < Double.POSITIVE_INFINITY;
    if (!(finite
        && brightness >= 0
        && contrast >= 0
        && saturation >= 0
        && hue >= 0
        && hue <= 0.5)) {
      throw new IllegalArgumentException(
          "brightness, contrast and saturation must be at least 0 and hue in [0, 0.5], were %s, %s, %s and %s"
              .formatted(brightness, contrast, saturation, hue));
    }
  }

  @Override
  public void apply(long key, Sample sample) {
    // The changes that remain, as bits.
    int left = (1 << CHANGES) - 1;
    for (int count = CHANGES; count > 0; count--) {
      int which = CounterRandom.below(CounterRandom.bits(key, CHANGES + count), count);
      int rest = left;
      for (int i = 0; i < which; i++) {
        rest &= rest - 1;
      }
      int change = Integer.numberOfTrailingZeros(rest);
      left &= ~(1 << change);
      apply(change, CounterRandom.bits(key, change), sample);
    }
  }

  private void apply(int change, long bits, Sample sample) {
    switch (change) {
      case 0 -> Colours.brightness(sample, factor(bits, brightness));
      case 1 -> Colours.contrast(sample, factor(bits, contrast));
      case 2 -> Colours.saturation(sample, factor(bits, saturation));
      default -> Colours.hue(sample, Draws.uniform(bits, -hue, hue));
    }
  }

  private static double factor(long bits, double range) {
    return Draws.uniform(bits, Math.max(0, 1 - range), 1 + range);
  }
}
