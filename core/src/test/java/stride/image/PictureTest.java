package stride.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import stride.data.digits.DigitPreparation;
import stride.tensor.Shape;

/** What is made of pixels that have been decoded. */
final class PictureTest {
  private static Picture picture(int height, int width, int channels, Orientation orientation) {
    return new Picture(Goldens.noise(height, width, channels), false, orientation);
  }

  /** The pixels turned one by one, by the definition. */
  private static Pixels turned(Pixels image, Orientation orientation) {
    boolean swaps = orientation.height(image) != image.height();
    int height = orientation.height(image);
    int width = orientation.width(image);
    var data = new byte[image.data().length];
    int number = orientation.ordinal() + 1;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        // EXIF names the stored picture's side that row 0 and column 0 of the upright one are.
        int v =
            switch (number) {
              case 1, 2 -> y;
              case 3, 4 -> height - 1 - y;
              case 5, 8 -> x;
              default -> width - 1 - x;
            };
        int u =
            switch (number) {
              case 1, 4 -> x;
              case 2, 3 -> width - 1 - x;
              case 5, 6 -> y;
              default -> height - 1 - y;
            };
        assertTrue(swaps == number >= 5, orientation.toString());
        System.arraycopy(
            image.data(),
            (v * image.width() + u) * image.channels(),
            data,
            (y * width + x) * image.channels(),
            image.channels());
      }
    }
    return new Pixels(height, width, image.channels(), data);
  }

  /** Higher and wider than the blocks in which rows are turned. */
  @ParameterizedTest
  @EnumSource(Orientation.class)
  void rowsOfATurnedPictureAreThoseOfThePictureTurned(Orientation orientation) {
    var stored = Goldens.noise(71, 100, 3);
    var expected = turned(stored, orientation);
    assertArrayEquals(expected.data(), orientation.apply(stored).data());
    var picture = new Picture(stored, false, orientation);
    assertEquals(expected.height(), picture.height());
    assertEquals(expected.width(), picture.width());
    assertArrayEquals(expected.data(), picture.rgb().data());
    assertArrayEquals(expected.data(), picture.rows(3).toPixels().data());
    var upright = new Picture(expected, false, Orientation.AS_STORED);
    assertArrayEquals(upright.grey().data(), picture.grey().data());
    var region = new Region(5, 9, 33, 41);
    assertArrayEquals(
        upright.rows(3).part(region).toPixels().data(),
        picture.rows(3).part(region).toPixels().data());
    var shape = Shape.image(20, 24, 3);
    for (var fit :
        new Fit[] {new Fit.Center(27, Resampling.BICUBIC), new Fit.Stretch(Resampling.NEAREST)}) {
      var preprocessing = new Preprocessing(fit, shape, Normalization.none(3));
      assertEquals(prepared(preprocessing, upright), prepared(preprocessing, picture));
    }
  }

  private static Object prepared(Preprocessing preprocessing, Picture picture) {
    try {
      return preprocessing.prepare(picture);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, true, 10", // TYPE_BYTE_GRAY
    "2, true, 0",
    "3, false, 5", // TYPE_3BYTE_BGR
    "4, false, 6", // TYPE_4BYTE_ABGR
  })
  void opacityIsLeftOutOfPixelsAndKeptInImages(int channels, boolean grey, int type) {
    var picture = picture(9, 14, channels, Orientation.TURNED_LEFT);
    assertEquals(grey, picture.isGrey());
    assertEquals(Shape.image(14, 9, grey ? 1 : 3), picture.toImage().shape());
    var image = picture.toBufferedImage();
    assertEquals(type, image.getType());
    assertEquals(channels % 2 == 0, image.getColorModel().hasAlpha());
    assertArrayEquals(picture.rgb().data(), Pixels.rgb(image).data());
    assertArrayEquals(picture.grey().data(), Pixels.grey(image).data());
    assertEquals(picture.toImage(), Image.of(image));
  }

  @Test
  void greyOf16BitsIsCutOffAsPilDoesAndKeptForAwtAndDigits() throws IOException {
    int[] values = {0, 1, 200, 255, 256, 511, 0x1234, 0xFFFF};
    var wide = new byte[16];
    var cutOff = new byte[8];
    var upper = new byte[8];
    for (int i = 0; i < 8; i++) {
      wide[2 * i] = upper[i] = (byte) (values[i] >> 8);
      wide[2 * i + 1] = (byte) values[i];
      cutOff[i] = (byte) Math.min(values[i], 255);
    }
    var picture = new Picture(new Pixels(2, 4, 2, wide), true, Orientation.AS_STORED);
    assertArrayEquals(cutOff, picture.grey().data());
    assertArrayEquals(upper, picture.drawing().data());
    assertTrue(picture.isGrey());
    var image = picture.toBufferedImage();
    assertEquals(BufferedImage.TYPE_USHORT_GRAY, image.getType());
    assertArrayEquals(values, image.getRaster().getPixels(0, 0, 4, 2, (int[]) null));
    assertArrayEquals(cutOff, Pixels.grey(image).data());
    var turned = new Picture(new Pixels(2, 4, 2, wide), true, Orientation.UPSIDE_DOWN);
    assertEquals(cutOff[7], turned.grey().data()[0]);
    assertEquals(upper[7], turned.drawing().data()[0]);
    assertEquals(0xFFFF, turned.toBufferedImage().getRaster().getSample(0, 0, 0));
  }

  /** A digit in black ink on nothing: its colours alone show nothing. */
  @Test
  void whatIsDrawnOnATransparentPictureIsSeen() throws IOException {
    for (int channels : new int[] {2, 4}) {
      var data = new byte[40 * 30 * channels];
      for (int y = 8; y < 32; y++) {
        for (int x = 12; x < 17; x++) {
          data[(y * 30 + x) * channels + channels - 1] = (byte) 0xFF;
        }
      }
      var picture = new Picture(new Pixels(40, 30, channels, data), false, Orientation.AS_STORED);
      var digit = DigitPreparation.MNIST.prepare(picture);
      assertEquals(1, digit.at(14, 14, 0));
      assertEquals(0, digit.at(0, 0, 0));
      assertEquals(digit, DigitPreparation.MNIST.prepare(picture.toBufferedImage()));
    }
  }
}
