package stride.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import stride.kernel.Epilogue;

/** The way of a tile's results to memory. */
public final class Store {
  private static final int L = Lanes.COUNT;

  private Store() {}

  /**
   * Stores the epilogue of some pixels' results, one or two vectors of channels each.
   *
   * @param c the results at {@code co}: pixel after pixel, vector after vector
   * @param lanes channels to store
   * @param channel the first lane's channel, for the epilogue
   * @param own where {@code c} has a scale and, a vector after it, a shift for each lane, to be
   *     taken for the epilogue's where there is one vector of them; negative for none
   * @param yo where the output of sample 0 begins, for the epilogue's residual
   * @param at where pixel 0 of the block of pixels goes
   * @param p the first result's pixel in that block
   * @param row pixels in a row of the block
   * @param step floats from a pixel to the next one in its row
   * @param jump floats from a row of pixels to the next one
   */
  public static void store(
      float[] c,
      int co,
      int vectors,
      int pixels,
      int lanes,
      Epilogue e,
      int channel,
      int own,
      float[] y,
      int yo,
      int at,
      int p,
      int row,
      int step,
      int jump) {
    if (e.activation() == null) {
      affine(c, co, vectors, pixels, lanes, e, channel, own, y, yo, at, p, row, step, jump);
      return;
    }
    // In the place of the results, which are neighbours there; the residual has the target's order.
    int width = vectors * L;
    if (e.residual() == null) {
      affine(c, co, vectors, pixels, lanes, e, channel, own, c, 0, co, 0, pixels, width, 0);
      e.activation().function().apply(c, co, c, co, pixels * width);
      affine(c, co, vectors, pixels, lanes, Epilogue.NONE, 0, -1, y, yo, at, p, row, step, jump);
      return;
    }
    storeByPixel(c, co, vectors, pixels, lanes, e, channel, own, y, yo, at, p, row, step, jump);
  }

  /** The same, with the activation pixel by pixel in the place of the outputs. */
  static void storeByPixel(
      float[] c,
      int co,
      int vectors,
      int pixels,
      int lanes,
      Epilogue e,
      int channel,
      int own,
      float[] y,
      int yo,
      int at,
      int p,
      int row,
      int step,
      int jump) {
    affine(c, co, vectors, pixels, lanes, e, channel, own, y, yo, at, p, row, step, jump);
    if (e.activation() == null) {
      return;
    }
    for (int i = 0; i < pixels; i++) {
      int to = at + (p + i) / row * jump + (p + i) % row * step;
      e.activation().function().apply(y, to, y, to, Math.min(lanes, vectors * L));
    }
  }

  /** Stores all of an epilogue but its activation. */
  private static void affine(
      float[] c,
      int co,
      int vectors,
      int pixels,
      int lanes,
      Epilogue e,
      int channel,
      int own,
      float[] y,
      int yo,
      int at,
      int p,
      int row,
      int step,
      int jump) {
    int inRow = p % row;
    int to = at + p / row * jump + inRow * step;
    for (int i = 0; i < pixels; ) {
      int n = Math.min(pixels - i, row - inRow);
      int from = co + i * vectors * L;
      if (vectors == 2) {
        storeTwo(c, from, n, lanes, e, channel, y, yo, to, step);
      } else {
        storeOne(c, from, n, lanes, e, channel, own, y, yo, to, step);
      }
      i += n;
      to += n * step;
      inRow += n;
      if (inRow == row) {
        inRow = 0;
        to += jump - row * step;
      }
    }
  }

  private static void storeOne(
      float[] c,
      int co,
      int pixels,
      int lanes,
      Epilogue e,
      int channel,
      int own,
      float[] y,
      int yo,
      int at,
      int step) {
    float[] residual = e.residual();
    int toResidual = e.residualOffset() - yo;
    float floor = e.floor();
    float ceiling = e.ceiling();
    boolean bounded = e.isBounded();
    var mask = Lanes.S.indexInRange(0, lanes);
    float[] s = own < 0 ? e.scale() : c;
    int so = own < 0 ? e.scaleOffset() + channel : own;
    float[] b = own < 0 ? e.shift() : c;
    int bo = own < 0 ? e.shiftOffset() + channel : own + L;
    var scale =
        s == null ? FloatVector.broadcast(Lanes.S, 1) : FloatVector.fromArray(Lanes.S, s, so, mask);
    var shift = b == null ? FloatVector.zero(Lanes.S) : FloatVector.fromArray(Lanes.S, b, bo, mask);
    for (int i = 0; i < pixels; i++) {
      int to = at + i * step;
      var value = FloatVector.fromArray(Lanes.S, c, co + i * L).fma(scale, shift);
      if (residual != null) {
        value = value.add(FloatVector.fromArray(Lanes.S, residual, to + toResidual, mask));
      }
      if (bounded) {
        // Not max and min, which take several instructions to get NaN right.
        value = value.blend(floor, value.compare(VectorOperators.LT, floor));
        value = value.blend(ceiling, value.compare(VectorOperators.GT, ceiling));
      }
      value.intoArray(y, to, mask);
    }
  }

  private static void storeTwo(
      float[] c,
      int co,
      int pixels,
      int lanes,
      Epilogue e,
      int channel,
      float[] y,
      int yo,
      int at,
      int step) {
    float[] residual = e.residual();
    int toResidual = e.residualOffset() - yo;
    float floor = e.floor();
    float ceiling = e.ceiling();
    boolean bounded = e.isBounded();
    var mask = Lanes.S.indexInRange(L, lanes);
    var one = FloatVector.broadcast(Lanes.S, 1);
    var zero = FloatVector.zero(Lanes.S);
    float[] s = e.scale();
    int so = e.scaleOffset() + channel;
    var scale0 = s == null ? one : FloatVector.fromArray(Lanes.S, s, so);
    var scale1 = s == null ? one : FloatVector.fromArray(Lanes.S, s, so + L, mask);
    float[] b = e.shift();
    int bo = e.shiftOffset() + channel;
    var shift0 = b == null ? zero : FloatVector.fromArray(Lanes.S, b, bo);
    var shift1 = b == null ? zero : FloatVector.fromArray(Lanes.S, b, bo + L, mask);
    for (int i = 0; i < pixels; i++) {
      int to = at + i * step;
      int from = co + i * 2 * L;
      var first = FloatVector.fromArray(Lanes.S, c, from).fma(scale0, shift0);
      var second = FloatVector.fromArray(Lanes.S, c, from + L).fma(scale1, shift1);
      if (residual != null) {
        int r = to + toResidual;
        first = first.add(FloatVector.fromArray(Lanes.S, residual, r));
        second = second.add(FloatVector.fromArray(Lanes.S, residual, r + L, mask));
      }
      if (bounded) {
        first = first.blend(floor, first.compare(VectorOperators.LT, floor));
        first = first.blend(ceiling, first.compare(VectorOperators.GT, ceiling));
        second = second.blend(floor, second.compare(VectorOperators.LT, floor));
        second = second.blend(ceiling, second.compare(VectorOperators.GT, ceiling));
      }
      first.intoArray(y, to);
      second.intoArray(y, to + L, mask);
    }
  }
}
