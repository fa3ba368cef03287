package stride.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import stride.data.augment.AugmentationPreset;
import stride.data.augment.ColourJitter;
import stride.data.augment.CutMix;
import stride.data.augment.Draws;
import stride.data.augment.HorizontalFlip;
import stride.data.augment.Mixup;
import stride.data.augment.RandAugment;
import stride.data.augment.RandomErasing;
import stride.data.augment.RandomResizedCrop;
import stride.data.augment.RandomRotation;
import stride.image.Normalization;
import stride.image.Region;
import stride.tensor.CounterRandom;
import stride.tensor.Shape;

/** The random numbers of augmentations, and their effect on samples and batches. */
final class AugmentationTest {
  private static final Shape SHAPE = Shape.image(32, 32, 3);

  private static Sample sample(Shape shape, long seed) {
    var sample = new Sample(shape, 2, Normalization.none(shape.channels()));
    for (int i = 0; i < shape.elements(); i++) {
      sample.image()[i] = CounterRandom.uniform(CounterRandom.bits(seed, i));
    }
    return sample;
  }

  @ParameterizedTest
  @EnumSource
  void aPresetIsAFunctionOfTheKeyAndStaysWithin0And1(AugmentationPreset preset) {
    for (var shape : new Shape[] {SHAPE, Shape.image(28, 28, 1), Shape.image(65, 80, 3)}) {
      var augmentation = preset.of(shape);
      boolean varies = false;
      for (int key = 0; key < 50; key++) {
        var once = sample(shape, 1);
        var before = sample(shape, 1).image();
        augmentation.apply(key, once);
        var again = sample(shape, 1);
        Arrays.fill(again.spare(), 7);
        augmentation.apply(key, again);
        assertArrayEquals(once.image(), again.image());
        varies |= !Arrays.equals(before, once.image());
        for (float value : once.image()) {
          assertTrue(value >= 0 && value <= 1.000001f, () -> "found " + value);
        }
      }
      assertEquals(preset != AugmentationPreset.NONE, varies);
      assertFalse(augmentation.toString().contains("@"), "a checkpoint knows it by its text");
    }
  }

  @Test
  void aRandomPartLiesInThePictureAndHasAnAllowedAreaAndForm() {
    var crop = new RandomResizedCrop(0.08);
    double areas = 0;
    for (int key = 0; key < 2_000; key++) {
      var region = crop.region(CounterRandom.bits(5, key), 300, 400);
      assertTrue(region.top() + region.height() <= 300 && region.left() + region.width() <= 400);
      double area = region.height() * region.width() / 120_000.0;
      double ratio = (double) region.width() / region.height();
      assertTrue(area > 0.078 && area <= 1, () -> region + " has the area " + area);
      assertTrue(ratio > 0.73 && ratio < 1.36, () -> region + " has the form " + ratio);
      areas += area;
    }
    // A part of the form r is not too high if its area is at most m = 0.75 r of the picture's. The
    // mean of the areas that fit, with ln r uniform, is (E m^2 - 0.08^2) / 2 / (E m - 0.08).
    double span = Math.log(16 / 9.0);
    double m = (1 - 9 / 16.0) / span;
    double square = (1 - 81 / 256.0) / (2 * span);
    double mean = (square - 0.08 * 0.08) / 2 / (m - 0.08);
    assertEquals(mean, areas / 2_000, 0.015);
  }

  @Test
  void aPictureThatNoDrawFitsGivesAsMuchOfItsMiddleAsTheFormAllows() {
    assertEquals(new Region(0, 433, 100, 133), RandomResizedCrop.middle(100, 1000));
    assertEquals(new Region(433, 0, 133, 100), RandomResizedCrop.middle(1000, 100));
    assertEquals(new Region(0, 0, 100, 120), RandomResizedCrop.middle(100, 120));
    assertEquals(RandomResizedCrop.middle(1, 2000), new RandomResizedCrop(0.5).region(3, 1, 2000));
  }

  @Test
  void erasingCoversARectangleWithWhatBecomesZero() {
    var sample = new Sample(SHAPE, 2, Normalization.IMAGENET);
    Arrays.fill(sample.image(), 1);
    new RandomErasing(1).apply(3, sample);
    int erased = 0;
    for (int i = 0; i < SHAPE.elements(); i++) {
      if (sample.image()[i] != 1) {
        assertEquals(sample.neutral(i % 3), sample.image()[i]);
        erased++;
      }
    }
    double part = erased / (double) SHAPE.elements();
    assertTrue(part > 0.01 && part < 0.35, () -> "erased " + part);
  }

  @Test
  void betaHasItsMeanAndVariance() {
    for (double alpha : new double[] {0.2, 1, 3}) {
      double sum = 0;
      double squares = 0;
      int count = 20_000;
      for (int i = 0; i < count; i++) {
        double x = Draws.beta(CounterRandom.bits(9, i), alpha);
        sum += x;
        squares += (x - 0.5) * (x - 0.5);
      }
      assertEquals(0.5, sum / count, 0.01, "mean for " + alpha);
      assertEquals(1 / (4 * (2 * alpha + 1)), squares / count, 0.005, "variance for " + alpha);
    }
  }

  @Test
  void mixupAddsTheImageBeforeAndTheLastToTheFirst() {
    var shape = Shape.image(1, 1, 1);
    float[] images = {9, 10, 20, 40};
    double own = new Mixup(1).mix(4, shape, images, 1, 3, new float[1]);
    assertArrayEquals(
        new float[] {
          9,
          (float) (own * 10 + (1 - own) * 40),
          (float) (own * 20 + (1 - own) * 10),
          (float) (own * 40 + (1 - own) * 20)
        },
        images,
        1e-5f);
  }

  @Test
  void cutMixKeepsThePartThatItReports() {
    var shape = Shape.image(8, 8, 1);
    for (int key = 0; key < 50; key++) {
      var images = new float[3 * 64];
      for (int i = 0; i < images.length; i++) {
        images[i] = Math.floorDiv(i, 64);
      }
      double own = new CutMix(1).mix(key, shape, images, 0, 3, new float[64]);
      for (int n = 0; n < 3; n++) {
        int kept = 0;
        for (int i = 0; i < 64; i++) {
          kept += images[64 * n + i] == n ? 1 : 0;
          assertTrue(images[64 * n + i] == n || images[64 * n + i] == (n + 2) % 3);
        }
        assertEquals(own, kept / 64.0);
      }
    }
  }

  @Test
  void aStepInAChainDrawsForItself() {
    var chain = Augmentation.chain(new HorizontalFlip(0.5), new HorizontalFlip(0.5));
    int same = 0;
    for (int key = 0; key < 400; key++) {
      var sample = sample(SHAPE, 2);
      chain.apply(CounterRandom.bits(1, key), sample);
      same += Arrays.equals(sample(SHAPE, 2).image(), sample.image()) ? 1 : 0;
    }
    assertEquals(200, same, 50);
  }

  @Test
  void numbersOutOfTheirRangeAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Mixup(0));
    assertThrows(IllegalArgumentException.class, () -> new CutMix(-1));
    assertThrows(IllegalArgumentException.class, () -> new HorizontalFlip(1.5));
    assertThrows(IllegalArgumentException.class, () -> new RandomErasing(Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> new RandomResizedCrop(0));
    assertThrows(IllegalArgumentException.class, () -> new RandomRotation(-1));
    assertThrows(IllegalArgumentException.class, () -> new RandAugment(2, 31));
    assertThrows(IllegalArgumentException.class, () -> new ColourJitter(0, 0, 0, 0.6));
  }
}
