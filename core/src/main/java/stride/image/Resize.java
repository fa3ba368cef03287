package stride.image;

import java.util.Arrays;

/**
 * Resizes 8-bit images to the same bytes as PIL: antialiased, first along rows, then along columns,
 * in fixed point with 22 bits after the point (Pillow's {@code Resample.c}).
 *
 * <p>A window of the result is computed from the pixels under it only, with the same bytes.
 */
final class Resize {
  /** An int less 8 bits of pixel and 2 bits for filters that overshoot. */
  private static final int FRACTION_BITS = 32 - 8 - 2;

  private static final int HALF = 1 << (FRACTION_BITS - 1);

  private Resize() {}

  /**
   * Part of an image of another size.
   *
   * @param from the image
   * @param along the columns of the resized image, from left to right
   * @param down its rows
   */
  static Pixels window(Rows from, Span along, Span down, Resampling filter) {
    if (filter == Resampling.NEAREST) {
      return nearest(from, along, down);
    }
    var rows = down.isWhole(from.height()) ? null : Weights.of(from.height(), down, filter);
    int top = rows == null ? down.first() : rows.begin();
    int bottom = rows == null ? down.first() + down.count() : rows.end();
    var narrowed =
        along.isWhole(from.width())
            ? copied(from, along, top, bottom)
            : alongRows(from, top, bottom, Weights.of(from.width(), along, filter));
    return rows == null ? narrowed : alongColumns(narrowed, top, rows);
  }

  /**
   * Part of an axis of a resized image.
   *
   * @param size the pixels of the axis
   * @param first the first pixel of the part
   * @param count the number of pixels of the part, at least 1
   */
  record Span(int size, int first, int count) {
    Span {
      if (size < 1 || count < 1 || first < 0 || first > size - count) {
        throw new IllegalArgumentException(
            "an image must have at least 1x1 pixels, asked for %d from %d on of a side of %d"
                .formatted(count, first, size));
      }
    }

    static Span all(int size) {
      return new Span(size, 0, size);
    }

    boolean isWhole(int original) {
      return size == original;
    }
  }

  private static Pixels copied(Rows from, Span along, int top, int bottom) {
    int channels = from.channels();
    var into = new byte[product(bottom - top, along.count(), channels)];
    int at = 0;
    for (int y = top; y < bottom; y++) {
      from.move(y);
      for (int x = 0; x < along.count(); x++) {
        int pixel = from.offset() + (along.first() + x) * from.step();
        for (int c = 0; c < channels; c++) {
          into[at++] = from.array()[pixel + from.band(c)];
        }
      }
    }
    return new Pixels(bottom - top, along.count(), channels, into);
  }

  private static Pixels alongRows(Rows from, int top, int bottom, Weights weights) {
    int channels = from.channels();
    int width = weights.first.length;
    var into = new byte[product(bottom - top, width, channels)];
    for (int y = top; y < bottom; y++) {
      from.move(y);
      int at = (y - top) * width * channels;
      if (channels == 3) {
        threeAlongRow(from, weights, into, at);
      } else {
        for (int c = 0; c < channels; c++) {
          oneAlongRow(from, from.band(c), weights, into, at + c, channels);
        }
      }
    }
    return new Pixels(bottom - top, width, channels, into);
  }

  private static void threeAlongRow(Rows from, Weights weights, byte[] into, int at) {
    byte[] row = from.array();
    int[] factors = weights.factors;
    int step = from.step();
    int r = from.offset() + from.band(0);
    int g = from.offset() + from.band(1);
    int b = from.offset() + from.band(2);
    for (int x = 0; x < weights.first.length; x++) {
      int red = HALF;
      int green = HALF;
      int blue = HALF;
      int pixel = weights.first[x] * step;
      int begin = x * weights.most;
      int end = begin + weights.count[x];
      for (int k = begin; k < end; k++) {
        int factor = factors[k];
        red += (row[r + pixel] & 0xFF) * factor;
        green += (row[g + pixel] & 0xFF) * factor;
        blue += (row[b + pixel] & 0xFF) * factor;
        pixel += step;
      }
      into[at++] = clipped(red);
      into[at++] = clipped(green);
      into[at++] = clipped(blue);
    }
  }

