package stride.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import stride.kernel.Channelwise;
import stride.kernel.scalar.ScalarChannelwise;

/**
 * Per-channel kernels with vectors of channels; what mixes the channels of a pixel is left to the
 * scalar kernels.
 */
final class VectorChannelwise implements Channelwise {
  private static final int L = Lanes.COUNT;

  private final Channelwise scalar = new ScalarChannelwise();

  private static FloatVector load(float[] x, int at, VectorMask<Float> mask) {
    return FloatVector.fromArray(Lanes.S, x, at, mask);
  }

  @Override
  public void sum(float[] x, int xo, int rows, int channels, float[] sums, int so) {
    for (int c = 0; c < channels; c += L) {
      var mask = Lanes.S.indexInRange(0, channels - c);
      var sum = load(sums, so + c, mask);
      for (int row = 0, at = xo + c; row < rows; row++, at += channels) {
        sum = sum.add(load(x, at, mask));
      }
      sum.intoArray(sums, so + c, mask);
    }
  }

  @Override
  public void squaredDeviations(
      float[] x, int xo, int rows, int channels, float[] mean, int mo, float[] sums, int so) {
    for (int c = 0; c < channels; c += L) {
      var mask = Lanes.S.indexInRange(0, channels - c);
      var mu = load(mean, mo + c, mask);
      var sum = load(sums, so + c, mask);
      for (int row = 0, at = xo + c; row < rows; row++, at += channels) {
        var d = load(x, at, mask).sub(mu);
        sum = d.fma(d, sum);
      }
      sum.intoArray(sums, so + c, mask);
    }
  }

  @Override
  public void affine(
      float[] x,
      int xo,
      int rows,
      int channels,
      float[] scale,
      int sco,
      float[] shift,
      int sho,
      float[] y,
      int yo) {
    for (int c = 0; c < channels; c += L) {
      var mask = Lanes.S.indexInRange(0, channels - c);
      var a = load(scale, sco + c, mask);
      var b = load(shift, sho + c, mask);
      for (int row = 0, at = c; row < rows; row++, at += channels) {
        load(x, xo + at, mask).fma(a, b).intoArray(y, yo + at, mask);
      }
    }
  }

  @Override
  public void dotDeviations(
      float[] dy,
      int dyo,
      float[] x,
      int xo,
      int rows,
      int channels,
      float[] mean,
      int mo,
      float[] sums,
      int so) {
    for (int c = 0; c < channels; c += L) {
      var mask = Lanes.S.indexInRange(0, channels - c);
      var mu = load(mean, mo + c, mask);
      var sum = load(sums, so + c, mask);
      for (int row = 0, at = c; row < rows; row++, at += channels) {
        sum = load(x, xo + at, mask).sub(mu).fma(load(dy, dyo + at, mask), sum);
      }
      sum.intoArray(sums, so + c, mask);
    }
  }

  @Override
  public void blend(
      float[] dy,
      int dyo,
      float[] x,
      int xo,
      int rows,
      int channels,
      float[] a,
      int ao,
      float[] b,
      int bo,
      float[] d,
      int dof,
      float[] dx,
      int dxo) {
    for (int c = 0; c < channels; c += L) {
      var mask = Lanes.S.indexInRange(0, channels - c);
      var slope = load(a, ao + c, mask);
      var tilt = load(b, bo + c, mask);
      var constant = load(d, dof + c, mask);
      for (int row = 0, at = c; row < rows; row++, at += channels) {
        var tilted = load(x, xo + at, mask).fma(tilt, constant);
        load(dy, dyo + at, mask).fma(slope, tilted).intoArray(dx, dxo + at, mask);
      }
    }
  }

  @Override
  public void softmax(float[] x, int xo, int rows, int channels, float[] y, int yo) {
    scalar.softmax(x, xo, rows, channels, y, yo);
  }

  @Override
  public void softmaxGradient(
      float[] y, int yo, float[] dy, int dyo, int rows, int channels, float[] dx, int dxo) {
    scalar.softmaxGradient(y, yo, dy, dyo, rows, channels, dx, dxo);
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
    scalar.localResponse(x, xo, rows, channels, size, alpha, beta, k, y, yo);
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
    scalar.localResponseGradient(x, xo, dy, dyo, rows, channels, size, alpha, beta, k, dx, dxo);
  }

  @Override
  public void copy(
      float[] x, int xo, int xStride, float[] y, int yo, int yStride, int rows, int channels) {
    for (int row = 0; row < rows; row++) {
      System.arraycopy(x, xo + row * xStride, y, yo + row * yStride, channels);
    }
  }
}
