package stride.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import stride.kernel.Epilogue;

/** The way of a tile's results to memory. */
final class Store {
  private static final int L = Lanes.COUNT;

  private Store() {}

  /**
   * Stores the epilogue of some pixels' results, a vector of channels each.
   *
   * @param c the first result at {@code co}, the next ones {@code cStep} floats behind each other
   * @param lanes channels to store; more than a vector's are a vector's
   * @param channel the first lane's channel, for the epilogue
   * @param yo where the output of sample 0 begins, for the epilogue's residual
   * @param at where pixel 0 of the block of pixels goes
   * @param p the first result's pixel in that block
   * @param row pixels in a row of the block
   * @param step floats from a pixel to the next one in its row
   * @param jump floats from a row of pixels to the next one
   */
  static void store(
      float[] c,
      int co,
      int cStep,
      int pixels,
      int lanes,
      Epilogue e,
      int channel,
      float[] y,
      int yo,
      int at,
      int p,
      int row,
      int step,
      int jump) {
    float[] residual = e.residual();
    int toResidual = e.residualOffset() - yo;
    boolean floored = e.floor() > Float.NEGATIVE_INFINITY;
    boolean capped = e.ceiling() < Float.POSITIVE_INFINITY;
    boolean whole = lanes >= L;
    var mask = Lanes.S.indexInRange(0, lanes);
    var scale =
        e.scale() == null
            ? FloatVector.broadcast(Lanes.S, 1)
            : FloatVector.fromArray(Lanes.S, e.scale(), e.scaleOffset() + channel, mask);
    var shift =
        e.shift() == null
            ? FloatVector.zero(Lanes.S)
            : FloatVector.fromArray(Lanes.S, e.shift(), e.shiftOffset() + channel, mask);
    int inRow = p % row;
    int to = at + p / row * jump + inRow * step;
    for (int i = 0; i < pixels; i++) {
      var value = FloatVector.fromArray(Lanes.S, c, co + i * cStep).fma(scale, shift);
      if (residual != null) {
        value = value.add(FloatVector.fromArray(Lanes.S, residual, to + toResidual, mask));
      }
      // Not max and min, which take several instructions to get NaN right.
      if (floored) {
        value = value.blend(e.floor(), value.compare(VectorOperators.LT, e.floor()));
      }
      if (capped) {
        value = value.blend(e.ceiling(), value.compare(VectorOperators.GT, e.ceiling()));
      }
      if (whole) {
        value.intoArray(y, to);
      } else {
        value.intoArray(y, to, mask);
      }
      to += step;
      if (++inRow == row) {
        inRow = 0;
        to += jump - row * step;
      }
    }
  }
}
