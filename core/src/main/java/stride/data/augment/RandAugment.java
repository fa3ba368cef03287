package stride.data.augment;

import stride.data.Augmentation;
import stride.data.Sample;
import stride.tensor.CounterRandom;

/**
 * Applies a few of fourteen operations, all of the same strength (Cubuk et al. 2020,
 * "RandAugment"), with the operations and magnitudes of torchvision's {@code RandAugment}, bilinear
 * with black outside.
 *
 * @param operations the number of operations applied, 0 or more, usually 2
 * @param magnitude their strength from 0 to 30, usually 9
 */
public record RandAugment(int operations, int magnitude) implements Augmentation {
  private static final int STRONGEST = 30;

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public RandAugment {
    if (operations < 0 || magnitude < 0 || magnitude > STRONGEST) {
      throw new IllegalArgumentException(
          "RandAugment needs 0 or more operations and a magnitude in [0, 30], was given %d and %d"
              .formatted(operations, magnitude));
    }
  }

  @Override
  public void apply(long key, Sample sample) {
    var all = Operation.ALL;
    for (int i = 0; i < operations; i++) {
      var operation = all[CounterRandom.below(CounterRandom.bits(key, 2L * i), all.length)];
      double sign = CounterRandom.below(CounterRandom.bits(key, 2L * i + 1), 2) == 0 ? 1 : -1;
      operation.apply(sample, (double) magnitude / STRONGEST, sign);
    }
  }

  /** The operations of torchvision's augmentation space. */
  enum Operation {
    IDENTITY,
    SHEAR_X,
    SHEAR_Y,
    TRANSLATE_X,
    TRANSLATE_Y,
    ROTATE,
    BRIGHTNESS,
    COLOUR,
    CONTRAST,
    SHARPNESS,
    POSTERIZE,
    SOLARIZE,
    AUTO_CONTRAST,
    EQUALIZE;

    private static final Operation[] ALL = values();

    /**
     * Changes a sample.
     *
     * @param strength from 0 to 1
     * @param sign 1 or -1: the direction of operations that have two
     */
    void apply(Sample sample, double strength, double sign) {
      double signed = sign * strength;
      switch (this) {
        case IDENTITY -> {}
        case SHEAR_X -> Affine.shearX(sample, 0.3 * signed);
        case SHEAR_Y -> Affine.shearY(sample, 0.3 * signed);
        case TRANSLATE_X ->
            Affine.translate(sample, (int) (150.0 / 331 * sample.shape().width() * signed), 0);
        case TRANSLATE_Y ->
            Affine.translate(sample, 0, (int) (150.0 / 331 * sample.shape().height() * signed));
        case ROTATE -> Affine.rotate(sample, 30 * signed);
        case BRIGHTNESS -> Colours.brightness(sample, 1 + 0.9 * signed);
        case COLOUR -> Colours.saturation(sample, 1 + 0.9 * signed);
        case CONTRAST -> Colours.contrast(sample, 1 + 0.9 * signed);
        case SHARPNESS -> Colours.sharpness(sample, 1 + 0.9 * signed);
        case POSTERIZE -> Colours.posterize(sample, 8 - (int) Math.rint(4 * strength));
        case SOLARIZE -> Colours.solarize(sample, 255 * (1 - strength));
        case AUTO_CONTRAST -> Colours.autoContrast(sample);
        case EQUALIZE -> Colours.equalize(sample);
      }
    }
  }
}
