package stride.data.augment;

import java.util.Arrays;
import stride.data.Sample;

/**
 * Changes of an image's colours by torchvision's formulas for tensors ({@code
 * functional_tensor.py}). Values are in [0, 1] before and after; images have 1 channel or 3.
 */
public final class Colours {
  private static final int LEVELS = 256;

  private Colours() {}

  /**
   * Changes the brightness.
   *
   * @param sample the sample to change
   * @param factor 0 for black, 1 for the unchanged image, 2 for twice as light
   */
  public static void brightness(Sample sample, double factor) {
    float[] image = sample.image();
    for (int i = 0; i < image.length; i++) {
      image[i] = clamped((float) factor * image[i]);
    }
  }

  /**
   * Changes the contrast.
   *
   * @param sample the sample to change
   * @param factor 0 for the mean grey, 1 for the unchanged image
   */
  public static void contrast(Sample sample, double factor) {
    float[] image = sample.image();
    boolean colours = sample.shape().channels() == 3;
    double sum = 0;
    for (int i = 0; i < image.length; i += colours ? 3 : 1) {
      sum += colours ? grey(image, i) : image[i];
    }
    float mean = (float) (sum / (colours ? image.length / 3 : image.length));
    for (int i = 0; i < image.length; i++) {
      image[i] = blended(image[i], mean, factor);
    }
  }

  /**
   * Changes the saturation.
   *
   * @param sample the sample to change
   * @param factor 0 for grey, 1 for the unchanged image
   */
  public static void saturation(Sample sample, double factor) {
    float[] image = sample.image();
    if (sample.shape().channels() != 3) {
      return;
    }
    for (int i = 0; i < image.length; i += 3) {
      float grey = grey(image, i);
      for (int c = 0; c < 3; c++) {
        image[i + c] = blended(image[i + c], grey, factor);
      }
    }
  }

  /**
   * Moves all hues around the colour circle.
   *
   * @param sample the sample to change
   * @param turn the part of the circle; 0 and 1 change nothing
   */
  public static void hue(Sample sample, double turn) {
    if (sample.shape().channels() != 3) {
      return;
    }
    float[] image = sample.image();
    for (int i = 0; i < image.length; i += 3) {
      float r = image[i];
      float g = image[i + 1];
      float b = image[i + 2];
      float most = Math.max(r, Math.max(g, b));
      float range = most - Math.min(r, Math.min(g, b));
      if (range == 0) {
        continue;
      }
      double sector =
          most == r ? (g - b) / range : most == g ? 2 + (b - r) / range : 4 + (r - g) / range;
      double hue = sector / 6 + turn;
      double six = (hue - Math.floor(hue)) * 6;
      int whole = (int) six;
      float part = (float) (six - whole);
      float p = clamped(most - range);
      float q = clamped(most - range * part);
      float t = clamped(most - range * (1 - part));
      switch (whole % 6) {
        case 0 -> set(image, i, most, t, p);
        case 1 -> set(image, i, q, most, p);
        case 2 -> set(image, i, p, most, t);
        case 3 -> set(image, i, p, q, most);
        case 4 -> set(image, i, t, p, most);
        default -> set(image, i, most, p, q);
      }
    }
  }

  /**
   * Changes the sharpness; pixels at the border stay unchanged.
   *
   * @param sample the sample to change
   * @param factor 0 for an image blurred by a 3x3 filter, 1 for the unchanged image
   */
  public static void sharpness(Sample sample, double factor) {
    var shape = sample.shape();
    int channels = shape.channels();
    int row = shape.width() * channels;
    float[] from = sample.image();
    float[] into = sample.spare();
    System.arraycopy(from, 0, into, 0, from.length);
    for (int y = 1; y < shape.height() - 1; y++) {
      for (int i = y * row + channels; i < (y + 1) * row - channels; i++) {
        float sum = 4 * from[i];
        for (int dy = -row; dy <= row; dy += row) {
          sum += from[i + dy - channels] + from[i + dy] + from[i + dy + channels];
        }
        into[i] = blended(from[i], sum / 13, factor);
      }
    }
    sample.swap();
  }

  /**
   * Keeps the upper bits of each 8-bit value.
   *
   * @param sample the sample to change
   * @param bits the number of bits to keep, from 0 to 8
   */
  public static void posterize(Sample sample, int bits) {
    float[] image = sample.image();
    int mask = -(1 << (8 - bits));
    for (int i = 0; i < image.length; i++) {
      image[i] = (level(image[i]) & mask) / 255f;
    }
  }

  /**
   * Inverts values that are at least a threshold.
   *
   * @param sample the sample to change
   * @param threshold from 0 to 255
   */
  public static void solarize(Sample sample, double threshold) {
    float[] image = sample.image();
    for (int i = 0; i < image.length; i++) {
      image[i] = image[i] * 255 >= (float) threshold ? 1 - image[i] : image[i];
    }
  }

  /**
   * Stretches each channel from black to white.
   *
   * @param sample the sample to change
   */
  public static void autoContrast(Sample sample) {
    float[] image = sample.image();
    int channels = sample.shape().channels();
    for (int c = 0; c < channels; c++) {
      float least = Float.POSITIVE_INFINITY;
      float most = Float.NEGATIVE_INFINITY;
      for (int i = c; i < image.length; i += channels) {
        least = Math.min(least, image[i]);
        most = Math.max(most, image[i]);
      }
      if (most > least) {
        float scale = 1 / (most - least);
        for (int i = c; i < image.length; i += channels) {
          image[i] = clamped((image[i] - least) * scale);
        }
      }
    }
  }

  /**
   * Equalizes the histogram of each channel's 256 levels.
   *
   * @param sample the sample to change
   */
  public static void equalize(Sample sample) {
    float[] image = sample.image();
    int channels = sample.shape().channels();
    // The histogram and the table made of it lie in the spare image if that is large enough.
    float[] table = sample.spare().length >= LEVELS ? sample.spare() : new float[LEVELS];
    for (int c = 0; c < channels; c++) {
      Arrays.fill(table, 0, LEVELS, 0);
      int last = 0;
      for (int i = c; i < image.length; i += channels) {
        int level = level(image[i]);
        table[level]++;
        last = Math.max(last, level);
      }
      int step = (image.length / channels - (int) table[last]) / 255;
      if (step == 0) {
        continue;
      }
      int sum = 0;
      for (int level = 0; level < LEVELS; level++) {
        int count = (int) table[level];
        table[level] = level == 0 ? 0 : Math.clamp((sum + step / 2) / step, 0, 255);
        sum += count;
      }
      for (int i = c; i < image.length; i += channels) {
        image[i] = table[level(image[i])] / 255f;
      }
    }
  }

  private static int level(float value) {
    return Math.clamp(Math.round(value * 255), 0, 255);
  }

  private static void set(float[] image, int at, float r, float g, float b) {
    image[at] = r;
    image[at + 1] = g;
    image[at + 2] = b;
  }

  private static float grey(float[] image, int at) {
    return 0.2989f * image[at] + 0.587f * image[at + 1] + 0.114f * image[at + 2];
  }

  private static float blended(float value, float other, double factor) {
    return clamped((float) factor * value + (float) (1 - factor) * other);
  }

  private static float clamped(float value) {
    return value < 0 ? 0 : value > 1 ? 1 : value;
  }
}
