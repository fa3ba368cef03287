package stride.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import stride.data.augment.ColourJitter;
import stride.data.augment.CutMix;
import stride.data.augment.HorizontalFlip;
import stride.data.augment.Mixup;
import stride.data.augment.RandAugment;
import stride.data.augment.RandomErasing;
import stride.data.augment.RandomResizedCrop;
import stride.data.augment.RandomRotation;
import stride.data.augment.RandomShift;
import stride.image.Normalization;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** Settings of augmentations and normalisations that are out of their ranges. */
class SettingsTest {
  private static String refused(Executable making) {
    return String.valueOf(assertThrows(IllegalArgumentException.class, making).getMessage());
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, -0.1, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY})
  void numbersOutOfRangeAreRefused(double value) {
    for (Executable making :
        List.<Executable>of(
            () -> new HorizontalFlip(value),
            () -> new RandomErasing(value),
            () -> new Mixup(value),
            () -> new CutMix(value),
            () -> new RandomRotation(value),
            () -> new RandomResizedCrop(value),
            () -> new ColourJitter(value, 0, 0, 0),
            () -> new ColourJitter(0, value, 0, 0),
            () -> new ColourJitter(0, 0, value, 0),
            () -> new ColourJitter(0, 0, 0, value),
            () -> Normalization.grey(0.5, value),
            () -> new Normalization(List.of(0.1, 0.2), List.of(1.0, value)))) {
      String message = refused(making);
      assertTrue(message.contains(Double.toString(value)), message);
    }
  }

  @Test
  void wholeNumbersOutOfRangeAreRefused() {
    for (int value : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      assertTrue(refused(() -> new RandomShift(value)).endsWith("was " + value));
      assertTrue(refused(() -> new RandAugment(2, value)).contains("" + value));
    }
    assertTrue(refused(() -> new RandAugment(-1, 9)).contains("-1"));
  }

  /** A shift beyond the image leaves nothing of it. */
  @Test
  void aShiftOfAnySizeIsDone() {
    var shift = new RandomShift(1 << 29);
    var sample = new Sample(Shape.image(3, 4, 1), 2, Normalization.none(1));
    java.util.Arrays.fill(sample.image(), 1);
    shift.apply(7, sample);
    for (float value : sample.image()) {
      assertEquals(0, value);
    }
  }

  /** A number above 0 as a double may be 0 or infinite as the float that computations use. */
  @ParameterizedTest
  @ValueSource(doubles = {1e-50, 1e-46, 1e-39, 1e39, 1e300})
  void deviationsAreFloats(double deviation) {
    assertTrue(refused(() -> Normalization.grey(0, deviation)).contains("" + deviation));
    assertTrue(refused(() -> Normalization.grey(1e39, 1)).contains("1.0E39"));
  }

  @Test
  void aNormalisationAndWhatItIsAppliedToHaveTheSameChannels() {
    assertEquals(
        "a normalisation needs one mean and one standard deviation per channel, found 1 and 2",
        refused(() -> new Normalization(List.of(0.5), List.of(0.5, 0.5))));
    assertEquals(
        "a normalisation of 3 channels does not fit 4 values",
        refused(() -> Normalization.IMAGENET.apply(new float[8], 0, 4)));
  }

  @Test
  void imagesOfRowsHaveSome() {
    assertEquals(
        "an image needs at least 1 channel of 1 row, found 0 channels", refused(Tensor::image));
    assertTrue(refused(() -> Tensor.image(new float[0][])).contains("1 channels"));
    assertTrue(refused(() -> Tensor.image(new float[1][0])).contains("1x0x1"));
    assertThrows(IllegalStateException.class, () -> Shape.of().channels());
  }
}
