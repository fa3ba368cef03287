package stride.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.tensor.Shape;

/** What PIL and torchvision make of pictures: tools/golden/images.py. */
final class PictureGoldenTest {
  static List<String[]> pictures() {
    return Goldens.lines("pictures.txt");
  }

  static Path picture(String name) {
    return Path.of("src/test/resources/stride/image/pictures", name);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pictures")
  void everyKindOfPictureIsDecodedTurnedAndConvertedAsPilDoes(
      String name, int height, int width, long rgb, long grey, long withoutExif)
      throws IOException {
    var picture = Pictures.read(picture(name));
    assertEquals(height, picture.getHeight());
    assertEquals(width, picture.getWidth());
    assertEquals(rgb, Goldens.sum(Pixels.rgb(picture)), "RGB");
    assertEquals(grey, Goldens.sum(Pixels.grey(picture)), "grey");
    var stored = Pictures.read(picture(name), PictureOptions.STANDARD.withoutExif());
    assertEquals(withoutExif, Goldens.sum(Pixels.rgb(stored)), "as stored");
  }

  private static BufferedImage picture(Pixels pixels) {
    var picture =
        new BufferedImage(
            pixels.width(),
            pixels.height(),
            pixels.channels() == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < pixels.width() * pixels.height(); i++) {
      int x = i % pixels.width();
      int y = i / pixels.width();
      for (int c = 0; c < pixels.channels(); c++) {
        picture.getRaster().setSample(x, y, c, pixels.data()[i * pixels.channels() + c] & 0xFF);
      }
    }
    return picture;
  }

  @Test
  void theMiddleIsTorchvisions() throws IOException {
    for (String[] golden : Goldens.lines("crop.txt")) {
      int[] size = Arrays.stream(golden, 0, 5).mapToInt(Integer::parseInt).toArray();
      var image = Goldens.noise(size[0], size[1], size[2]);
      var filter = Resampling.valueOf(golden[5]);
      var preprocessing =
          new Preprocessing(
              new Fit.Center(size[3], filter),
              Shape.image(size[4], size[4], size[2]),
              Normalization.none(size[2]));
      var prepared = preprocessing.prepare(picture(image));
      var bytes = new byte[prepared.data().length];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) Math.round(prepared.data()[i] * 255);
      }
      var pixels = new Pixels(size[4], size[4], size[2], bytes);
      String which = String.join(" ", List.of(golden));
      assertEquals(Long.parseLong(golden[6]), Goldens.sum(pixels), which);
      assertArrayEquals(pixels.toImage().data(), prepared.data(), which);
    }
  }

  @Test
  void croppingByItselfIsTorchvisions() {
    int compared = 0;
    for (String[] golden : Goldens.lines("crop.txt")) {
      int[] size = Arrays.stream(golden, 0, 5).mapToInt(Integer::parseInt).toArray();
      int shorter = Math.min(size[0], size[1]);
      var resized =
          Goldens.noise(size[0], size[1], size[2])
              .resize(
                  (int) ((double) size[3] * size[0] / shorter),
                  (int) ((double) size[3] * size[1] / shorter),
                  Resampling.valueOf(golden[5]));
      assertEquals(Long.parseLong(golden[6]), Goldens.sum(resized.centerCrop(size[4], size[4])));
      compared++;
    }
    assertTrue(compared > 50);
  }
}
