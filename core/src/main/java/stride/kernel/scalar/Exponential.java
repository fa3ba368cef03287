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

  /** e^x - 1, without cancelling digits for small x. */
  static double minusOne(double x) {
    double t = Math.max(-104, Math.min(104, x)) * (1 / 256.0);
    double e = t * series(t);
    // (e^t - 1) (e^t + 1) = e^2t - 1, eight times over: 256 t = x.
    e = e * (e + 2);
    e = e * (e + 2);
    e = e * (e + 2);
    e = e * (e + 2);
    e = e * (e + 2);
    e = e * (e + 2);
    e = e * (e + 2);
    return e * (e + 2);
  }

  /**
   * ln(1 + u) for u in [0, 1]: 2 artanh(s) with s = u / (2 + u), as s times a polynomial in s^2
   * (least squares, relative error below 4e-9).
   */
  static double logOnePlus(double u) {
    double s = u / (2 + u);
    double w = s * s;
    double p = 0.2796061077243432 + w * 0.2817829883985015;
    p = 0.4002490972497123 + w * p;
    p = 0.6666631469437381 + w * p;
    return s * (2.00000000792061 + w * p);
  }

  /**
   * Returns the normal distribution's function F(-a) for a of at least 0, of a and e^(-a^2 / 2): it
   * is e^(-a^2 / 2) t P(t) with t = 1 / (1 + a / 4) and a polynomial P (least squares, relative
   * error below 1e-9 up to a = 13).
   */
  static double tail(double a, double bell) {
    double t = 1 / (1 + 0.25 * a);
    double p = 0.0918741404550932 + t * -0.01253487774224998;
    p = -0.26163543335623646 + t * p;
    p = 0.35521304148499677 + t * p;
    p = -0.2677829432951394 + t * p;
    p = 0.2054785234268115 + t * p;
    p = 0.0020542016635625715 + t * p;
    p = 0.0966958354465901 + t * p;
    p = 0.09093138319270738 + t * p;
    p = 0.09998088743967279 + t * p;
    p = 0.09972524174078581 + t * p;
    return bell * t * p;
  }

  static double power(double x) {
    // Beyond 104 the nearest float is 0 or infinity. NaN passes min and max.
    double t = Math.max(-104, Math.min(104, x)) * (1 / 256.0);
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
