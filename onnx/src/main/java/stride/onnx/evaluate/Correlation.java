package stride.onnx.evaluate;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Convolution as learning calls it, over any number of spatial axes, in double: exact for products
 * of 8-bit integers. Each output plane is a sum of shifted input planes, whose innermost loop runs
 * along a row.
 */
final class Correlation {
  private final Windows windows;
  private final int[] small;
  private final int[] large;

  /** Slides windows over an input; {@code windows.out} is the output's size. */
  Correlation(Windows windows) {
    this.windows = windows;
    this.small = windows.out();
    this.large = windows.in();
  }

  /**
   * Returns the outputs (N, M, ...) of inputs (N, C, ...) and weights (M, C / groups, ...).
   *
   * @param x the inputs
   * @param channels C
   * @param weights the weights
   * @param outputs M
   * @param groups how many parts the channels have that do not see each other
   */
  double[] forward(double[] x, int batch, int channels, double[] weights, int outputs, int groups) {
    int from = Arrays.stream(large).reduce(1, Math::multiplyExact);
    int to = Arrays.stream(small).reduce(1, Math::multiplyExact);
    int taps = Arrays.stream(windows.kernel()).reduce(1, Math::multiplyExact);
    int inGroup = channels / groups;
    int outGroup = outputs / groups;
    var y = new double[batch * outputs * to];
    IntStream.range(0, batch * outputs)
        .parallel()
        .forEach(
            plane -> {
              int m = plane % outputs;
              int first = plane / outputs * channels + m / outGroup * inGroup;
              for (int c = 0; c < inGroup; c++) {
                for (int tap = 0; tap < taps; tap++) {
                  double weight = weights[(m * inGroup + c) * taps + tap];
                  add(x, (first + c) * from, y, plane * to, tap, weight, false);
                }
              }
            });
    return y;
  }

  /**
   * Returns what {@link #forward} would send back: outputs (N, M, ...) as large as the windows'
   * input of inputs (N, C, ...) as large as their output, with weights (C, M / groups, ...).
   */
  double[] transposed(
      double[] x, int batch, int channels, double[] weights, int outputs, int groups) {
    int from = Arrays.stream(small).reduce(1, Math::multiplyExact);
    int to = Arrays.stream(large).reduce(1, Math::multiplyExact);
    int taps = Arrays.stream(windows.kernel()).reduce(1, Math::multiplyExact);
    int inGroup = channels / groups;
    int outGroup = outputs / groups;
    var y = new double[batch * outputs * to];
    IntStream.range(0, batch * outputs)
        .parallel()
        .forEach(
            plane -> {
              int m = plane % outputs;
              int group = m / outGroup;
              for (int k = 0; k < inGroup; k++) {
                int c = group * inGroup + k;
                int at = (plane / outputs * channels + c) * from;
                for (int tap = 0; tap < taps; tap++) {
                  double weight = weights[(c * outGroup + m % outGroup) * taps + tap];
                  add(x, at, y, plane * to, tap, weight, true);
                }
              }
            });
    return y;
  }

  /** Adds a plane times a weight at a tap's distance. */
  private void add(
      double[] x, int xAt, double[] y, int yAt, int tap, double weight, boolean transposed) {
    int rank = small.length;
    var position = new int[rank];
    int rest = tap;
    for (int d = rank - 1; d >= 0; d--) {
      position[d] = rest % windows.kernel()[d];
      rest /= windows.kernel()[d];
    }
    rows(x, xAt, y, yAt, position, weight, transposed, 0);
  }

  private void rows(
      double[] x,
      int xAt,
      double[] y,
      int yAt,
      int[] position,
      double weight,
      boolean transposed,
      int d) {
    if (d == small.length) {
      y[yAt] += weight * x[xAt];
      return;
    }
    int stride = windows.strides()[d];
    // Where the tap lies in the large plane for the first place of the small one.
    int shift = position[d] * windows.dilations()[d] - windows.before()[d];
    int low = shift >= 0 ? 0 : (-shift + stride - 1) / stride;
    int high = Math.min(small[d], Math.floorDiv(large[d] - 1 - shift, stride) + 1);
    int smallRow = 1;
    int largeRow = 1;
    for (int inner = d + 1; inner < small.length; inner++) {
      smallRow *= small[inner];
      largeRow *= large[inner];
    }
    if (d == small.length - 1) {
      if (transposed) {
        for (int i = low; i < high; i++) {
          y[yAt + shift + i * stride] += weight * x[xAt + i];
        }
      } else if (stride == 1) {
        int from = xAt + shift;
        for (int i = low; i < high; i++) {
          y[yAt + i] += weight * x[from + i];
        }
      } else {
        for (int i = low; i < high; i++) {
          y[yAt + i] += weight * x[xAt + shift + i * stride];
        }
      }
      return;
    }
    for (int i = low; i < high; i++) {
      int inSmall = i * smallRow;
      int inLarge = (shift + i * stride) * largeRow;
      rows(
          x,
          xAt + (transposed ? inSmall : inLarge),
          y,
          yAt + (transposed ? inLarge : inSmall),
          position,
          weight,
          transposed,
          d + 1);
    }
  }
}
