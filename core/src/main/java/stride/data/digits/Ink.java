package stride.data.digits;

import java.util.Arrays;
import stride.format.FormatException;
import stride.image.Pixels;
import stride.image.Resampling;

/**
 * What somebody drew, told from what it was drawn on: 0 is background, 1 is full ink.
 *
 * <p>Dark on light or light on dark is told by the border, which is background; a smooth change of
 * light across a photo is subtracted, the paper's noise and specks are dropped.
 *
 * @param values row-major, in [0, 1]
 */
record Ink(int height, int width, float[] values) {
  /** A digit is 20 pixels high in the end; more than this is only noise and time. */
  private static final int LONGEST_SIDE = 512;

  /** The least contrast of ink, of 255 levels: a pencil on paper has 40 and more. */
  private static final float MIN_CONTRAST = 12;

  /** The share of full ink from which on a pixel is taken to be part of a stroke. */
  private static final float STROKE = 0.2f;

  /** Parts with less ink than this share of the largest are specks. */
  private static final float SPECK = 0.05f;

  /**
   * A part inside of the picture with this share of the largest is the digit, and what touches the
   * border is not.
   */
  private static final float DIGIT = 0.1f;

  private static final float DIGIT_BESIDE_A_TABLE = 0.02f;

  private static final double MAX_OF_THE_BORDER = 0.7;

  /** The number of pixels in which the noise of a picture shows. */
  private static final int MAX_SAMPLES = 20_000;

  /**
   * Finds the ink in a picture.
   *
   * @param drawing grey, or red, green and blue; perhaps followed by opacity
   * @throws FormatException if there is none
   */
  static Ink of(Pixels drawing) throws FormatException {
    Pixels grey = overBacking(drawing);
    double scale = Math.min(1, (double) LONGEST_SIDE / Math.max(grey.height(), grey.width()));
    int height = Math.max(1, (int) Math.round(grey.height() * scale));
    int width = Math.max(1, (int) Math.round(grey.width() * scale));
    byte[] levels = grey.resize(height, width, Resampling.BOX).data();
    var values = new float[levels.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = levels[i] & 0xFF;
    }
    var ink = new Ink(height, width, values);
    ink.subtractBackground();
    ink.stretch();
    ink.dropSpecks();
    return ink;
  }

  /** A transparent picture shows best on what its colours differ from. */
  private static Pixels overBacking(Pixels drawing) {
    int channels = drawing.channels();
    byte[] levels = (channels < 3 ? drawing.select(0) : drawing.luminance()).data();
    if (channels % 2 == 0) {
      byte[] opacity = drawing.select(channels - 1).data();
      long light = 0;
      long sum = 0;
      for (int i = 0; i < levels.length; i++) {
        long part = opacity[i] & 0xFF;
        sum += part;
        light += part * (levels[i] & 0xFF);
      }
      int backing = light < 128 * sum ? 255 : 0;
      for (int i = 0; i < levels.length; i++) {
        int part = opacity[i] & 0xFF;
        levels[i] = (byte) ((part * (levels[i] & 0xFF) + (255 - part) * backing + 127) / 255);
      }
    }
    return new Pixels(drawing.height(), drawing.width(), 1, levels);
  }

  /** Leaves how far each pixel is from the background, in levels, towards the ink's side. */
  private void subtractBackground() {
    background().subtractFrom(values);
    float noise = noise();
    double dark = 0;
    double light = 0;
    for (float value : values) {
      double over = Math.max(Math.abs(value) - 3 * noise, 0);
      if (value < 0) {
        dark += over * over;
      } else {
        light += over * over;
      }
    }
    if (dark > light) {
      for (int i = 0; i < values.length; i++) {
        values[i] = -values[i];
      }
    }
    // With the ink known, all the rest shows the light better than the border alone.
    boolean[] background = not(grown(over(Math.max(0.3f * peak(), 3 * noise)), 3));
    if (count(background) >= Math.max(1, values.length / 4)) {
      Surface.quadratic(height, width, values, background).subtractFrom(values);
    }
  }

  /**
   * The border's level, if most of the border has one; else the level that most of the picture has.
   */
  private Surface background() {
    boolean[] border = borderMask();
    var plane = Surface.plane(height, width, values, border);
    if (plane.share(values, border) >= MAX_OF_THE_BORDER) {
      return plane;
    }
    var everything = new boolean[values.length];
    Arrays.fill(everything, true);
    return Surface.plane(height, width, values, everything);
  }

