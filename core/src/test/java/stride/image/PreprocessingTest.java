package stride.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.data.digits.Digit;
import stride.format.FormatException;
import stride.tensor.Shape;
import stride.tensor.Tensor;

final class PreprocessingTest {
  private static final Preprocessing DIGIT =
      new Preprocessing(new Digit(), Shape.image(28, 28, 1), Normalization.grey(0.1307, 0.3081));

  @TempDir Path folder;

  private Path picture(int light, int dark) throws IOException {
    var picture = new BufferedImage(60, 90, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 90; y++) {
      for (int x = 0; x < 60; x++) {
        picture.setRGB(x, y, (y > 20 && y < 70 && x > 25 && x < 32 ? dark : light) * 0x010101);
      }
    }
    return Files.write(folder.resolve("one.png"), PicturesTest.encoded(picture, "png"));
  }

  @Test
  void aDigitsFileBecomesLightOnDarkAndIsNotYetNormalised() throws IOException {
    var image = DIGIT.prepare(picture(230, 20));
    assertEquals(Shape.image(28, 28, 1), image.shape());
    assertEquals(0, image.at(0, 0, 0));
    assertEquals(1, image.at(14, 14, 0));
    var normalised = DIGIT.normalize(image);
    assertEquals((1 - 0.1307f) / 0.3081f, normalised.at(14, 14, 0));
    assertEquals(1, image.at(14, 14, 0), "the image itself stays");
  }

  @Test
  void aBlankSheetIsNamed() throws IOException {
    Path file = picture(230, 230);
    var e = assertThrows(FormatException.class, () -> DIGIT.prepare(file));
    assertTrue(e.getMessage().startsWith(file + ": the picture shows no digit: "), e.getMessage());
  }

  @Test
  void resizingTakesTheWholePictureInColourOrGrey() throws IOException {
    Path file = picture(200, 200);
    for (int channels : new int[] {1, 3}) {
      var shape = Shape.image(7, 5, channels);
      var image = Preprocessing.none(shape).prepare(file);
      var expected = new float[35 * channels];
      Arrays.fill(expected, 200 / 255f);
      assertEquals(new Image(new Tensor(shape, expected)), image);
      assertArrayEquals(expected, Preprocessing.none(shape).normalize(image).data());
    }
  }

  @Test
  void anotherSizeCutsTheSamePartOutOfThePicture() {
    var usual = Preprocessing.imageNet(224);
    assertEquals(usual, usual.ofSize(Shape.image(224, 224, 3)));
    assertEquals(
        Preprocessing.imageNet(299).resize(342),
        usual.ofSize(Shape.image(299, 299, 3)),
        "Inception");
    assertEquals(
        new Fit.Center(114, Resampling.BILINEAR), usual.ofSize(Shape.image(100, 120, 3)).fit());
    var whole = Preprocessing.none(Shape.image(32, 32, 3));
    assertEquals(Preprocessing.none(Shape.image(8, 8, 3)), whole.ofSize(Shape.image(8, 8, 3)));
  }

  @Test
  void whatCannotFitIsRefused() throws IOException {
    Path file = picture(200, 0);
    var vector = Preprocessing.none(Shape.of(100));
    assertThrows(IllegalStateException.class, () -> vector.prepare(file));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new Preprocessing(
                new Digit(),
                Shape.image(28, 28, 3),
                new Normalization(List.of(0.5, 0.5, 0.5), List.of(1.0, 1.0, 1.0))));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new Preprocessing(
                new Fit.Stretch(Resampling.BILINEAR),
                Shape.image(28, 28, 3),
                Normalization.grey(0.5, 1)));
  }
}
