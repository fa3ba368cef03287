package stride.kernel.reference;

/** Kernels over rows of channels: x (rows, channels). */
public final class ReferenceChannelwise {
  private ReferenceChannelwise() {}

  /** Each channel's sum over the rows. */
  public static double[] sum(double[] x, int channels) {
    var sums = new double[channels];
    for (int i = 0; i < x.length; i++) {
      sums[i % channels] += x[i];
    }
    return sums;
  }

  /** Each channel's sum of (x - mean)^2. */
  public static double[] squaredDeviations(double[] x, double[] mean) {
    return dotDeviations(deviations(x, mean), x, mean);
  }

  /** Each channel's sum of dy (x - mean). */
  public static double[] dotDeviations(double[] dy, double[] x, double[] mean) {
    var sums = new double[mean.length];
    double[] deviations = deviations(x, mean);
    for (int i = 0; i < x.length; i++) {
      sums[i % mean.length] += dy[i] * deviations[i];
    }
    return sums;
  }

  private static double[] deviations(double[] x, double[] mean) {
    var deviations = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      deviations[i] = x[i] - mean[i % mean.length];
    }
    return deviations;
  }

  /** dy where y is between the bounds, and everywhere if there are none; else 0. */
  public static double[] cutOff(double[] dy, double[] y, double floor, double ceiling) {
    var g = new double[y.length];
    for (int i = 0; i < y.length; i++) {
      g[i] = floor < y[i] && y[i] < ceiling ? dy[i] : 0;
    }
    return g;
  }

  /** y = x scale + shift. */
  public static double[] affine(double[] x, double[] scale, double[] shift) {
    var y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i] * scale[i % scale.length] + shift[i % scale.length];
    }
    return y;
  }

  /** dx = a dy + b x + d. */
  public static double[] blend(double[] dy, double[] x, double[] a, double[] b, double[] d) {
    var dx = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int c = i % a.length;
      dx[i] = a[c] * dy[i] + b[c] * x[i] + d[c];
    }
    return dx;
  }

  /**
   * Batch normalisation by the rows' own mean and biased variance: y = (x - mean) / sqrt(variance +
   * epsilon) gamma + beta.
   */
  public static double[] batchNorm(double[] x, double[] gamma, double[] beta, double epsilon) {
    int channels = gamma.length;
    int rows = x.length / channels;
    double[] mean = sum(x, channels);
    for (int c = 0; c < channels; c++) {
      mean[c] /= rows;
    }
    double[] squares = squaredDeviations(x, mean);
    var y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int c = i % channels;
      y[i] = (x[i] - mean[c]) / Math.sqrt(squares[c] / rows + epsilon) * gamma[c] + beta[c];
    }
    return y;
  }

  /** Each channel's sum of a b over the rows. */
  public static double[] sumOfProducts(double[] a, double[] b, int channels) {
    var products = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      products[i] = a[i] * b[i];
    }
    return sum(products, channels);
  }

  /** y[r, w, h] = x[r, h, w]. */
  public static double[] transpose(double[] x, int height, int width) {
    var y = new double[x.length];
    for (int i = 0; i < y.length; i++) {
      int inRow = i % (height * width);
      y[i] = x[i - inRow + inRow % height * width + inRow / height];
    }
    return y;
  }

  /** y[r, c] = e^x[r, c] / the row's sum of e^x. */
  public static double[] softmax(double[] x, int channels) {
    var y = new double[x.length];
    for (int row = 0; row < x.length; row += channels) {
      double largest = Double.NEGATIVE_INFINITY;
      for (int c = 0; c < channels; c++) {
        largest = Math.max(largest, x[row + c]);
      }
      double sum = 0;
      for (int c = 0; c < channels; c++) {
        sum += Math.exp(x[row + c] - largest);
      }
      for (int c = 0; c < channels; c++) {
        y[row + c] = Math.exp(x[row + c] - largest) / sum;
      }
    }
    return y;
  }

  /**
   * dx[r, j] = the sum over c of dy[r, c] times the derivative of y[r, c] by x[r, j], which is y[c]
   * ([c = j] - y[j]).
   */
  public static double[] softmaxGradient(double[] y, double[] dy, int channels) {
    var dx = new double[y.length];
    for (int row = 0; row < y.length; row += channels) {
      for (int j = 0; j < channels; j++) {
        for (int c = 0; c < channels; c++) {
          double derivative = y[row + c] * ((c == j ? 1 : 0) - y[row + j]);
          dx[row + j] += dy[row + c] * derivative;
        }
      }
    }
    return dx;
  }

  /**
   * Local response normalisation: y[c] = x[c] (k + alpha / size * the sum of x^2 over the window of
   * c)^-beta. The window holds {@code size} channels from {@code c - size / 2} on, as PyTorch's.
   */
  public static double[] localResponse(
      double[] x, int channels, int size, double alpha, double beta, double k) {
    var y = new double[x.length];
    for (int row = 0; row < x.length; row += channels) {
      for (int c = 0; c < channels; c++) {
        y[row + c] = x[row + c] * Math.pow(scale(x, row, c, channels, size, alpha, k), -beta);
      }
    }
    return y;
  }

  /** dx[j] = the sum over c of dy[c] times the derivative of y[c] by x[j]. */
  public static double[] localResponseGradient(
      double[] x, double[] dy, int channels, int size, double alpha, double beta, double k) {
    var dx = new double[x.length];
    for (int row = 0; row < x.length; row += channels) {
      for (int j = 0; j < channels; j++) {
        for (int c = 0; c < channels; c++) {
          double s = scale(x, row, c, channels, size, alpha, k);
          double derivative = c == j ? Math.pow(s, -beta) : 0;
          if (j >= c - size / 2 && j < c - size / 2 + size) {
            derivative -=
                x[row + c] * beta * Math.pow(s, -beta - 1) * alpha / size * 2 * x[row + j];
          }
          dx[row + j] += dy[row + c] * derivative;
        }
      }
    }
    return dx;
  }

  private static double scale(
      double[] x, int row, int c, int channels, int size, double alpha, double k) {
    double squares = 0;
    for (int w = c - size / 2; w < c - size / 2 + size; w++) {
      if (w >= 0 && w < channels) {
        squares += x[row + w] * x[row + w];
      }
    }
    return k + alpha / size * squares;
  }

  /** y[r, c] = x[r, c], times the channel's slope below 0. */
  public static double[] prelu(double[] x, double[] slopes) {
    var y = x.clone();
    for (int i = 0; i < x.length; i++) {
      if (x[i] < 0) {
        y[i] *= slopes[i % slopes.length];
      }
    }
    return y;
  }

  /** dx[r, c] = dy[r, c], times the channel's slope where x is 0 or below. */
  public static double[] preluGradient(double[] x, double[] dy, double[] slopes) {
    var dx = dy.clone();
    for (int i = 0; i < x.length; i++) {
      if (x[i] <= 0) {
        dx[i] *= slopes[i % slopes.length];
      }
    }
    return dx;
  }

  /** Each channel's sum of x dy over the rows where x is 0 or below. */
  public static double[] preluSums(double[] x, double[] dy, int channels) {
    var sums = new double[channels];
    for (int i = 0; i < x.length; i++) {
      sums[i % channels] += Math.min(x[i], 0) * dy[i];
    }
    return sums;
  }

  /** Each row less its mean, by the root of its biased variance and epsilon. */
  public static double[] standardized(double[] x, int length, double epsilon) {
    var z = new double[x.length];
    for (int row = 0; row < x.length; row += length) {
      double mean = 0;
      for (int i = 0; i < length; i++) {
        mean += x[row + i] / length;
      }
      double variance = 0;
      for (int i = 0; i < length; i++) {
        variance += Math.pow(x[row + i] - mean, 2) / length;
      }
      for (int i = 0; i < length; i++) {
        z[row + i] = (x[row + i] - mean) / Math.sqrt(variance + epsilon);
      }
    }
    return z;
  }

  /**
   * The gradient of weight standardized(x) + bias: dx[r, j] = the sum over i of dy[r, i] weight[i]
   * times the derivative of z[r, i] by x[r, j], which is ([i = j] - 1 / n - z[i] z[j] / n) /
   * deviation.
   */
  public static double[] layerNormGradient(
      double[] x, double[] dy, double[] weight, double epsilon) {
    int length = weight.length;
    double[] z = standardized(x, length, epsilon);
    var dx = new double[x.length];
    for (int row = 0; row < x.length; row += length) {
      double mean = 0;
      double squares = 0;
      for (int i = 0; i < length; i++) {
        mean += x[row + i] / length;
      }
      for (int i = 0; i < length; i++) {
        squares += Math.pow(x[row + i] - mean, 2) / length;
      }
      for (int j = 0; j < length; j++) {
        for (int i = 0; i < length; i++) {
          double slope = (i == j ? 1 : 0) - (1 + z[row + i] * z[row + j]) / length;
          dx[row + j] += dy[row + i] * weight[i] * slope / Math.sqrt(squares + epsilon);
        }
      }
    }
    return dx;
  }
}
