package stride.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.data.augment.Affine;
import stride.data.augment.Colours;
import stride.data.augment.HorizontalFlip;
import stride.data.augment.RandomResizedCrop;
import stride.image.Normalization;
import stride.image.Region;
import stride.tensor.Shape;

/** Each change of an image is torchvision's, its parameter given (tools/golden/augment.py). */
final class AugmentationGoldenTest {
  private static final Shape SHAPE = Shape.image(6, 8, 3);

  /** PyTorch's grid of places is in float, and noise differs by up to 1 from pixel to pixel. */
  private static final float TOLERANCE = 5e-6f;

  static List<String> lines() throws IOException {
    try (var in =
        Objects.requireNonNull(AugmentationGoldenTest.class.getResourceAsStream("augment.txt"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("lines")
  void aChangeIsTorchvisions(String line) {
    var fields = line.split(" ");
    double parameter = Double.parseDouble(fields[1]);
    var expected = new float[SHAPE.elements()];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = Float.parseFloat(fields[i + 2]);
    }
    var sample = noise();
    float[] image = sample.image();
    switch (fields[0]) {
      case "brightness" -> Colours.brightness(sample, parameter);
      case "contrast" -> Colours.contrast(sample, parameter);
      case "saturation" -> Colours.saturation(sample, parameter);
      case "hue" -> Colours.hue(sample, parameter);
      case "sharpness" -> Colours.sharpness(sample, parameter);
      case "rotate" -> Affine.rotate(sample, parameter);
      case "shearX" -> Affine.shearX(sample, parameter);
      case "shearY" -> Affine.shearY(sample, parameter);
      case "translateX" -> Affine.translate(sample, (int) parameter, 0);
      case "translateY" -> Affine.translate(sample, 0, (int) parameter);
      case "posterize" -> Colours.posterize(sample, (int) parameter);
      case "solarize" -> Colours.solarize(sample, parameter);
      case "autoContrast" -> {
        for (int i = 0; i < image.length; i++) {
          image[i] = image[i] * 0.5f + 0.2f;
        }
        Colours.autoContrast(sample);
      }
      case "equalize" -> {
        for (int i = 0; i < image.length; i++) {
          image[i] = Math.round(image[i] * 255) / 64 * 20 / 255f;
        }
        Colours.equalize(sample);
      }
      case "crop" -> RandomResizedCrop.resize(sample, new Region(1, 2, 4, 5));
      case "flip" -> HorizontalFlip.flip(sample);
      default -> throw new AssertionError(line);
    }
    assertArrayEquals(expected, sample.image(), TOLERANCE);
  }

  private static Sample noise() {
    var sample = new Sample(SHAPE, 2, Normalization.none(3));
    int state = 1;
    for (int i = 0; i < SHAPE.elements(); i++) {
      state = state * 1664525 + 1013904223;
      sample.image()[i] = (state >>> 24) / 255f;
    }
    return sample;
  }
}
