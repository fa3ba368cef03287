package stride.kernel.scalar;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import stride.kernel.Channelwise;
import stride.kernel.Epilogue;

/**
 * Kernels over rows of channels. Sums over rows are made of partial sums in double over {@value
 * #BLOCK} rows each, so that their error stays small for millions of rows.
 */
public final class ScalarChannelwise implements Channelwise {
  /** Rows that are summed channel by channel before the next: few enough to stay in cache. */
  private static final int BLOCK = 64;

  /** Makes the channel-wise kernels; they have no state. */
  public ScalarChannelwise() {}

  @Override
  public void sum(float[] x, int xo, int rows, int channels, float[] sums, int so) {
    for (int from = 0; from < rows; from += BLOCK) {
      int to = Math.min(from + BLOCK, rows);
      for (int c = 0; c < channels; c++) {
        double sum = 0;
        for (int row = from; row < to; row++) {
          sum += x[xo + row * channels + c];
        }
        sums[so + c] += (float) sum;
      }
    }
  }

  @Override
  public int period(int channels) {
    return channels;
  }

  @Override
  public void moments(
      float[] x, int xo, int rows, int channels, float[] mean, int mo, float[] squares, int so) {
    for (int from = 0; from < rows; from += BLOCK) {
      int to = Math.min(from + BLOCK, rows);
      double share = (double) (to - from) / to;
      for (int c = 0; c < channels; c++) {
        double sum = 0;
        for (int row = from; row < to; row++) {
          sum += x[xo + row * channels + c];
        }
        double mu = sum / (to - from);
        double deviations = 0;
        for (int row = from; row < to; row++) {
          double deviation = x[xo + row * channels + c] - mu;
          deviations += deviation * deviation;
        }
        double before = from == 0 ? mu : mean[mo + c];
        double off = mu - before;
        mean[mo + c] = (float) (before + share * off);
        squares[so + c] =
            (float) ((from == 0 ? 0 : squares[so + c]) + deviations + from * share * off * off);
      }
    }
  }

  @Override
  public void apply(
      Epilogue epilogue,
      int toResidual,
      float[] x,
      int xo,
      int rows,
      int channels,
      float[] y,
      int yo) {
    for (int row = 0; row < rows; row++) {
      int at = row * channels;
      epilogue.apply(x, xo + at, 0, channels, y, yo - toResidual, yo + at);
    }
  }

  @Override
  public void normGradientSums(
      Epilogue norm,
      float[] dy,
      int dyo,
      float[] x,
      int xo,
      int rows,
      int channels,
      float[] mean,
      float[] sums,
      int so) {
    float[] scale = requireNonNull(norm.scale());
    float[] shift = requireNonNull(norm.shift());
    for (int from = 0; from < rows; from += BLOCK) {
      int to = Math.min(from + BLOCK, rows);
      for (int c = 0; c < channels; c++) {
        float factor = scale[norm.scaleOffset() + c];
        float summand = shift[norm.shiftOffset() + c];
        double m = mean[c];
        double sum = 0;
        double dot = 0;
        for (int row = from; row < to; row++) {
          int i = row * channels + c;
          double g = cutOff(norm, x[xo + i] * factor + summand, dy[dyo + i]);
          sum += g;
          dot += g * (x[xo + i] - m);
        }
        sums[so + c] += (float) sum;
        sums[so + channels + c] += (float) dot;
      }
    }
  }

  @Override
  public void normGradient(
      Epilogue norm,
      float[] dy,
      int dyo,
      float[] x,
      int xo,
      int rows,
      int channels,
      float[] b,
      float[] d,
      float[] dx,
      int dxo) {
    float[] scale = requireNonNull(norm.scale());
    float[] shift = requireNonNull(norm.shift());
    for (int row = 0; row < rows; row++) {
      int at = row * channels;
      for (int c = 0; c < channels; c++) {
        float factor = scale[norm.scaleOffset() + c];
        float value = x[xo + at + c];
        float y = value * factor + shift[norm.shiftOffset() + c];
        dx[dxo + at + c] = factor * cutOff(norm, y, dy[dyo + at + c]) + b[c] * value + d[c];
      }
    }
  }

  /** Gives dy where y is between the bounds, and everywhere if there are none; else 0. */
  private static float cutOff(Epilogue norm, float y, float dy) {
    return !norm.isBounded() || (y > norm.floor() && y < norm.ceiling()) ? dy : 0;
  }

