package stride.image;

/**
 * Resizes 8-bit images to the same bytes as PIL: antialiased, first along rows, then along columns,
 * in fixed point with 22 bits behind the point (Pillow's {@code Resample.c}).
 */
public final class Resize {
  /** An int less 8 bits of pixel and 2 bits for filters that overshoot. */
  private static final int FRACTION_BITS = 32 - 8 - 2;

  private static final int HALF = 1 << (FRACTION_BITS - 1);

  private Resize() {}

  /**
   * An image of another size.
   *
   * @throws IllegalArgumentException if a size is below 1
   */
  public static Pixels to(Pixels image, int height, int width, Resampling filter) {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "an image is at least 1x1 pixels, asked for %dx%d".formatted(height, width));
    }
    var resized = image;
    if (width != image.width()) {
      resized = alongRows(resized, width, Weights.of(image.width(), width, filter));
    }
    if (height != image.height()) {
      resized = alongColumns(resized, height, Weights.of(image.height(), height, filter));
    }
    return resized;
  }

  private static Pixels alongRows(Pixels image, int width, Weights weights) {
    int channels = image.channels();
    byte[] from = image.data();
    var into = new byte[Math.multiplyExact(image.height() * width, channels)];
    int at = 0;
    for (int y = 0; y < image.height(); y++) {
      int row = y * image.width() * channels;
      for (int x = 0; x < width; x++) {
        int first = row + weights.first[x] * channels;
        for (int c = 0; c < channels; c++) {
          int sum = HALF;
          for (int k = 0; k < weights.count[x]; k++) {
            sum += (from[first + k * channels + c] & 0xFF) * weights.factors[x * weights.most + k];
          }
          into[at++] = clipped(sum);
        }
      }
    }
    return new Pixels(image.height(), width, channels, into);
  }

  private static Pixels alongColumns(Pixels image, int height, Weights weights) {
    int row = image.width() * image.channels();
    byte[] from = image.data();
    var into = new byte[Math.multiplyExact(height, row)];
    var sums = new int[row];
    for (int y = 0; y < height; y++) {
      java.util.Arrays.fill(sums, HALF);
      for (int k = 0; k < weights.count[y]; k++) {
        int factor = weights.factors[y * weights.most + k];
        int source = (weights.first[y] + k) * row;
        for (int i = 0; i < row; i++) {
          sums[i] += (from[source + i] & 0xFF) * factor;
        }
      }
      for (int i = 0; i < row; i++) {
        into[y * row + i] = clipped(sums[i]);
      }
    }
    return new Pixels(height, image.width(), image.channels(), into);
  }

  private static byte clipped(int sum) {
    return (byte) Math.clamp(sum >> FRACTION_BITS, 0, 255);
  }

  /**
   * Which pixels make a pixel of the result, along one axis.
   *
   * @param most the most pixels any one takes
   * @param first the first pixel of each
   * @param count how many pixels each takes
   * @param factors their weights in fixed point, {@code most} a pixel
   */
  private record Weights(int most, int[] first, int[] count, int[] factors) {
    static Weights of(int from, int to, Resampling filter) {
      double scale = (double) from / to;
      double stretch = Math.max(scale, 1);
      double support = filter.support() * stretch;
      int most = (int) Math.ceil(support) * 2 + 1;
      var first = new int[to];
      var count = new int[to];
      var factors = new int[Math.multiplyExact(to, most)];
      var weights = new double[most];
      double inverse = 1 / stretch;
      for (int i = 0; i < to; i++) {
        double centre = (i + 0.5) * scale;
        int begin = Math.max((int) (centre - support + 0.5), 0);
        int end = Math.min((int) (centre + support + 0.5), from);
        double sum = 0;
        for (int k = 0; k < end - begin; k++) {
          weights[k] = filter.weight((k + begin - centre + 0.5) * inverse);
          sum += weights[k];
        }
        first[i] = begin;
        count[i] = end - begin;
        for (int k = 0; k < end - begin; k++) {
          double weight = (sum == 0 ? weights[k] : weights[k] / sum) * (1 << FRACTION_BITS);
          factors[i * most + k] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
        }
      }
      return new Weights(most, first, count, factors);
    }
  }
}