  private static void oneAlongRow(
      Rows from, int band, Weights weights, byte[] into, int at, int stride) {
    byte[] row = from.array();
    int step = from.step();
    for (int x = 0; x < weights.first.length; x++) {
      int sum = HALF;
      int pixel = from.offset() + band + weights.first[x] * step;
      for (int k = 0; k < weights.count[x]; k++) {
        sum += (row[pixel + k * step] & 0xFF) * weights.factors[x * weights.most + k];
      }
      into[at + x * stride] = clipped(sum);
    }
  }

  /** The rows of {@code image} are those from {@code top} on of the one that is resized. */
  private static Pixels alongColumns(Pixels image, int top, Weights weights) {
    int row = image.width() * image.channels();
    int height = weights.first.length;
    byte[] from = image.data();
    var into = new byte[product(height, image.width(), image.channels())];
    var sums = new int[row];
    for (int y = 0; y < height; y++) {
      Arrays.fill(sums, HALF);
      for (int k = 0; k < weights.count[y]; k++) {
        add(from, (weights.first[y] - top + k) * row, weights.factors[y * weights.most + k], sums);
      }
      for (int i = 0; i < row; i++) {
        into[y * row + i] = clipped(sums[i]);
      }
    }
    return new Pixels(height, image.width(), image.channels(), into);
  }

  private static void add(byte[] from, int offset, int factor, int[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += (from[offset + i] & 0xFF) * factor;
    }
  }

  private static byte clipped(int sum) {
    return (byte) Math.clamp(sum >> FRACTION_BITS, 0, 255);
  }

  private static int product(int height, int width, int channels) {
    return Math.multiplyExact(Math.multiplyExact(height, width), channels);
  }

  /** Pillow's {@code ImagingScaleAffine}, which adds the steps up one by one. */
  private static Pixels nearest(Rows from, Span along, Span down) {
    int[] columns = positions(from.width(), along);
    int[] rows = positions(from.height(), down);
    int channels = from.channels();
    var into = new byte[product(rows.length, columns.length, channels)];
    for (int y = 0; y < rows.length; y++) {
      if (rows[y] >= from.height()) {
        continue;
      }
      from.move(rows[y]);
      for (int x = 0; x < columns.length; x++) {
        if (columns[x] < from.width()) {
          int pixel = from.offset() + columns[x] * from.step();
          for (int c = 0; c < channels; c++) {
            into[(y * columns.length + x) * channels + c] = from.array()[pixel + from.band(c)];
          }
        }
      }
    }
    return new Pixels(rows.length, columns.length, channels, into);
  }

  private static int[] positions(int original, Span span) {
    double step = (double) original / span.size();
    double position = step * 0.5;
    var positions = new int[span.count()];
    for (int i = 0; i < span.first() + span.count(); i++) {
      if (i >= span.first()) {
        positions[i - span.first()] = (int) position;
      }
      position += step;
    }
    return positions;
  }

  /**
   * The pixels that make a pixel of the result, along one axis.
   *
   * @param most the most pixels that any pixel of the result takes
   * @param first the first pixel that each takes
   * @param count the number of pixels that each takes
   * @param factors their weights in fixed point, {@code most} per pixel
   */
  private record Weights(int most, int[] first, int[] count, int[] factors) {
    static Weights of(int original, Span span, Resampling filter) {
      double scale = (double) original / span.size();
      double stretch = Math.max(scale, 1);
      double support = filter.support() * stretch;
      int most = (int) Math.ceil(support) * 2 + 1;
      var first = new int[span.count()];
      var count = new int[span.count()];
      var factors = new int[Math.multiplyExact(span.count(), most)];
      var weights = new double[most];
      double inverse = 1 / stretch;
      for (int i = 0; i < first.length; i++) {
        double centre = (span.first() + i + 0.5) * scale;
        int begin = Math.max((int) (centre - support + 0.5), 0);
        int end = Math.min((int) (centre + support + 0.5), original);
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

    /** Returns the first pixel that any pixel of the result takes. */
    int begin() {
      return first[0];
    }

    /** Returns the place after the last pixel that any pixel of the result takes. */
    int end() {
      return first[first.length - 1] + count[count.length - 1];
    }
  }
}
