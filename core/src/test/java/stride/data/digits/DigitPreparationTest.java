package stride.data.digits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Line2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Random;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import stride.TestData;
import stride.data.ImageDataset;
import stride.data.Mnist;
import stride.format.FormatException;
import stride.image.Image;
import stride.image.Pixels;
import stride.image.Resampling;
import stride.tensor.Shape;

final class DigitPreparationTest {
  private static ImageDataset digits;

  @BeforeAll
  static void readDigits() throws IOException {
    var files = TestData.mnist();
    digits = Mnist.read(name -> Files.newInputStream(files.resolve(name))).test();
  }

  private static BufferedImage grey(Image image) {
    int height = image.shape().height();
    int width = image.shape().width();
    var picture = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < image.data().length; i++) {
      picture.getRaster().setSample(i % width, i / width, 0, Math.round(image.data()[i] * 255));
    }
    return picture;
  }

  private static BufferedImage drawn(int width, int height, Color paper, Consumer<Graphics2D> pen) {
    var picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    var graphics = picture.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setColor(paper);
    graphics.fillRect(0, 0, width, height);
    pen.accept(graphics);
    graphics.dispose();
    return picture;
  }

  private static double correlation(Image a, Image b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.data().length; i++) {
      ab += a.data()[i] * b.data()[i];
      aa += a.data()[i] * a.data()[i];
      bb += b.data()[i] * b.data()[i];
    }
    return ab / Math.sqrt(aa * bb);
  }

  @Test
  void mnistsOwnImagesStayAlmostAsTheyAre() throws FormatException {
    double differences = 0;
    for (int i = 0; i < 200; i++) {
      var digit = digits.get(i).image();
      var prepared = DigitPreparation.MNIST.prepare(grey(digit));
      assertEquals(digit.shape(), prepared.shape());
      for (int p = 0; p < 784; p++) {
        differences += Math.abs(digit.data()[p] - prepared.data()[p]);
      }
    }
    assertTrue(differences / 200 / 784 < 2.5 / 255, "off by " + differences / 200 / 784 * 255);
  }

  /** Ways to draw a digit of which {@code ink} says how much is at each pixel. */
  private enum Medium {
    BLACK_ON_WHITE,
    WHITE_ON_BLACK,
    BLUE_PEN_ON_YELLOW_PAPER,
    CHALK_ON_A_BLACKBOARD,
    A_PHOTO_WITH_UNEVEN_LIGHT,
    A_PHOTO_WITH_THE_TABLE_BESIDE_THE_PAPER,
    A_PHOTO_WITH_SPECKS,
    BLACK_ON_NOTHING,
    WHITE_ON_NOTHING;

    int argb(double ink, double y, double x, Random random) {
      return switch (this) {
        case BLACK_ON_WHITE -> opaque(mix(255, 0, ink));
        case WHITE_ON_BLACK -> opaque(mix(0, 255, ink));
        case BLUE_PEN_ON_YELLOW_PAPER ->
            0xFF000000 | mix(240, 30, ink) << 16 | mix(230, 40, ink) << 8 | mix(150, 160, ink);
        case CHALK_ON_A_BLACKBOARD -> {
          int noise = (int) (random.nextGaussian() * 8);
          yield 0xFF000000
              | Math.clamp(mix(30, 210, ink) + noise, 0, 255) << 16
              | Math.clamp(mix(70, 220, ink) + noise, 0, 255) << 8
              | Math.clamp(mix(50, 205, ink) + noise, 0, 255);
        }
        case A_PHOTO_WITH_UNEVEN_LIGHT -> photo(ink, y, x, random);
        case A_PHOTO_WITH_THE_TABLE_BESIDE_THE_PAPER ->
            x < 0.07 || y > 0.95 ? opaque(45) : photo(ink, y, x, random);
        case A_PHOTO_WITH_SPECKS ->
            (int) (y * 90) % 30 == 7 && (int) (x * 120) % 40 == 9
                ? opaque(80)
                : photo(ink, y, x, random);
        case BLACK_ON_NOTHING -> mix(0, 255, ink) << 24;
        case WHITE_ON_NOTHING -> mix(0, 255, ink) << 24 | 0xFFFFFF;
      };
    }

    private static int photo(double ink, double y, double x, Random random) {
      double paper = 190 + 50 * (x - 0.5) - 30 * (y - 0.5) - 25 * (x - 0.5) * (x - 0.5);
      double level = paper * (1 - ink) + 55 * ink + random.nextGaussian() * 6;
      return opaque((int) Math.clamp(level, 0, 255));
    }

    private static int mix(int paper, int pen, double ink) {
      return (int) Math.round(paper + (pen - paper) * ink);
    }

    private static int opaque(int level) {
      return 0xFF000000 | level * 0x010101;
    }
  }

  /** A digit of MNIST in 150x150 pixels somewhere on a sheet of 400x300. */
  private static BufferedImage sheet(Image digit, Medium medium, long seed) {
    var random = new Random(seed);
    var data = new byte[784];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) Math.round(digit.data()[i] * 255);
    }
    var large = new Pixels(28, 28, 1, data).resize(150, 150, Resampling.BICUBIC);
    int top = 15 + random.nextInt(120);
    int left = 40 + random.nextInt(205);
    var picture = new BufferedImage(400, 300, BufferedImage.TYPE_INT_ARGB);
    for (int y = 0; y < 300; y++) {
      for (int x = 0; x < 400; x++) {
        boolean inside = y >= top && y < top + 150 && x >= left && x < left + 150;
        double ink = inside ? (large.data()[(y - top) * 150 + x - left] & 0xFF) / 255.0 : 0;
        picture.setRGB(x, y, medium.argb(ink, y / 300.0, x / 400.0, random));
      }
    }
    return picture;
  }

  @ParameterizedTest
  @EnumSource
  void aDrawnDigitComesOutAsMnistHasIt(Medium medium) throws IOException {
    double sum = 0;
    for (int i = 0; i < 12; i++) {
      var digit = digits.get(i).image();
      var prepared = DigitPreparation.MNIST.prepare(sheet(digit, medium, i));
      double correlation = correlation(digit, prepared);
      assertTrue(correlation > 0.75, "digit %d: %.3f".formatted(i, correlation));
      sum += correlation;
    }
    // MNIST places digits at whole pixels: half a pixel of a thin stroke may be lost.
    assertTrue(sum / 12 > 0.9, "on average %.3f".formatted(sum / 12));
  }

  @Test
  void aJpegsTracesAreNoInk() throws IOException {
    var digit = digits.get(0).image();
    var picture = new BufferedImage(400, 300, BufferedImage.TYPE_INT_RGB);
    picture
        .createGraphics()
        .drawImage(sheet(digit, Medium.A_PHOTO_WITH_UNEVEN_LIGHT, 1), 0, 0, null);
    var out = new ByteArrayOutputStream();
    ImageIO.write(picture, "jpg", out);
    var jpeg = ImageIO.read(new ByteArrayInputStream(out.toByteArray()));
    assertTrue(correlation(digit, DigitPreparation.MNIST.prepare(jpeg)) > 0.9);
  }

  @Test
  void theDigitFills20PixelsAndItsCentreOfMassIsInTheMiddle() throws FormatException {
    for (var digit : new int[] {0, 3, 8, 11}) {
      var prepared =
          DigitPreparation.MNIST.prepare(
              sheet(digits.get(digit).image(), Medium.BLACK_ON_WHITE, 2));
      int top = 28;
      int bottom = -1;
      int left = 28;
      int right = -1;
      double mass = 0;
      double massY = 0;
      double massX = 0;
      float most = 0;
      for (int y = 0; y < 28; y++) {
        for (int x = 0; x < 28; x++) {
          float value = prepared.at(y, x, 0);
          assertTrue(value >= 0 && value <= 1);
          most = Math.max(most, value);
          mass += value;
          massY += value * y;
          massX += value * x;
          if (value > 0) {
            top = Math.min(top, y);
            bottom = y;
            left = Math.min(left, x);
            right = Math.max(right, x);
          }
        }
      }
      int longest = Math.max(bottom - top, right - left) + 1;
      assertTrue(longest >= 19 && longest <= 20, "the longer side is " + longest);
      assertEquals(14, massY / mass, 0.51);
      assertEquals(14, massX / mass, 0.51);
      assertEquals(1, most);
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {2, 4, 10, 30})
  void aThinLineIsWidenedToMnistsStrokes(float width) throws FormatException {
    var prepared =
        DigitPreparation.MNIST.prepare(
            drawn(
                900,
                700,
                Color.WHITE,
                pen -> {
                  pen.setColor(Color.DARK_GRAY);
                  pen.setStroke(new BasicStroke(width));
                  pen.draw(new Line2D.Float(400, 150, 450, 550));
                }));
    double mass = 0;
    for (float value : prepared.data()) {
      mass += value;
    }
    // 20 pixels long, at least 1.3 and at most 3 wide.
    assertTrue(mass > 26 && mass < 60, "ink of " + mass + " pixels");
  }

  /** MNIST's own convention scales with the canvas. */
  @Test
  void aLargerCanvasHoldsALargerDigit() throws FormatException {
    var picture = sheet(digits.get(0).image(), Medium.BLACK_ON_WHITE, 3);
    var large = new DigitPreparation(56).prepare(picture);
    assertEquals(Shape.image(56, 56, 1), large.shape());
    var data = new byte[56 * 56];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) Math.round(large.data()[i] * 255);
    }
    var halved = new Pixels(56, 56, 1, data).resize(28, 28, Resampling.BOX).toImage();
    assertTrue(correlation(halved, digits.get(0).image()) > 0.85);
    assertThrows(IllegalArgumentException.class, () -> new DigitPreparation(6));
  }

  @Test
  void aPictureOfAFewPixelsIsPreparedOrRefused() {
    for (int pixels = 1; pixels <= 9; pixels++) {
      for (int width = 1; width <= pixels; width++) {
        var tiny = drawn(width, Math.ceilDiv(pixels, width), Color.BLACK, pen -> {});
        tiny.setRGB(width / 2, 0, 0xFFFFFF);
        try {
          assertEquals(28, DigitPreparation.MNIST.prepare(tiny).shape().height());
        } catch (FormatException e) {
          assertTrue(e.getMessage().startsWith("the picture shows no digit: "), e.getMessage());
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"white", "black", "noise", "gradient", "transparent", "one pixel", "a row"})
  void aSheetWithNothingOnItIsRefused(String kind) {
    var random = new Random(1);
    var blank =
        switch (kind) {
          case "transparent" -> new BufferedImage(100, 80, BufferedImage.TYPE_INT_ARGB);
          case "one pixel" -> new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
          case "a row" -> drawn(400, 1, Color.WHITE, pen -> {});
          case "black" -> drawn(300, 200, Color.BLACK, pen -> {});
          default -> drawn(300, 200, Color.WHITE, pen -> {});
        };
    for (int y = 0; y < blank.getHeight(); y++) {
      for (int x = 0; x < blank.getWidth(); x++) {
        if (kind.equals("noise")) {
          blank.setRGB(x, y, (int) (180 + 8 * random.nextGaussian()) * 0x010101);
        } else if (kind.equals("gradient")) {
          blank.setRGB(x, y, (120 + x / 3 + y / 10) * 0x010101);
        }
      }
    }
    var e = assertThrows(FormatException.class, () -> DigitPreparation.MNIST.prepare(blank), kind);
    assertTrue(e.getMessage().startsWith("the picture shows no digit: "), e.getMessage());
  }
}
