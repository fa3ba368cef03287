package stride.style;

import stride.engine.Engine;
import stride.tensor.Shape;

/**
 * Each channel's mean and variance over the pixels of a map that comes in bands of rows. Those of
 * some rows at a time are joined in double, in order (Chan, Golub and LeVeque 1979): they do not
 * depend on the number of threads.
 */
final class MapMoments {
  /** Pixels whose moments are taken together, about. */
  private static final int PIXELS = 1 << 13;

  private final Engine engine;
  private final int width;
  private final int channels;
  private final double[] mean;
  private final double[] squares;
  private long count;

  MapMoments(Engine engine, Shape map) {
    this.engine = engine;
    width = map.width();
    channels = map.channels();
    mean = new double[channels];
    squares = new double[channels];
  }

  /** Adds a band's rows. */
  void add(float[] values, int at, int rows) {
    var kernels = engine.kernels().channelwise();
    int period = kernels.period(channels);
    int step = Math.max(1, PIXELS / width);
    int parts = Math.ceilDiv(rows, step);
    var means = new float[parts * period];
    var deviations = new float[parts * period];
    engine.forEach(
        parts,
        (part, worker) -> {
          int first = part * step;
          kernels.moments(
              values,
              at + first * width * channels,
              (Math.min(first + step, rows) - first) * width,
              channels,
              means,
              part * period,
              deviations,
              part * period);
        });
    for (int part = 0; part < parts; part++) {
      join(
          (Math.min((part + 1) * step, rows) - part * step) * width,
          means,
          deviations,
          part * period);
    }
  }

  private void join(int pixels, float[] means, float[] deviations, int at) {
    long all = count + pixels;
    for (int c = 0; c < channels; c++) {
      double off = means[at + c] - mean[c];
      mean[c] += off * pixels / all;
      squares[c] += deviations[at + c] + off * off * count / all * pixels;
    }
    count = all;
  }

  float[] means() {
    var means = new float[channels];
    for (int c = 0; c < channels; c++) {
      means[c] = (float) mean[c];
    }
    return means;
  }

  /** The biased variances. */
  float[] variances() {
    var variances = new float[channels];
    for (int c = 0; c < channels; c++) {
      variances[c] = (float) (squares[c] / count);
    }
    return variances;
  }
}
