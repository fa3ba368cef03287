package stride.style;

/**
 * The formulas of Gatys, Ecker and Bethge 2016, "Image Style Transfer Using Convolutional Neural
 * Networks". A layer of N filters gives maps of M pixels, F (M x N). Sums over pixels are divided
 * by their number, so that a weight means the same for pictures of every size; in the paper, where
 * all pictures are of one size, that is a part of the weights.
 */
final class Formulas {
  private Formulas() {}

  /** The sum of (F - P)^2 / 2, equation 1; P are the photo's maps. */
  static double content(float[] f, int fo, float[] p, int po, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      double difference = f[fo + i] - p[po + i];
      sum += difference * difference;
    }
    return sum / 2;
  }

  /** Adds {@code factor} (F - P), equation 2, to a gradient. */
  static void contentGradient(
      float[] f, int fo, float[] p, int po, float factor, float[] gradient, int at, int n) {
    for (int i = 0; i < n; i++) {
      gradient[at + i] += factor * (f[fo + i] - p[po + i]);
    }
  }

  /**
   * The sum of (G - A)^2 / (4 N^2), equation 4, of Gram matrices (N x N) that are divided by their
   * M: G = F'F / M, equation 3, and A those of the painting.
   */
  static double style(double[] g, double[] a, int filters) {
    double sum = 0;
    for (int i = 0; i < g.length; i++) {
      sum += (g[i] - a[i]) * (g[i] - a[i]);
    }
    return sum / (4.0 * filters * filters);
  }

  /**
   * The matrix S = {@code factor} (G - A) / (N^2 M) by which maps are multiplied for their
   * gradient: dE/dF = F S, equation 6.
   */
  static float[] styleGradient(double[] g, double[] a, int filters, double pixels, double factor) {
    var s = new float[g.length];
    for (int i = 0; i < g.length; i++) {
      s[i] = (float) (factor * (g[i] - a[i]) / ((double) filters * filters * pixels));
    }
    return s;
  }

  /**
   * Total variation (Mahendran and Vedaldi 2015, with beta = 2): the squared differences between a
   * row's pixels and those on their right and below them, summed. Adds {@code factor} times the
   * gradient of that sum, at the row.
   *
   * @param x a picture (H, W, C) as one row after another
   * @param row the number of the row
   */
  static double variation(
      float[] x, int height, int rowLength, int channels, int row, float factor, float[] gradient) {
    double sum = 0;
    int from = row * rowLength;
    for (int i = from; i < from + rowLength; i++) {
      float right = i + channels < from + rowLength ? x[i + channels] - x[i] : 0;
      float below = row + 1 < height ? x[i + rowLength] - x[i] : 0;
      float left = i - channels >= from ? x[i] - x[i - channels] : 0;
      float above = row > 0 ? x[i] - x[i - rowLength] : 0;
      sum += (double) right * right + (double) below * below;
      gradient[i] += 2 * factor * (left + above - right - below);
    }
    return sum;
  }
}
