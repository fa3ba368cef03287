package stride.onnx.evaluate;

import stride.onnx.tensor.OnnxTensor;

/** Elementary functions, element by element. */
final class Elementary implements Family {
  @Override
  public String operators() {
    return """
    Abs 1 6 13
    Acos 7 22
    Acosh 9 22
    Asin 7 22
    Asinh 9 22
    Atan 7 22
    Atanh 9 22
    BitwiseNot 18
    Ceil 1 6 13
    Cos 7 22
    Cosh 9 22
    Erf 9 13
    Exp 1 6 13
    Floor 1 6 13
    Log 1 6 13
    Neg 1 6 13
    Reciprocal 1 6 13
    Round 11 22
    Sign 9 13
    Sin 7 22
    Sinh 9 22
    Sqrt 1 6 13
    Tan 7 22
    Tanh 1 6 13
    """;
  }

  @Override
  public OnnxTensor[] apply(Call call) {
    OnnxTensor x = call.input(0);
    return Family.one(
        switch (call.operator()) {
          case "Abs" -> Maps.number(x, Math::abs, x.type().isUnsigned() ? v -> v : Math::abs);
          case "Neg" -> Maps.number(x, v -> -v, v -> -v);
          case "Sign" ->
              Maps.number(
                  x, Math::signum, x.type().isUnsigned() ? v -> v == 0 ? 0 : 1 : Long::signum);
          case "BitwiseNot" ->
              Maps.number(
                  x,
                  v -> {
                    throw new IllegalArgumentException("the bits of floats are not operated on");
                  },
                  v -> ~v);
          case "Ceil" -> Maps.real(x, Math::ceil);
          case "Floor" -> Maps.real(x, Math::floor);
          case "Round" -> Maps.real(x, Math::rint);
          case "Sqrt" -> Maps.real(x, Math::sqrt);
          case "Reciprocal" -> Maps.real(x, v -> 1 / v);
          case "Exp" -> Maps.real(x, Math::exp);
          case "Log" -> Maps.real(x, Math::log);
          case "Sin" -> Maps.real(x, Math::sin);
          case "Cos" -> Maps.real(x, Math::cos);
          case "Tan" -> Maps.real(x, Math::tan);
          case "Asin" -> Maps.real(x, Math::asin);
          case "Acos" -> Maps.real(x, Math::acos);
          case "Atan" -> Maps.real(x, Math::atan);
          case "Sinh" -> Maps.real(x, Math::sinh);
          case "Cosh" -> Maps.real(x, Math::cosh);
          case "Tanh" -> Maps.real(x, Math::tanh);
          case "Asinh" -> Maps.real(x, Elementary::asinh);
          case "Acosh" -> Maps.real(x, v -> Math.log(v + Math.sqrt(v * v - 1)));
          case "Atanh" -> Maps.real(x, v -> 0.5 * (Math.log1p(v) - Math.log1p(-v)));
          default -> Maps.real(x, Elementary::erf);
        });
  }

  private static double asinh(double v) {
    double magnitude = Math.abs(v);
    return Math.copySign(
        Math.log1p(magnitude + magnitude * magnitude / (1 + Math.sqrt(magnitude * magnitude + 1))),
        v);
  }

  /**
   * The error function, to 1e-15: below 3 the series 2/sqrt(pi) exp(-x^2) sum 2^n x^(2n+1) /
   * (2n+1)!!, above it the continued fraction of its complement (Abramowitz and Stegun 7.1.6 and
   * 7.1.14).
   */
  static double erf(double x) {
    double v = Math.abs(x);
    if (Double.isNaN(v)) {
      return v;
    }
    if (v > 6) {
      return Math.signum(x);
    }
    double scale = Math.exp(-v * v) / Math.sqrt(Math.PI);
    if (v < 3) {
      double term = v;
      double sum = v;
      for (int n = 1; term > 1e-17 * sum; n++) {
        term *= 2 * v * v / (2 * n + 1);
        sum += term;
      }
      return Math.copySign(2 * scale * sum, x);
    }
    double fraction = v;
    for (int n = 60; n > 0; n--) {
      fraction = v + n / 2.0 / fraction;
    }
    return Math.copySign(1 - scale / fraction, x);
  }
}
