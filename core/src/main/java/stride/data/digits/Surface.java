package stride.data.digits;

import java.util.Arrays;

/**
 * A smooth change of light across a picture: a polynomial of the position, fitted by least squares.
 *
 * @param height of the picture
 * @param width of the picture
 * @param factors of 1, y, x, y^2, x y and x^2, or of the first three; y and x run from -1 to 1
 */
record Surface(int height, int width, double[] factors) {
  private static final int PLANE = 3;
  private static final int QUADRATIC = 6;

  /** Levels off the surface that still count as background, whatever the noise. */
  private static final double MIN_SPREAD = 4;

  /**
   * Levels off the surface that no noise explains: two levels far apart have no surface between.
   */
  private static final double MAX_SPREAD = 20;

  private static final int MAX_SAMPLES = 10_000;

  static Surface plane(int height, int width, float[] values, boolean[] mask) {
    return fitted(height, width, values, mask, PLANE);
  }

  static Surface quadratic(int height, int width, float[] values, boolean[] mask) {
    return fitted(height, width, values, mask, QUADRATIC);
  }

  /** Takes the surface's level off every pixel. */
  void subtractFrom(float[] values) {
    var terms = new double[factors.length];
    for (int i = 0; i < values.length; i++) {
      values[i] -= (float) at(terms, i);
    }
  }

  private double at(double[] terms, int pixel) {
    terms(terms, pixel);
    double level = 0;
    for (int i = 0; i < terms.length; i++) {
      level += factors[i] * terms[i];
    }
    return level;
  }

  /**
   * Begins with the median, so that ink in the mask does not pull, and leaves out what is far off,
   * three times.
   */
  private static Surface fitted(int height, int width, float[] values, boolean[] mask, int degree) {
    int[] pixels = sampled(mask);
    var factors = new double[degree];
    factors[0] = new Surface(height, width, factors).spread(values, pixels).median();
    var surface = new Surface(height, width, factors);
    for (int round = 0; round < 3; round++) {
      surface = surface.leastSquares(values, pixels, surface.limit(values, pixels));
    }
    return surface;
  }

  /** The share of a mask's pixels that lie on the surface, give or take the noise. */
  double share(float[] values, boolean[] mask) {
    int[] pixels = sampled(mask);
    double limit = Math.min(limit(values, pixels), MAX_SPREAD);
    var terms = new double[factors.length];
    int near = 0;
    for (int pixel : pixels) {
      near += Math.abs(values[pixel] - at(terms, pixel)) <= limit ? 1 : 0;
    }
    return near / (double) pixels.length;
  }

  private double limit(float[] values, int[] pixels) {
    return Math.max(MIN_SPREAD, 3 * 1.4826 * spread(values, pixels).typical());
  }

  /** Evenly chosen pixels of a mask, enough to fit six numbers. */
  private static int[] sampled(boolean[] mask) {
    int count = 0;
    for (boolean set : mask) {
      count += set ? 1 : 0;
    }
    int step = 1 + count / MAX_SAMPLES;
    var pixels = new int[(count + step - 1) / step];
    int seen = 0;
    for (int i = 0; i < mask.length; i++) {
      if (mask[i] && seen++ % step == 0) {
        pixels[(seen - 1) / step] = i;
      }
    }
    return pixels;
  }

  /**
   * How pixels deviate from a surface.
   *
   * @param median of the deviations
   * @param typical the median of their sizes
   */
  private record Spread(double median, double typical) {}

  private Spread spread(float[] values, int[] pixels) {
    var deviations = new double[pixels.length];
    var terms = new double[factors.length];
    for (int i = 0; i < deviations.length; i++) {
      deviations[i] = values[pixels[i]] - at(terms, pixels[i]);
    }
    Arrays.sort(deviations);
    double median = deviations[deviations.length / 2];
    for (int i = 0; i < deviations.length; i++) {
      deviations[i] = Math.abs(deviations[i]);
    }
    Arrays.sort(deviations);
    return new Spread(median, deviations[deviations.length / 2]);
  }

  private Surface leastSquares(float[] values, int[] pixels, double limit) {
    int degree = factors.length;
    var normal = new double[degree][degree + 1];
    var terms = new double[degree];
    int count = 0;
    for (int pixel : pixels) {
      if (Math.abs(values[pixel] - at(terms, pixel)) <= limit) {
        for (int r = 0; r < degree; r++) {
          for (int c = 0; c < degree; c++) {
            normal[r][c] += terms[r] * terms[c];
          }
          normal[r][degree] += terms[r] * values[pixel];
        }
        count++;
      }
    }
    if (count == 0) {
      return this;
    }
    // A little weight on small factors: a picture of one row says nothing about columns.
    for (int r = 0; r < degree; r++) {
      normal[r][r] += 1e-6 * count;
    }
    return new Surface(height, width, solved(normal));
  }

  private void terms(double[] terms, int pixel) {
    int y = pixel / width;
    int x = pixel % width;
    double v = (2.0 * y + 1) / height - 1;
    double u = (2.0 * x + 1) / width - 1;
    terms[0] = 1;
    terms[1] = v;
    terms[2] = u;
    if (terms.length == QUADRATIC) {
      terms[3] = v * v;
      terms[4] = u * v;
      terms[5] = u * u;
    }
  }

  /** Gauss's elimination with pivots; the right-hand side is the last column. */
  private static double[] solved(double[][] rows) {
    int n = rows.length;
    for (int c = 0; c < n; c++) {
      int pivot = c;
      for (int r = c + 1; r < n; r++) {
        if (Math.abs(rows[r][c]) > Math.abs(rows[pivot][c])) {
          pivot = r;
        }
      }
      double[] top = rows[pivot];
      rows[pivot] = rows[c];
      rows[c] = top;
      for (int r = 0; r < n; r++) {
        if (r != c) {
          double factor = rows[r][c] / top[c];
          for (int k = c; k <= n; k++) {
            rows[r][k] -= factor * top[k];
          }
        }
      }
    }
    var solution = new double[n];
    for (int c = 0; c < n; c++) {
      solution[c] = rows[c][n] / rows[c][c];
    }
    return solution;
  }
}
