package stride.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import stride.data.augment.RandomShift;
import stride.image.Fit;
import stride.image.Normalization;
import stride.image.Preprocessing;
import stride.image.Resampling;
import stride.tensor.CounterRandom;
import stride.tensor.Shape;

/** The way of samples into a batch: they are read, shuffled, augmented and normalised. */
final class SamplesTest {
  private static final Normalization RGB =
      new Normalization(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));
  private static final Preprocessing SCALED =
      new Preprocessing(new Fit.Stretch(Resampling.BILINEAR), Shape.image(2, 1, 3), RGB);

  private static ByteImages colours() {
    var pixels = new byte[2 * 2 * 1 * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i * 23);
    }
    return new ByteImages(pixels, new byte[] {1, 0}, List.of("cat", "dog"), SCALED);
  }

  @Test
  void anImageIsReadInPlaceAsNumbersFrom0To1() {
    var into = new float[8];
    Arrays.fill(into, -1);
    colours().read(1, into, 1);
    assertArrayEquals(
        new float[] {
          -1, 138 / 255f, 161 / 255f, 184 / 255f, 207 / 255f, 230 / 255f, 253 / 255f, -1
        },
        into);
    assertThrows(IndexOutOfBoundsException.class, () -> colours().read(1, into, 3));
    assertThrows(IndexOutOfBoundsException.class, () -> colours().read(2, into, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> colours().read(-1, into, 0));
    assertThrows(IndexOutOfBoundsException.class, () -> colours().label(2));
  }

  @Test
  void theFirstImagesAreADataSetOfTheirOwn() {
    var first = colours().first(1);
    assertEquals(1, first.size());
    assertEquals(colours().get(0), first.get(0));
    assertEquals(List.of("cat", "dog"), first.labels());
    assertThrows(IndexOutOfBoundsException.class, () -> first.get(1));
    assertThrows(IndexOutOfBoundsException.class, () -> first.label(1));
    var e = assertThrows(IllegalArgumentException.class, () -> colours().first(3));
    assertEquals("asked for the first 3 samples of a data set of 2", e.getMessage());
  }

  @Test
  void anImageInAnotherSizeIsWhatItsPictureIsStretchedTo() throws Exception {
    var picture = new BufferedImage(7, 10, BufferedImage.TYPE_INT_RGB);
    var pixels = new byte[2 * 10 * 7 * 3];
    for (int i = 0; i < 70; i++) {
      int rgb = (int) CounterRandom.bits(1, i);
      picture.setRGB(i % 7, i / 7, rgb);
      for (int c = 0; c < 3; c++) {
        pixels[210 + 3 * i + c] = (byte) (rgb >> 16 - 8 * c);
      }
    }
    var fit = new Fit.Stretch(Resampling.BICUBIC);
    var images =
        new ByteImages(
            pixels,
            new byte[] {1, 0},
            List.of("cat", "dog"),
            new Preprocessing(fit, Shape.image(10, 7, 3), RGB));
    for (var shape : List.of(Shape.image(15, 9, 3), Shape.image(4, 12, 3))) {
      var resized = images.ofSize(shape);
      assertEquals(new Preprocessing(fit, shape, RGB), resized.preprocessing());
      assertEquals(new Preprocessing(fit, shape, RGB).prepare(picture), resized.get(1).image());
      assertEquals(List.of(1, 0), List.of(resized.label(0), resized.label(1)));
    }
    assertSame(images, images.ofSize(images.shape()));
    var e =
        assertThrows(IllegalArgumentException.class, () -> images.ofSize(Shape.image(15, 9, 1)));
    assertEquals(
        "images of 10x7x3 cannot be resized to 15x9x1: only height and width may differ",
        e.getMessage());
  }

  @Test
  void bytesThatAreNotThoseOfTheLabelsAreRefused() {
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> new ByteImages(new byte[11], new byte[2], List.of("cat"), SCALED));
    assertEquals("2 labels need 12 bytes of 2x1x3 images, found 11", e.getMessage());
  }

  @Test
  void normalisingSubtractsAndDividesByChannelAsTorchvisionDoes() {
    var values = new float[] {9, 0f, 0.5f, 1f, 0.25f, 0.75f, 0.406f, 9};
    RGB.apply(values, 1, 6);
    // torchvision.transforms.functional.normalize in float32.
    assertArrayEquals(
        new float[] {
          9,
          -0.485f / 0.229f,
          (0.5f - 0.456f) / 0.224f,
          (1f - 0.406f) / 0.225f,
          (0.25f - 0.485f) / 0.229f,
          (0.75f - 0.456f) / 0.224f,
          0f,
          9
        },
        values);
    assertEquals(3, RGB.channels());
    var same = new float[] {0.3f, 0.6f};
    Normalization.none(2).apply(same, 0, 2);
    assertArrayEquals(new float[] {0.3f, 0.6f}, same);
  }

  @Test
  void aNormalisationThatWouldGiveNoNumbersIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Normalization.grey(0.5, 0));
    assertThrows(IllegalArgumentException.class, () -> Normalization.grey(0.5, -1));
    assertThrows(IllegalArgumentException.class, () -> Normalization.grey(0.5, Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> Normalization.grey(Double.NaN, 1));
    assertThrows(
        IllegalArgumentException.class, () -> new Normalization(List.of(0.5), List.of(1.0, 1.0)));
    assertThrows(IllegalArgumentException.class, () -> new Normalization(List.of(), List.of()));
  }

  @Test
  void shufflingGivesEveryIndexOnceAndAnotherOrderEachEpoch() {
    var orders = new HashSet<String>();
    for (int epoch = 0; epoch < 5; epoch++) {
      for (int seed = 1; seed <= 2; seed++) {
        var order = new int[1000];
        Shuffle.fill(order, seed, epoch);
        assertTrue(orders.add(Arrays.toString(order)));
        Arrays.sort(order);
        for (int i = 0; i < order.length; i++) {
          assertEquals(i, order[i]);
        }
      }
    }
  }

  /** A resumed run must visit the same samples as an uninterrupted one, in every later version. */
  @Test
  void theOrderOfASeedNeverChanges() {
    var order = new int[8];
    Shuffle.fill(order, 1, 2);
    assertEquals("[6, 0, 5, 1, 4, 7, 3, 2]", Arrays.toString(order));
  }

  @Test
  void shufflingFavoursNoPlace() {
    var counts = new int[5][5];
    var order = new int[5];
    for (int epoch = 0; epoch < 20_000; epoch++) {
      Shuffle.fill(order, 3, epoch);
      for (int i = 0; i < 5; i++) {
        counts[i][order[i]]++;
      }
    }
    for (var row : counts) {
      for (int count : row) {
        assertEquals(4_000, count, 250);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"5,4,1,1", "6,7,3,2", "3,3,1,4", "28,28,1,1", "4,4,2,0"})
  void aShiftMovesTheImageAndFillsWithZero(int height, int width, int channels, int pixels) {
    var shape = Shape.image(height, width, channels);
    var from = new float[shape.elements() + 3];
    for (int i = 0; i < from.length; i++) {
      from[i] = i + 1;
    }
    var seen = new HashSet<List<Integer>>();
    for (int sample = 0; sample < 2_000; sample++) {
      long key = CounterRandom.key(1, 2, sample);
      var into = new float[shape.elements() + 4];
      Arrays.fill(into, -1);
      vary(new RandomShift(pixels), key, shape, from, 3, into, 2);
      var found = shiftOf(shape, from, 3, into, 2, pixels);
      assertFalse(found.isEmpty(), "no shift of the image at sample " + sample);
      if (found.size() == 1) {
        seen.add(found.get(0));
      }
      assertEquals(-1, into[1]);
      assertEquals(-1, into[into.length - 2]);
    }
    // Shifts that leave nothing of the image cannot be distinguished.
    int y = 2 * Math.min(pixels, height - 1) + 1;
    int x = 2 * Math.min(pixels, width - 1) + 1;
    assertEquals(y * x, seen.size(), "every shift occurs");
  }

  private static void vary(
      Augmentation augmentation,
      long key,
      Shape shape,
      float[] from,
      int fromOffset,
      float[] into,
      int intoOffset) {
    var sample = new Sample(shape, 2, Normalization.none(shape.channels()));
    System.arraycopy(from, fromOffset, sample.image(), 0, shape.elements());
    augmentation.apply(key, sample);
    System.arraycopy(sample.image(), 0, into, intoOffset, shape.elements());
  }

  /** All (dy, dx) that explain the result, from the definition. */
  private static List<List<Integer>> shiftOf(
      Shape shape, float[] from, int fromOffset, float[] into, int intoOffset, int pixels) {
    var found = new java.util.ArrayList<List<Integer>>();
    for (int dy = -pixels; dy <= pixels; dy++) {
      for (int dx = -pixels; dx <= pixels; dx++) {
        if (isShifted(shape, from, fromOffset, into, intoOffset, dy, dx)) {
          found.add(List.of(dy, dx));
        }
      }
    }
    return found;
  }

  private static boolean isShifted(
      Shape shape, float[] from, int fromOffset, float[] into, int intoOffset, int dy, int dx) {
    int width = shape.width();
    int channels = shape.channels();
    for (int y = 0; y < shape.height(); y++) {
      for (int x = 0; x < width; x++) {
        boolean inside = y - dy >= 0 && y - dy < shape.height() && x - dx >= 0 && x - dx < width;
        for (int c = 0; c < channels; c++) {
          float expected =
              inside ? from[fromOffset + ((y - dy) * width + x - dx) * channels + c] : 0;
          if (into[intoOffset + (y * width + x) * channels + c] != expected) {
            return false;
          }
        }
      }
    }
    return true;
  }

  @Test
  void noAugmentationCopies() {
    var into = new float[4];
    vary(Augmentation.none(), 7, Shape.image(1, 2, 1), new float[] {1, 2, 3}, 1, into, 2);
    assertArrayEquals(new float[] {0, 0, 2, 3}, into);
    assertThrows(IllegalArgumentException.class, () -> new RandomShift(-1));
  }

  @Test
  void nothingIsAllocatedPerSample() {
    var data = colours();
    var sample = new Sample(data.shape(), 2, RGB);
    var order = new int[100];
    Augmentation shift = new RandomShift(1);
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 5; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 10_000; i++) {
        data.read(i % 2, sample.image(), 0);
        shift.apply(CounterRandom.key(1, 2, i), sample);
        RGB.apply(sample.image(), 0, 6);
      }
      Shuffle.fill(order, 1, round);
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertTrue(least < 1_000, "10,000 samples allocated " + least + " bytes");
  }
}
