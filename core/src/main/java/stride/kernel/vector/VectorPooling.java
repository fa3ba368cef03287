package stride.kernel.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import stride.kernel.PoolGeometry;
import stride.kernel.Pooling;

/** Pooling with vectors of channels. */
final class VectorPooling implements Pooling {
  private static final int L = Lanes.COUNT;
  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, Lanes.S.vectorShape());
  private static final IntVector LANE = IntVector.zero(INTS).addIndex(1);

  @Override
  public void max(PoolGeometry g, float[] x, int xo, float[] y, int yo, int[] argmax, int ao) {
    for (int c = 0; c < g.channels(); c += L) {
      var mask = Lanes.S.indexInRange(0, g.channels() - c);
      for (int oy = 0; oy < g.outHeight(); oy++) {
        int top = Math.max(oy * g.strideHeight() - g.padTop(), 0);
        int bottom = Math.min(oy * g.strideHeight() - g.padTop() + g.kernelHeight(), g.inHeight());
        for (int ox = 0; ox < g.outWidth(); ox++) {
          int left = Math.max(ox * g.strideWidth() - g.padLeft(), 0);
          int right = Math.min(ox * g.strideWidth() - g.padLeft() + g.kernelWidth(), g.inWidth());
          int first = (top * g.inWidth() + left) * g.channels() + c;
          var best = FloatVector.fromArray(Lanes.S, x, xo + first, mask);
          var place = LANE.add(first);
          for (int row = top; row < bottom; row++) {
            for (int column = left; column < right; column++) {
              int at = (row * g.inWidth() + column) * g.channels() + c;
              var value = FloatVector.fromArray(Lanes.S, x, xo + at, mask);
              var isNan = value.compare(VectorOperators.NE, value);
              var bestIsNumber = best.compare(VectorOperators.EQ, best);
              var wins = value.compare(VectorOperators.GT, best).or(isNan.and(bestIsNumber));
              best = best.blend(value, wins);
              place = place.blend(LANE.add(at), wins.cast(INTS));
            }
          }
          int to = (oy * g.outWidth() + ox) * g.channels() + c;
          best.intoArray(y, yo + to, mask);
          place.intoArray(argmax, ao + to, mask.cast(INTS));
        }
      }
    }
  }

  /** Two windows may share their maximum, so this goes one by one. */
  @Override
  public void maxGradient(
      PoolGeometry g, float[] dy, int dyo, int[] argmax, int ao, float[] dx, int dxo) {
    Arrays.fill(dx, dxo, dxo + g.inPixels() * g.channels(), 0);
    int n = g.outPixels() * g.channels();
    for (int i = 0; i < n; i++) {
      dx[dxo + argmax[ao + i]] += dy[dyo + i];
    }
  }

  @Override
  public void average(PoolGeometry g, float[] x, int xo, float[] y, int yo) {
    for (int c = 0; c < g.channels(); c += L) {
      var mask = Lanes.S.indexInRange(0, g.channels() - c);
      for (int oy = 0; oy < g.outHeight(); oy++) {
        int top = Math.max(oy * g.strideHeight() - g.padTop(), 0);
        int bottom = Math.min(oy * g.strideHeight() - g.padTop() + g.kernelHeight(), g.inHeight());
        for (int ox = 0; ox < g.outWidth(); ox++) {
          int left = Math.max(ox * g.strideWidth() - g.padLeft(), 0);
          int right = Math.min(ox * g.strideWidth() - g.padLeft() + g.kernelWidth(), g.inWidth());
          var sum = FloatVector.zero(Lanes.S);
          for (int row = top; row < bottom; row++) {
            for (int column = left; column < right; column++) {
              int at = xo + (row * g.inWidth() + column) * g.channels() + c;
              sum = sum.add(FloatVector.fromArray(Lanes.S, x, at, mask));
            }
          }
          over(sum, g.divisor(oy, ox))
              .intoArray(y, yo + (oy * g.outWidth() + ox) * g.channels() + c, mask);
        }
      }
    }
  }

  @Override
  public void averageGradient(PoolGeometry g, float[] dy, int dyo, float[] dx, int dxo) {
    Arrays.fill(dx, dxo, dxo + g.inPixels() * g.channels(), 0);
    boolean disjoint = g.strideHeight() >= g.kernelHeight() && g.strideWidth() >= g.kernelWidth();
    for (int c = 0; c < g.channels(); c += L) {
      var mask = Lanes.S.indexInRange(0, g.channels() - c);
      for (int oy = 0; oy < g.outHeight(); oy++) {
        int top = Math.max(oy * g.strideHeight() - g.padTop(), 0);
        int bottom = Math.min(oy * g.strideHeight() - g.padTop() + g.kernelHeight(), g.inHeight());
        for (int ox = 0; ox < g.outWidth(); ox++) {
          int left = Math.max(ox * g.strideWidth() - g.padLeft(), 0);
          int right = Math.min(ox * g.strideWidth() - g.padLeft() + g.kernelWidth(), g.inWidth());
          int from = dyo + (oy * g.outWidth() + ox) * g.channels() + c;
          var share = over(FloatVector.fromArray(Lanes.S, dy, from, mask), g.divisor(oy, ox));
          for (int row = top; row < bottom; row++) {
            for (int column = left; column < right; column++) {
              int at = dxo + (row * g.inWidth() + column) * g.channels() + c;
              if (disjoint) {
                share.intoArray(dx, at, mask);
              } else {
                FloatVector.fromArray(Lanes.S, dx, at, mask).add(share).intoArray(dx, at, mask);
              }
            }
          }
        }
      }
    }
  }

  /** value / divisor; a product where that is the same and quicker. */
  private static FloatVector over(FloatVector value, int divisor) {
    return Integer.bitCount(divisor) == 1 ? value.mul(1f / divisor) : value.div(divisor);
  }
}
