package stride.app.lecture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import stride.tensor.Tensor;

/**
 * Numbers in rows and columns under a title, to stand on a page beside others.
 *
 * @param title above the numbers; may be empty
 * @param lines all of the same length
 */
record Grid(String title, List<String> lines) {
  /** Numbers that need more decimals than this are rounded. */
  private static final int MAX_DECIMALS = 5;

  Grid {
    lines = List.copyOf(lines);
  }

  /** An image of one channel, a matrix, or a vector as one row. */
  static Grid of(String title, Tensor tensor) {
    var shape = tensor.shape();
    int columns = shape.isImage() ? shape.width() : shape.channels();
    return rows(title, tensor.data(), columns);
  }

  /** One channel of an image. */
  static Grid channel(String title, Tensor image, int channel) {
    int channels = image.shape().channels();
    var values = new float[image.data().length / channels];
    for (int i = 0; i < values.length; i++) {
      values[i] = image.data()[i * channels + channel];
    }
    return rows(title, values, image.shape().width());
  }

  /** What a convolution's filter has for one input channel, out of (out, in, height, width). */
  static Grid filter(String title, Tensor filters, int out, int in) {
    int width = filters.shape().size(3);
    int taps = filters.shape().size(2) * width;
    int from = (out * filters.shape().size(1) + in) * taps;
    return rows(title, Arrays.copyOfRange(filters.data(), from, from + taps), width);
  }

  /** The first filter's first channel. */
  static Grid filter(String title, Tensor filters) {
    return filter(title, filters, 0, 0);
  }

  /** The first filter's first channel, each number with two decimals. */
  static Grid roundedFilter(String title, Tensor filters) {
    int width = filters.shape().size(3);
    return rows(title, Arrays.copyOf(filters.data(), filters.shape().size(2) * width), width, 2);
  }

  /** Words instead of numbers, in rows of some columns. */
  static Grid words(String title, int columns, String... words) {
    int width = Stream.of(words).mapToInt(String::length).reduce(0, Math::max);
    var lines = new ArrayList<String>();
    for (int from = 0; from < words.length; from += columns) {
      var line = new StringBuilder();
      for (int i = from; i < from + columns; i++) {
        line.append(i == from ? "" : " ").append(" ".repeat(width - words[i].length()));
        line.append(words[i]);
      }
      lines.add(line.toString());
    }
    return new Grid(title, lines);
  }

  private static Grid rows(String title, float[] values, int columns) {
    return rows(title, values, columns, decimals(values));
  }

  private static Grid rows(String title, float[] values, int columns, int decimals) {
    return words(
        title,
        columns,
        IntStream.range(0, values.length)
            .mapToObj(i -> number(values[i], decimals))
            .toArray(String[]::new));
  }

  /** The decimals that numbers need to be told exactly, as far as there is room. */
  private static int decimals(float[] values) {
    for (int decimals = 0; decimals < MAX_DECIMALS; decimals++) {
      double scale = Math.pow(10, decimals);
      boolean exact = true;
      for (float value : values) {
        double scaled = value * scale;
        exact &= Math.abs(scaled - Math.rint(scaled)) <= 1e-6 * Math.max(1, Math.abs(scaled));
      }
      if (exact) {
        return decimals;
      }
    }
    return MAX_DECIMALS;
  }

  /** A number with some decimals; never "-0". */
  private static String number(double value, int decimals) {
    var text = String.format(Locale.ROOT, "%." + decimals + "f", value);
    return text.matches("-0(\\.0*)?") ? text.substring(1) : text;
  }

  /** A number with as many decimals as it needs, five at most. */
  static String number(float value) {
    return number(value, decimals(new float[] {value}));
  }

  int width() {
    return lines.stream().mapToInt(String::length).reduce(title.length(), Math::max);
  }
}
