package stride.data.digits;

import java.awt.image.BufferedImage;
import stride.format.FormatException;
import stride.image.Image;
import stride.image.Picture;
import stride.image.Pixels;
import stride.image.Resampling;

/**
 * Makes a picture of one digit, as a person draws it, look like MNIST's: grey or colour, of any
 * size, dark on light or light on dark, drawn or photographed.
 *
 * <p>The convention is that of LeCun et al. 1998: light on dark, the digit scaled with its
 * proportions kept to fit a box of 20x20 pixels, antialiased, and placed so that its centre of mass
 * is in the middle of 28x28. Strokes that would become too faint to see are widened first.
 *
 * @param canvas the side of the result in pixels, 28 for MNIST
 */
public record DigitPreparation(int canvas) {
  /** MNIST's 28x28 pixels. */
  public static final DigitPreparation MNIST = new DigitPreparation(28);

  /** Strokes are measured and widened in a digit of this size, in boxes. */
  private static final int FINE = 8;

  /** The width of MNIST's strokes, in pixels of a 20x20 box: 1.6 to 3.8, with a median of 2.5. */
  private static final double THIN_STROKE = 1.6;

  private static final double WIDENED_STROKE = 2.2;

  /** The values that count when a digit is cut out: more than 5 of 255. */
  private static final int FAINT = 5;

  public DigitPreparation {
    if (canvas < 7) {
      throw new IllegalArgumentException(
          "a digit needs a canvas of at least 7 pixels, found " + canvas);
    }
  }

  /**
   * Prepares a picture.
   *
   * @return an image (canvas, canvas, 1) in [0, 1], light on dark
   * @throws FormatException if nothing is drawn on it
   */
  public Image prepare(Picture picture) throws FormatException {
    if (picture == null) {
      throw new IllegalArgumentException("the picture is null");
    }
    return prepare(picture.drawing());
  }

  /** Prepares a picture of AWT. */
  public Image prepare(BufferedImage picture) throws FormatException {
    return prepare(Picture.of(picture));
  }

  private Image prepare(Pixels drawing) throws FormatException {
    var ink = Ink.of(drawing);
    var data = new byte[ink.values().length];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) Math.round(ink.values()[i] * 255);
    }
    var digit = widened(cutOut(new Pixels(ink.height(), ink.width(), 1, data)));
    return placed(scaledTo(box(), digit)).toImage();
  }

  /** The box that digits fit: 20 pixels of 28. */
  private int box() {
    return Math.round(canvas * 20 / 28f);
  }

  /** The smallest part of an image that holds all of its ink. */
  private static Pixels cutOut(Pixels image) {
    int top = image.height();
    int bottom = -1;
    int left = image.width();
    int right = -1;
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        if ((image.data()[y * image.width() + x] & 0xFF) > FAINT) {
          top = Math.min(top, y);
          bottom = y;
          left = Math.min(left, x);
          right = Math.max(right, x);
        }
      }
    }
    return bottom < 0 ? image : part(image, top, left, bottom - top + 1, right - left + 1);
  }

  /** A part of an image, which may reach over its edges; what lies there is 0. */
  private static Pixels part(Pixels image, int top, int left, int height, int width) {
    var data = new byte[height * width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int v = top + y;
        int u = left + x;
        if (v >= 0 && v < image.height() && u >= 0 && u < image.width()) {
          data[y * width + x] = image.data()[v * image.width() + u];
        }
      }
    }
    return new Pixels(height, width, 1, data);
  }

  private static Pixels scaledTo(int longest, Pixels digit) {
    double scale = (double) longest / Math.max(digit.height(), digit.width());
    return digit.resize(
        Math.max(1, (int) Math.round(digit.height() * scale)),
        Math.max(1, (int) Math.round(digit.width() * scale)),
        Resampling.BILINEAR);
  }

  /**
   * A pen's line on a large sheet is thinner than a pixel in the end: widens such lines to MNIST's
   * width.
   */
  private Pixels widened(Pixels digit) {
    double boxes = Math.max(digit.height(), digit.width()) / (double) box();
    if (strokeWidth(digit) / boxes >= THIN_STROKE) {
      return digit;
    }
    var fine = scaledTo(FINE * box(), digit);
    double radius = (WIDENED_STROKE * FINE - strokeWidth(fine)) / 2;
    if (radius < 1) {
      return digit;
    }
    int reach = (int) Math.ceil(radius);
    return cutOut(
        dilated(
            part(fine, -reach, -reach, fine.height() + 2 * reach, fine.width() + 2 * reach),
            radius));
  }

  /** The mean width of a digit's strokes in pixels: twice the area by the length of the outline. */
  private static double strokeWidth(Pixels digit) {
    long ink = 0;
    int edges = 0;
    for (int y = 0; y <= digit.height(); y++) {
      for (int x = 0; x <= digit.width(); x++) {
        int here = level(digit, y, x);
        ink += here;
        edges += here >= 128 != level(digit, y - 1, x) >= 128 ? 1 : 0;
        edges += here >= 128 != level(digit, y, x - 1) >= 128 ? 1 : 0;
      }
    }
    // Edges of pixels are longer than the outline that they follow, by 4 / pi over all directions.
    return edges == 0 ? 0 : 2 * (ink / 255.0) / (edges * Math.PI / 4);
  }

  private static int level(Pixels image, int y, int x) {
    return y < 0 || x < 0 || y >= image.height() || x >= image.width()
        ? 0
        : image.data()[y * image.width() + x] & 0xFF;
  }

  /** Every pixel as light as the lightest one in a disc around it. */
  private static Pixels dilated(Pixels image, double radius) {
    int reach = (int) radius;
    var data = new byte[image.data().length];
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        int lightest = 0;
        for (int v = -reach; v <= reach; v++) {
          for (int u = -reach; u <= reach; u++) {
            if (v * v + u * u <= radius * radius) {
              lightest = Math.max(lightest, level(image, y + v, x + u));
            }
          }
        }
        data[y * image.width() + x] = (byte) lightest;
      }
    }
    return new Pixels(image.height(), image.width(), 1, data);
  }

  /** A digit on the canvas with its centre of mass in the middle, its strongest ink made full. */
  private Pixels placed(Pixels digit) {
    long mass = 0;
    long massY = 0;
    long massX = 0;
    int most = 1;
    for (int y = 0; y < digit.height(); y++) {
      for (int x = 0; x < digit.width(); x++) {
        int level = level(digit, y, x);
        mass += level;
        massY += (long) level * y;
        massX += (long) level * x;
        most = Math.max(most, level);
      }
    }
    var full = new byte[digit.data().length];
    for (int i = 0; i < full.length; i++) {
      full[i] = (byte) Math.min(255, (digit.data()[i] & 0xFF) * 255 / most);
    }
    // MNIST's own centres of mass lie at pixel 14 of 0 to 27, give or take half a pixel.
    int top = corner(massY, mass, digit.height());
    int left = corner(massX, mass, digit.width());
    return part(new Pixels(digit.height(), digit.width(), 1, full), -top, -left, canvas, canvas);
  }

  private int corner(long moment, long mass, int size) {
    long wanted = Math.round(canvas / 2.0 - (double) moment / Math.max(mass, 1));
    return Math.clamp(wanted, 0, canvas - size);
  }
}
