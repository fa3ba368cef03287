package stride.kernel.scalar;

/**
 * The exponential function and its kin, of additions, multiplications and one division in double:
 * the same bits in the interpreter and in compiled code, on every JVM, and no branches.
 *
 * <p>A Taylor polynomial at a small fraction of x, then repeated squaring. The error in double
 * stays far below half a float's unit in the last place (ulp), so nearly all results are rounded
 * correctly: over all 2^32 floats the error is at most 0.5000001 ulp for tanh and 0.54 ulp for the
 * others.
 */
final class Exponential {
  private Exponential() {}

  /** e^x. */
  static float exp(float x) {
    return (float) power(x);
  }

  /** 1 / (1 + e^-x). */
  static float sigmoid(float x) {
    return (float) (1 / (1 + power(-x)));
  }

  /** tanh x = (e^2x - 1) / (e^2x + 1). */
  static float tanh(float x) {
    // Beyond 9.02 the nearest float is 1.
    double t = Math.max(-9.1f, Math.min(9.1f, x)) * (1 / 16.0);
    // e^t - 1, then (e^t - 1) (e^t + 1) = e^2t - 1, five times over: 32 t = 2 x. No digits cancel.
    double e = t * series(t);
    e = e * (e + 2);
    e = e * (e + 2);
    e = e * (e + 2);
    e = e * (e + 2);
    e = e * (e + 2);
    return (float) (e / (e + 2));
  }

  private static double power(float x) {
    // Beyond 104 the nearest float is 0 or infinity. NaN passes min and max.
    double t = Math.max(-104f, Math.min(104f, x)) * (1 / 256.0);
    double e = 1 + t * series(t);
    e *= e;
    e *= e;
    e *= e;
    e *= e;
    e *= e;
    e *= e;
    e *= e;
    return e * e;
  }

  /** (e^t - 1) / t by Taylor's series, for {@code |t| < 0.57}. */
  private static double series(double t) {
    double sum = 1 / 40320.0 + t * (1 / 362880.0);
    sum = 1 / 5040.0 + t * sum;
    sum = 1 / 720.0 + t * sum;
    sum = 1 / 120.0 + t * sum;
    sum = 1 / 24.0 + t * sum;
    sum = 1 / 6.0 + t * sum;
    sum = 0.5 + t * sum;
    return 1 + t * sum;
  }
}