  /** Scales from the noise's level to the ink's: to 0 and 1. */
  private void stretch() throws FormatException {
    float noise = noise();
    float full = median(over(Math.max(0.4f * peak(), 4 * noise)));
    if (!(full >= MIN_CONTRAST) || full < 5 * noise) {
      throw new FormatException(
          "the picture shows no digit: its pixels differ by %.0f of 255 levels, noise apart by at least %.0f expected"
              .formatted(Math.max(peak(), 0), Math.max(MIN_CONTRAST, 5 * noise)));
    }
    float none = Math.min(3 * noise, 0.4f * full);
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.clamp((values[i] - none) / (full - none), 0f, 1f);
    }
  }

  /** Keeps the digit's parts, and of their soft edges two pixels. */
  private void dropSpecks() {
    var parts = Parts.of(height, width, over(STROKE), values);
    float largest = parts.largest(false);
    float largestInside = parts.largest(true);
    // A table beside the paper, or a shadow on it, lies along a side; a digit in the middle does
    // not.
    boolean alongASide = parts.longestBorder() >= Math.min(height, width) / 2;
    boolean inside = largestInside >= (alongASide ? DIGIT_BESIDE_A_TABLE : DIGIT) * largest;
    float least = SPECK * (inside ? largestInside : largest);
    boolean[] kept = grown(parts.mask(least, inside), 2);
    for (int i = 0; i < values.length; i++) {
      if (!kept[i]) {
        values[i] = 0;
      }
    }
  }

  /**
   * The standard deviation of the background, from the median of all deviations: ink is the smaller
   * part.
   */
  private float noise() {
    int step = 1 + values.length / MAX_SAMPLES;
    var deviations = new float[(values.length + step - 1) / step];
    for (int i = 0; i < deviations.length; i++) {
      deviations[i] = Math.abs(values[i * step]);
    }
    Arrays.sort(deviations);
    return 1.4826f * deviations[deviations.length / 2];
  }

  /** The strongest ink, in the mean of 3x3 pixels, so that one pixel does not decide. */
  private float peak() {
    float peak = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        float sum = 0;
        for (int v = Math.max(y - 1, 0); v <= Math.min(y + 1, height - 1); v++) {
          for (int u = Math.max(x - 1, 0); u <= Math.min(x + 1, width - 1); u++) {
            sum += values[v * width + u];
          }
        }
        peak = Math.max(peak, sum / 9);
      }
    }
    return peak;
  }

  private float median(boolean[] mask) {
    var chosen = new float[values.length];
    int count = 0;
    for (int i = 0; i < values.length; i++) {
      if (mask[i]) {
        chosen[count++] = values[i];
      }
    }
    Arrays.sort(chosen, 0, count);
    return count == 0 ? 0 : chosen[count / 2];
  }

  private boolean[] over(float level) {
    var mask = new boolean[values.length];
    for (int i = 0; i < values.length; i++) {
      mask[i] = values[i] > level;
    }
    return mask;
  }

  private boolean[] borderMask() {
    var mask = new boolean[values.length];
    int ring = Math.max(1, Math.min(height, width) / 25);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        mask[y * width + x] =
            Math.min(Math.min(y, height - 1 - y), Math.min(x, width - 1 - x)) < ring;
      }
    }
    return mask;
  }

  /** The mask with all pixels that are at most {@code steps} away, diagonals included. */
  private boolean[] grown(boolean[] mask, int steps) {
    var wide = new boolean[mask.length];
    for (int i = 0; i < mask.length; i++) {
      if (mask[i]) {
        int row = i / width * width;
        Arrays.fill(wide, Math.max(row, i - steps), Math.min(row + width - 1, i + steps) + 1, true);
      }
    }
    var grown = new boolean[mask.length];
    for (int i = 0; i < mask.length; i++) {
      if (wide[i]) {
        int y = i / width;
        for (int v = Math.max(y - steps, 0); v <= Math.min(y + steps, height - 1); v++) {
          grown[v * width + i % width] = true;
        }
      }
    }
    return grown;
  }

  private static boolean[] not(boolean[] mask) {
    var turned = new boolean[mask.length];
    for (int i = 0; i < mask.length; i++) {
      turned[i] = !mask[i];
    }
    return turned;
  }

  private static int count(boolean[] mask) {
    int count = 0;
    for (boolean set : mask) {
      count += set ? 1 : 0;
    }
    return count;
  }
}