  @Override
  public void softmax(float[] x, int xo, int rows, int channels, float[] y, int yo) {
    for (int row = 0; row < rows; row++) {
      int from = xo + row * channels;
      int to = yo + row * channels;
      float largest = x[from];
      for (int c = 1; c < channels; c++) {
        largest = Math.max(largest, x[from + c]);
      }
      double sum = 0;
      for (int c = 0; c < channels; c++) {
        y[to + c] = Exponential.exp(x[from + c] - largest);
        sum += y[to + c];
      }
      for (int c = 0; c < channels; c++) {
        y[to + c] = (float) (y[to + c] / sum);
      }
    }
  }

  @Override
  public void softmaxGradient(
      float[] y, int yo, float[] dy, int dyo, int rows, int channels, float[] dx, int dxo) {
    for (int row = 0; row < rows; row++) {
      int at = row * channels;
      double dot = 0;
      for (int c = 0; c < channels; c++) {
        dot += (double) dy[dyo + at + c] * y[yo + at + c];
      }
      for (int c = 0; c < channels; c++) {
        dx[dxo + at + c] = (float) (y[yo + at + c] * (dy[dyo + at + c] - dot));
      }
    }
  }

  @Override
  public void localResponse(
      float[] x,
      int xo,
      int rows,
      int channels,
      int size,
      float alpha,
      float beta,
      float k,
      float[] y,
      int yo) {
    for (int row = 0; row < rows; row++) {
      int from = xo + row * channels;
      int to = yo + row * channels;
      for (int c = 0; c < channels; c++) {
        double s = k + alpha / size * squares(x, from, c, channels, size);
        y[to + c] = (float) (x[from + c] * inversePower(s, beta));
      }
    }
  }

  @Override
  public void localResponseGradient(
      float[] x,
      int xo,
      float[] dy,
      int dyo,
      int rows,
      int channels,
      int size,
      float alpha,
      float beta,
      float k,
      float[] dx,
      int dxo) {
    double factor = 2.0 * alpha * beta / size;
    for (int row = 0; row < rows; row++) {
      int from = xo + row * channels;
      int to = dxo + row * channels;
      Arrays.fill(dx, to, to + channels, 0);
      // y[c] = x[c] s[c]^-beta depends on x[c] itself, and through s[c] on its whole window.
      for (int c = 0; c < channels; c++) {
        double s = k + alpha / size * squares(x, from, c, channels, size);
        double direct = dy[dyo + row * channels + c] * inversePower(s, beta);
        double through = factor * direct * x[from + c] / s;
        dx[to + c] += (float) direct;
        int last = Math.min(c + (size - 1) / 2, channels - 1);
        for (int w = Math.max(c - size / 2, 0); w <= last; w++) {
          dx[to + w] -= (float) (through * x[from + w]);
        }
      }
    }
  }

  @Override
  public void prelu(float[] x, int xo, float[] slopes, int rows, int channels, float[] y, int yo) {
    for (int row = 0, at = 0; row < rows; row++, at += channels) {
      for (int c = 0; c < channels; c++) {
        float value = x[xo + at + c];
        y[yo + at + c] = value > 0 ? value : slopes[c] * value;
      }
    }
  }

  @Override
  public void preluGradient(
      float[] x,
      int xo,
      float[] dy,
      int dyo,
      float[] slopes,
      int rows,
      int channels,
      float[] dx,
      int dxo) {
    for (int row = 0, at = 0; row < rows; row++, at += channels) {
      for (int c = 0; c < channels; c++) {
        float g = dy[dyo + at + c];
        dx[dxo + at + c] = x[xo + at + c] > 0 ? g : slopes[c] * g;
      }
    }
  }

  @Override
  public void preluSums(
      float[] x, int xo, float[] dy, int dyo, int rows, int channels, float[] sums, int so) {
    for (int from = 0; from < rows; from += BLOCK) {
      int to = Math.min(from + BLOCK, rows);
      for (int c = 0; c < channels; c++) {
        double sum = 0;
        for (int row = from; row < to; row++) {
          float value = x[xo + row * channels + c];
          sum += value > 0 ? 0 : (double) value * dy[dyo + row * channels + c];
        }
        sums[so + c] += (float) sum;
      }
    }
  }

