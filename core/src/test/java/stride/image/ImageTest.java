package stride.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import stride.tensor.CounterRandom;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** Pictures that are made of numbers. */
class ImageTest {
  private static Image random(int height, int width, int channels) {
    var image = Image.zeros(Shape.image(height, width, channels));
    for (int i = 0; i < image.data().length; i++) {
      image.data()[i] = CounterRandom.below(CounterRandom.bits(channels, i), 256) / 255f;
    }
    return image;
  }

  @Test
  void valuesAreRoundedAndCutOff() {
    var image = new Image(Tensor.of(Shape.image(1, 6, 1), -1, 0, 0.5f, 0.7f, 1, 2));
    assertArrayEquals(new byte[] {0, 0, (byte) 128, (byte) 179, -1, -1}, image.toPixels().data());
  }

  /** 255ths become the same floats again. */
  @Test
  void bytesAreTheSameAfterTheyWereAnImage() {
    var image = random(7, 5, 3);
    assertEquals(image, image.toPixels().toImage());
  }

  /** The JDK reads what is written: another decoder than ours. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void aPngHoldsTheSamples(int channels) throws IOException {
    var image = random(7, 5, channels);
    var read = ImageIO.read(new ByteArrayInputStream(image.toPng()));
    var samples = new int[7 * 5 * channels];
    read.getRaster().getPixels(0, 0, 5, 7, samples);
    for (int i = 0; i < samples.length; i++) {
      assertEquals(Math.round(255 * image.data()[i]), samples[i], "sample " + i);
    }
  }

  @Test
  void aPngFileIsReadAgain(@TempDir Path folder) throws IOException {
    var image = random(9, 13, 3);
    Path file = folder.resolve("image.png");
    image.savePng(file);
    assertEquals(image, Pictures.decode(file).toImage());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void aPictureOfAwtHoldsTheSamples(int channels) {
    var image = random(4, 6, channels);
    assertEquals(image, Image.of(image.toBufferedImage()));
  }

  @Test
  void whatIsNoPictureIsRefused() {
    assertMessage(
        "a picture is made of values of height x width x channels, found 10",
        () -> Image.zeros(Shape.of(10)).toPixels());
    assertMessage(
        "a picture is made of numbers from 0 to 1, found NaN (value 1)",
        () -> new Image(Tensor.of(Shape.image(1, 2, 1), 0, Float.NaN)).toPng());
    var twelve = Image.zeros(Shape.image(2, 2, 12));
    assertEquals(12, twelve.toPixels().channels());
    for (var use :
        java.util.List.<org.junit.jupiter.api.function.Executable>of(
            twelve::toPng, twelve::toBufferedImage)) {
      assertMessage(
          "a picture must have 1 to 4 channels (grey or colour, with or without opacity), found 12",
          use);
    }
  }

  private static void assertMessage(
      String expected, org.junit.jupiter.api.function.Executable refused) {
    assertEquals(expected, assertThrows(IllegalArgumentException.class, refused).getMessage());
  }

  @Test
  void anImageIsMadeOfATensorAgain() {
    var preprocessing =
        Preprocessing.none(Shape.image(4, 5, 3)).normalization(Normalization.IMAGENET);
    var image = random(4, 5, 3);
    var again = preprocessing.denormalize(preprocessing.normalize(image));
    assertArrayEquals(image.data(), again.data(), 1e-6f);
    assertMessage(
        "the network takes inputs of 4x5x3, found 5x4x3",
        () -> preprocessing.denormalize(Tensor.zeros(Shape.image(5, 4, 3))));
  }
}
