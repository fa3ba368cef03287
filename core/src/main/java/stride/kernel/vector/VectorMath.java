package stride.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Transcendental functions from additions, products and quotients alone, which give the same bits
 * in the interpreter and in compiled code; the Vector API's own TANH and EXP do not. Coefficients:
 * Stephen Moshier's Cephes library, expf and tanhf.
 */
final class VectorMath {
  /** Adding 1.5 * 2^23 rounds a small float to an integer, which is then in its low bits. */
  private static final float ROUND = 12582912f;

  private static final int ROUND_BITS = 0x4B400000;
  private static final float LOG2_E = 1.44269504f;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;

  private VectorMath() {}

  /** e^x within 2 units in the last place for x in [-87, 88]; x is cut off there. NaN stays NaN. */
  static FloatVector exp(FloatVector x) {
    var clamped = clamp(x, -87f, 88f);
    var rounded = clamped.mul(LOG2_E).add(ROUND);
    return expMinusOneNearZero(rest(clamped, rounded)).add(1f).mul(power(rounded));
  }

  /** e^x - 1 within 3 units in the last place; x is cut off at -87 and 88. NaN stays NaN. */
  static FloatVector expMinusOne(FloatVector x) {
    var clamped = clamp(x, -87f, 88f);
    var rounded = clamped.mul(LOG2_E).add(ROUND);
    var power = power(rounded);
    return expMinusOneNearZero(rest(clamped, rounded)).fma(power, power.sub(1f));
  }

  /** x between bounds. Not max and min, which take several instructions to get NaN right. */
  static FloatVector clamp(FloatVector x, float least, float most) {
    var floored = x.blend(least, x.compare(VectorOperators.LT, least));
    return floored.blend(most, floored.compare(VectorOperators.GT, most));
  }

  /** x without its multiple of ln 2. */
  private static FloatVector rest(FloatVector x, FloatVector rounded) {
    var n = rounded.sub(ROUND);
    var r = n.fma(broadcast(-LN2_HIGH), x);
    return n.fma(broadcast(-LN2_LOW), r);
  }

  /** Returns 2^n, where n is in the low bits. */
  private static FloatVector power(FloatVector rounded) {
    return rounded
        .reinterpretAsInts()
        .sub(ROUND_BITS - 127)
        .lanewise(VectorOperators.LSHL, 23)
        .reinterpretAsFloats();
  }

  /** e^r - 1 for r in +-ln 2 / 2. */
  private static FloatVector expMinusOneNearZero(FloatVector r) {
    var p = broadcast(1.9875691500e-4f);
    p = p.fma(r, broadcast(1.3981999507e-3f));
    p = p.fma(r, broadcast(8.3334519073e-3f));
    p = p.fma(r, broadcast(4.1665795894e-2f));
    p = p.fma(r, broadcast(1.6666665459e-1f));
    p = p.fma(r, broadcast(5.0000001201e-1f));
    return p.fma(r.mul(r), r);
  }

  /** tanh(x) within 2 units in the last place. NaN stays NaN. */
  static FloatVector tanh(FloatVector x) {
    var size = x.abs();
    var square = x.mul(x);
    var p = broadcast(-5.70498872745e-3f);
    p = p.fma(square, broadcast(2.06390887954e-2f));
    p = p.fma(square, broadcast(-5.37397155531e-2f));
    p = p.fma(square, broadcast(1.33314422036e-1f));
    p = p.fma(square, broadcast(-3.33332819422e-1f));
    var near = p.mul(square).fma(x, x);
    var far = broadcast(1f).sub(broadcast(2f).div(exp(size.add(size)).add(1f)));
    var signed =
        far.reinterpretAsInts()
            .or(x.reinterpretAsInts().and(Integer.MIN_VALUE))
            .reinterpretAsFloats();
    return near.blend(signed, size.compare(VectorOperators.GE, 0.625f));
  }

  /** 1 / (1 + e^-x) within 3 units in the last place above 1e-37. NaN stays NaN. */
  static FloatVector sigmoid(FloatVector x) {
    return broadcast(1f).div(exp(x.neg()).add(1f));
  }

  private static FloatVector broadcast(float value) {
    return FloatVector.broadcast(Lanes.S, value);
  }
}