  @Override
  public void layerNorm(
      float[] x,
      int xo,
      int rows,
      int length,
      float eps,
      float[] weight,
      int wo,
      float[] bias,
      int bo,
      float[] moments,
      int mo,
      float[] y,
      int yo) {
    for (int row = 0; row < rows; row++) {
      int from = xo + row * length;
      int to = yo + row * length;
      double sum = 0;
      for (int i = 0; i < length; i++) {
        sum += x[from + i];
      }
      double mean = sum / length;
      double deviations = 0;
      for (int i = 0; i < length; i++) {
        double off = x[from + i] - mean;
        deviations += off * off;
      }
      float mu = (float) mean;
      float inverse = (float) (1 / Math.sqrt(deviations / length + eps));
      moments[mo + 2 * row] = mu;
      moments[mo + 2 * row + 1] = inverse;
      for (int i = 0; i < length; i++) {
        y[to + i] = (x[from + i] - mu) * inverse * weight[wo + i] + bias[bo + i];
      }
    }
  }

  @Override
  public void layerNormGradient(
      float[] x,
      int xo,
      float[] dy,
      int dyo,
      int rows,
      int length,
      float[] weight,
      int wo,
      float[] moments,
      int mo,
      float[] dx,
      int dxo) {
    for (int row = 0; row < rows; row++) {
      int at = row * length;
      float mean = moments[mo + 2 * row];
      float inverse = moments[mo + 2 * row + 1];
      double sum = 0;
      double dot = 0;
      for (int i = 0; i < length; i++) {
        double g = (double) weight[wo + i] * dy[dyo + at + i];
        sum += g;
        dot += g * (x[xo + at + i] - mean);
      }
      float share = (float) (sum / length);
      float slope = (float) (dot * inverse * inverse / length);
      for (int i = 0; i < length; i++) {
        float g = weight[wo + i] * dy[dyo + at + i];
        dx[dxo + at + i] = inverse * (g - share - (x[xo + at + i] - mean) * slope);
      }
    }
  }

  @Override
  public void layerNormSums(
      float[] x,
      int xo,
      float[] dy,
      int dyo,
      int rows,
      int length,
      float[] moments,
      int mo,
      float[] sums,
      int so) {
    for (int row = 0; row < rows; row++) {
      int at = row * length;
      float mean = moments[mo + 2 * row];
      float inverse = moments[mo + 2 * row + 1];
      for (int i = 0; i < length; i++) {
        float g = dy[dyo + at + i];
        sums[so + i] += g * ((x[xo + at + i] - mean) * inverse);
        sums[so + length + i] += g;
      }
    }
  }

  @Override
  public void copy(
      float[] x, int xo, int xStride, float[] y, int yo, int yStride, int rows, int channels) {
    for (int row = 0; row < rows; row++) {
      System.arraycopy(x, xo + row * xStride, y, yo + row * yStride, channels);
    }
  }

  @Override
  public void scale(
      float[] x, int xo, float[] s, int so, int rows, int channels, float[] y, int yo) {
    for (int row = 0, at = 0; row < rows; row++, at += channels) {
      for (int c = 0; c < channels; c++) {
        y[yo + at + c] = x[xo + at + c] * s[so + c];
      }
    }
  }

  @Override
  public void sumOfProducts(
      float[] a, int ao, float[] b, int bo, int rows, int channels, float[] sums, int so) {
    Arrays.fill(sums, so, so + channels, 0);
    for (int row = 0, at = 0; row < rows; row++, at += channels) {
      for (int c = 0; c < channels; c++) {
        sums[so + c] += a[ao + at + c] * b[bo + at + c];
      }
    }
  }

  @Override
  public void transpose(float[] x, int xo, int rows, int height, int width, float[] y, int yo) {
    for (int row = 0, at = 0; row < rows; row++, at += height * width) {
      for (int h = 0; h < height; h++) {
        int from = xo + at + h * width;
        int to = yo + at + h;
        for (int w = 0; w < width; w++) {
          y[to + w * height] = x[from + w];
        }
      }
    }
  }

  /**
   * Returns the sum of the squares of the {@code size} channels around c; those outside count as
   * zero.
   */
  private static double squares(float[] x, int from, int c, int channels, int size) {
    int last = Math.min(c + (size - 1) / 2, channels - 1);
    double sum = 0;
    for (int w = Math.max(c - size / 2, 0); w <= last; w++) {
      double value = x[from + w];
      sum += value * value;
    }
    return sum;
  }

  /** s^-beta. The usual beta, 3/4, is two square roots, exact and far faster than a power. */
  private static double inversePower(double s, float beta) {
    if (beta == 0.75f) {
      double root = Math.sqrt(s);
      return 1 / (root * Math.sqrt(root));
    }
    return StrictMath.pow(s, -beta);
  }
}
