import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Writes the element-wise kernels on vectors: {@code java tools/kernels/GenerateElementwise.java
 * FILE}. Every kernel is here once, as the body of a loop; the functions that several kernels use,
 * such as the exponential, are here once, too, and are written out where they are used. A method
 * that takes or returns a vector would do that in Java, but wherever C2 does not inline it, each
 * vector becomes an object, and the kernel takes twenty times as long.
 *
 * <p>In a body, {@code LOAD(x)} is the vector of an array's elements, and {@code STORE(y, v)}
 * writes one: whole vectors in a loop, the last few elements under a mask after it. A statement
 * {@code var y = NAME(x);} becomes the text of a function, in which {@code $x} is the argument,
 * {@code $y} the result, and {@code $yRest} a variable of the function's own.
 */
final class GenerateElementwise {
  private static final String UNARY = "float[] x, int xo, float[] y, int yo, int n";
  private static final String BINARY =
      "float[] a, int ao, float[] b, int bo, float[] y, int yo, int n";

  /** A gradient from the output. */
  private static final String GRADIENT_OF_Y =
      "float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, int n";

  /** A gradient from the input. */
  private static final String GRADIENT_OF_X =
      "float[] x, int xo, float[] dy, int dyo, float[] dx, int dxo, int n";

  private static final Map<String, String> FUNCTIONS =
      functions(
          "EXP",
          """
          // e^x within 2 units in the last place for x in [-87, 88], where it is cut off.
          var $yCut = CUT($x, -87f, 88f);
          // Adding 1.5 * 2^23 rounds a small float to an integer, which is then in its low bits.
          var $yRounded = $yCut.fma(all(LOG2_E), all(ROUND));
          var $yPower = POWER($yRounded);
          var $yRest = REST($yCut, $yRounded);
          var $yNear = EXP_NEAR_ZERO($yRest);
          var $y = $yNear.mul($yPower);
          """,
          "EXP_NEAR_ZERO",
          """
          // e^r for r in +-ln 2 / 2 (least largest relative error, 2e-8).
          var $y = POLYNOMIAL($x, 1.3836740e-3f, 8.3748987e-3f, 4.1668233e-2f, 1.6666420e-1f, \
          4.9999991e-1f, 1f, 1f);
          """,
          "ONE_AND_EXP_OF_MINUS",
          """
          // 1 + e^-x within 2 units in the last place for x in [-88, 87].
          var $yRounded = $x.fma(all(-LOG2_E), all(ROUND));
          var $yPower = POWER($yRounded);
          // x and its multiple of ln 2: the rest of -x, negative.
          var $yTimes = $yRounded.sub(ROUND);
          var $yRest = $yTimes.fma(all(LN2_LOW), $yTimes.fma(all(LN2_HIGH), $x)).neg();
          var $yNear = EXP_NEAR_ZERO($yRest);
          var $y = $yNear.fma($yPower, all(1f));
          """,
          "CUT_BITS",
          """
          // As CUT to [-88, 87], in fewer instructions, but NaN becomes a number: the bits of negative
          // floats ascend with their size, and as unsigned numbers are above those of all others.
          var $y = $x.reinterpretAsInts()
              .lanewise(VectorOperators.UMIN, MINUS_88_BITS)
              .lanewise(VectorOperators.MIN, PLUS_87_BITS)
              .reinterpretAsFloats();
          """,
          "EXP_LESS_ONE",
          """
          // e^x - 1 within 3 units in the last place; x is cut off at -87 and 88.
          var $yCut = CUT($x, -87f, 88f);
          var $yRounded = $yCut.mul(LOG2_E).add(ROUND);
          var $yPower = POWER($yRounded);
          var $yRest = REST($yCut, $yRounded);
          var $yLess = EXP_LESS_ONE_NEAR_ZERO($yRest);
          var $y = $yLess.fma($yPower, $yPower.sub(1f));
          """,
          "CUT",
          """
          // Not max and min, which take several instructions to get NaN right.
          var $yFloored = $x.blend($1, $x.compare(VectorOperators.LT, $1));
          var $y = $yFloored.blend($2, $yFloored.compare(VectorOperators.GT, $2));
          """,
          "POWER",
          """
          // 2 to the power of the integer in the low bits.
          var $y = $x.reinterpretAsInts()
              .sub(ROUND_BITS - 127)
              .lanewise(VectorOperators.LSHL, 23)
              .reinterpretAsFloats();
          """,
          "REST",
          """
          // x without its multiple of ln 2.
          var $yTimes = $1.sub(ROUND);
          var $y = $yTimes.fma(all(-LN2_LOW), $yTimes.fma(all(-LN2_HIGH), $x));
          """,
          "EXP_LESS_ONE_NEAR_ZERO",
          """
          // e^r - 1 for r in +-ln 2 / 2.
          var $ySeries = POLYNOMIAL($x, 1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f, \
          4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f);
          var $y = $ySeries.fma($x.mul($x), $x);
          """,
          "SIGMOID",
          """
          // 1 / (1 + e^-x) within 3 units in the last place above 1e-37.
          var $yCut = CUT($x, -88f, 87f);
          var $yBelow = ONE_AND_EXP_OF_MINUS($yCut);
          var $y = all(1f).div($yBelow);
          """,
          "TANH",
          """
          // Within 2 units in the last place: a polynomial near 0, 1 - 2 / (e^2x + 1) elsewhere.
          var $ySize = $x.abs();
          var $ySquare = $x.mul($x);
          var $yOdd = POLYNOMIAL($ySquare, -5.70498872745e-3f, 2.06390887954e-2f, \
          -5.37397155531e-2f, 1.33314422036e-1f, -3.33332819422e-1f);
          var $yNear = $yOdd.mul($ySquare).fma($x, $x);
          var $yTwice = $ySize.add($ySize);
          var $yExp = EXP($yTwice);
          var $yFar = all(1f).sub(all(2f).div($yExp.add(1f)));
          var $ySigned = $yFar.reinterpretAsInts()
              .or($x.reinterpretAsInts().and(Integer.MIN_VALUE))
              .reinterpretAsFloats();
          var $y = $yNear.blend($ySigned, $ySize.compare(VectorOperators.GE, 0.625f));
          """,
          "NORMAL",
          """
          // The normal distribution's function F, of x and e^(-x^2 / 2): F(-a) is e^(-a^2 / 2) t P(t)
          // with t = 1 / (1 + 0.35 a) and a polynomial P (least squares, relative error below 4e-8).
          var $yT = all(1f).div($x.abs().fma(all(0.35f), all(1f)));
          var $yP = POLYNOMIAL($yT, -0.029126254f, 0.143874062f, -0.255508181f, 0.158933213f, \
          -0.0229396715f, 0.105433928f, 0.11985221f, 0.13985911f, 0.139621568f);
          var $yTail = $1.mul($yT).mul($yP);
          var $y = $yTail.blend(all(1f).sub($yTail), $x.compare(VectorOperators.GT, 0f));
          """);

  /** A map of names and texts in turn: more than {@code Map.of} takes. */
  private static Map<String, String> functions(String... namesAndTexts) {
    return IntStream.range(0, namesAndTexts.length / 2)
        .boxed()
        .collect(Collectors.toMap(i -> namesAndTexts[2 * i], i -> namesAndTexts[2 * i + 1]));
  }

  private static final Pattern CALL =
      Pattern.compile("^( *)var (\\w+) = ([A-Z_]+)\\((.*)\\);$", Pattern.MULTILINE);

  private final StringBuilder out = new StringBuilder();

  public static void main(String[] args) throws IOException {
    Files.writeString(Path.of(args[0]), new GenerateElementwise().generate());
  }

  String generate() {
    out.append(
        """
        // Generated by tools/kernels/GenerateElementwise.java; change that, not this.
        package stride.kernel.vector;

        import jdk.incubator.vector.FloatVector;
        import jdk.incubator.vector.VectorOperators;
        import jdk.incubator.vector.VectorSpecies;
        import stride.kernel.Elementwise;

        /**
         * Element-wise kernels: whole vectors, then the last few elements through the same operations
         * under a mask. All is additions, products and quotients, which give the same bits in the
         * interpreter and in compiled code; the Vector API's own TANH and EXP do not. Coefficients of
         * the exponential function and of tanh: Stephen Moshier's Cephes library, expf and tanhf.
         */
        final class VectorElementwise implements Elementwise {
        private static final VectorSpecies<Float> S = Lanes.S;
        private static final int L = Lanes.COUNT;
        private static final float ROUND = 12582912f;
        private static final int ROUND_BITS = 0x4B400000;
        private static final float LOG2_E = 1.44269504f;
        private static final int MINUS_88_BITS = 0xC2B00000;
        private static final int PLUS_87_BITS = 0x42AE0000;
        private static final float LN2_HIGH = 0.693359375f;
        private static final float LN2_LOW = -2.12194440e-4f;
        /** sqrt(2 / pi) and the cube's factor in GELU's approximation by tanh. */
        private static final float BEND = 0.7978845608f;
        private static final float CUBE = 0.044715f;
        /** 1 / sqrt(2 pi). */
        private static final float BELL_AT_ZERO = 0.3989422804f;
        """);
    sums();
    sigmoids();
    rectifiers();
    gelus();
    softplus();
    exponential();
    out.append("}\n");
    return out.toString();
  }

  private void sums() {
    kernel("add", BINARY, "STORE(y, LOAD(a).add(LOAD(b)));");
    kernel("subtract", BINARY, "STORE(y, LOAD(a).sub(LOAD(b)));");
    kernel("multiply", BINARY, "STORE(y, LOAD(a).mul(LOAD(b)));");
    kernel("scale", "float scale, " + UNARY, "STORE(y, LOAD(x).mul(scale));");
  }

  private void sigmoids() {
    kernel("tanh", UNARY, "var v = LOAD(x);\nvar result = TANH(v);\nSTORE(y, result);");
    kernel(
        "tanhGradient",
        GRADIENT_OF_Y,
        """
        var v = LOAD(y);
        STORE(dx, v.neg().fma(v, all(1f)).mul(LOAD(dy)));
        """);
    kernel("exp", UNARY, "var v = LOAD(x);\nvar result = EXP(v);\nSTORE(y, result);");
    kernel("sigmoid", UNARY, "var v = LOAD(x);\nvar result = SIGMOID(v);\nSTORE(y, result);");
    kernel(
        "sigmoidGradient",
        GRADIENT_OF_Y,
        """
        var v = LOAD(y);
        STORE(dx, v.neg().fma(v, v).mul(LOAD(dy)));
        """);
    kernel(
        "hardSigmoid",
        UNARY,
        """
        var shifted = LOAD(x).add(3f);
        var cut = CUT(shifted, 0f, 6f);
        STORE(y, cut.mul(1 / 6f));
        """);
    kernel(
        "hardSigmoidGradient",
        GRADIENT_OF_Y,
        """
        var v = LOAD(y);
        var passes = v.compare(VectorOperators.GT, 0f).and(v.compare(VectorOperators.LT, 1f));
        STORE(dx, all(0f).blend(LOAD(dy).mul(1 / 6f), passes));
        """);
  }

  private void rectifiers() {
    kernel(
        "relu",
        withParameters(UNARY, "float ceiling"),
        """
        var v = LOAD(x);
        var floored = v.blend(0f, v.compare(VectorOperators.LE, 0f));
        STORE(y, floored.blend(ceiling, floored.compare(VectorOperators.GT, ceiling)));
        """);
    kernel(
        "reluGradient",
        withParameters(GRADIENT_OF_Y, "float ceiling"),
        """
        var v = LOAD(y);
        var passes = v.compare(VectorOperators.GT, 0f).and(v.compare(VectorOperators.LT, ceiling));
        STORE(dx, all(0f).blend(LOAD(dy), passes));
        """);
    kernel(
        "leakyRelu",
        withParameters(UNARY, "float slope"),
        """
        var v = LOAD(x);
        STORE(y, v.mul(slope).blend(v, v.compare(VectorOperators.GT, 0f)));
        """);
    kernel(
        "leakyReluGradient",
        withParameters(GRADIENT_OF_Y, "float slope"),
        """
        var passes = LOAD(y).compare(VectorOperators.GT, 0f);
        var g = LOAD(dy);
        STORE(dx, g.mul(slope).blend(g, passes));
        """);
    kernel(
        "elu",
        withParameters(UNARY, "float alpha"),
        """
        var v = LOAD(x);
        var less = EXP_LESS_ONE(v);
        STORE(y, less.mul(alpha).blend(v, v.compare(VectorOperators.GT, 0f)));
        """);
    kernel(
        "eluGradient",
        withParameters(GRADIENT_OF_Y, "float alpha"),
        """
        var v = LOAD(y);
        var g = LOAD(dy);
        STORE(dx, g.mul(v.add(alpha)).blend(g, v.compare(VectorOperators.GT, 0f)));
        """);
  }

  private void gelus() {
    kernel(
        "hardSwish",
        UNARY,
        """
        var v = LOAD(x);
        var shifted = v.add(3f);
        var cut = CUT(shifted, 0f, 6f);
        STORE(y, cut.mul(1 / 6f).mul(v));
        """);
    kernel(
        "hardSwishGradient",
        GRADIENT_OF_X,
        """
        var v = LOAD(x);
        var line = v.fma(all(1 / 3f), all(0.5f));
        var floored = line.blend(0f, v.compare(VectorOperators.LE, -3f));
        var slope = floored.blend(1f, v.compare(VectorOperators.GE, 3f));
        STORE(dx, slope.mul(LOAD(dy)));
        """);
    kernel(
        "silu",
        UNARY,
        """
        var v = LOAD(x);
        var cut = CUT_BITS(v);
        var below = ONE_AND_EXP_OF_MINUS(cut);
        STORE(y, v.div(below));
        """);
    kernel(
        "siluGradient",
        GRADIENT_OF_X,
        """
        var v = LOAD(x);
        var s = SIGMOID(v);
        // s (1 + x (1 - s)) = x s (1 - s) + s
        STORE(dx, s.neg().fma(s, s).fma(v, s).mul(LOAD(dy)));
        """);
    kernel(
        "gelu",
        UNARY,
        """
        var v = LOAD(x);
        var power = v.mul(v).mul(-0.5f);
        var bell = EXP(power);
        var normal = NORMAL(v, bell);
        STORE(y, normal.mul(v));
        """);
    kernel(
        "geluGradient",
        GRADIENT_OF_X,
        """
        var any = LOAD(x);
        // Beyond 13 the slope is 0 or 1.
        var v = CUT(any, -13f, 13f);
        var power = v.mul(v).mul(-0.5f);
        var bell = EXP(power);
        var normal = NORMAL(v, bell);
        STORE(dx, bell.mul(BELL_AT_ZERO).fma(v, normal).mul(LOAD(dy)));
        """);
    kernel(
        "geluTanh",
        UNARY,
        """
        var v = LOAD(x);
        var u = v.mul(2 * BEND).mul(v.mul(v).mul(CUBE).add(1f));
        var s = SIGMOID(u);
        STORE(y, s.mul(v));
        """);
    kernel(
        "geluTanhGradient",
        GRADIENT_OF_X,
        """
        var any = LOAD(x);
        // Beyond 10 the slope is 0 or 1.
        var v = CUT(any, -10f, 10f);
        var square = v.mul(v).mul(CUBE);
        var twice = v.mul(2 * BEND);
        var u = twice.mul(square.add(1f));
        var s = SIGMOID(u);
        var bend = twice.mul(square.mul(3f).add(1f));
        STORE(dx, s.neg().fma(s, s).fma(bend, s).mul(LOAD(dy)));
        """);
  }

  private void softplus() {
    kernel(
        "mish",
        UNARY,
        """
        var v = LOAD(x);
        // Beyond 20 the tanh is 1, and the square is no infinity yet.
        var cut = CUT(v, -87f, 20f);
        var e = EXP(cut);
        var m = e.mul(e.add(2f));
        STORE(y, m.div(m.add(2f)).mul(v));
        """);
    kernel(
        "mishGradient",
        GRADIENT_OF_X,
        """
        var any = LOAD(x);
        var v = CUT(any, -87f, 20f);
        var e = EXP(v);
        var m = e.mul(e.add(2f));
        var r = all(1f).div(m.add(2f));
        STORE(dx, e.mul(r).mul(4f).mul(e.add(1f).mul(r)).fma(v, m.mul(r)).mul(LOAD(dy)));
        """);
    kernel(
        "softplus",
        withParameters(UNARY, "float beta, float threshold"),
        """
        var v = LOAD(x);
        var z = v.mul(beta);
        // ln(1 + e^z) is the larger of z and 0, plus ln(1 + u) for u = e^-|z|, which is 2 artanh(s)
        // with s = u / (2 + u): s times a polynomial in s^2 (least squares).
        var fall = z.abs().neg();
        var u = EXP(fall);
        var s = u.div(u.add(2f));
        var w = s.mul(s);
        var p = POLYNOMIAL(w, 0.281782988f, 0.279606108f, 0.400249097f, 0.666663147f, 2f);
        var above = all(0f).blend(z, z.compare(VectorOperators.GT, 0f));
        var soft = p.fma(s, above).div(beta);
        STORE(y, soft.blend(v, z.compare(VectorOperators.GT, threshold)));
        """);
    kernel(
        "softplusGradient",
        withParameters(GRADIENT_OF_X, "float beta, float threshold"),
        """
        var z = LOAD(x).mul(beta);
        var s = SIGMOID(z);
        var slope = s.blend(1f, z.compare(VectorOperators.GT, threshold));
        STORE(dx, slope.mul(LOAD(dy)));
        """);
  }

  /** For softmax, whose results are sums over a row. */
  private void exponential() {
    kernel(
        "/** Computes e^(x - less). */\nstatic void",
        "exponential",
        withParameters(UNARY, "float less"),
        """
        var v = LOAD(x).sub(less);
        var e = EXP(v);
        STORE(y, e);
        """);
  }

  /** The parameters of the interface, with some before the number of elements. */
  private static String withParameters(String parameters, String more) {
    return parameters.replace(", int n", ", " + more + ", int n");
  }

  /**
   * The last few elements have a method of their own: C2 gives up inlining the Vector API's methods
   * in one that is as large as two of the longest bodies.
   */
  private void kernel(String name, String parameters, String body) {
    kernel("@Override\npublic void", name, parameters, body);
  }

  private void kernel(String head, String name, String parameters, String body) {
    String written = withFunctions(body.strip());
    out.append("\n%s %s(%s) {\n".formatted(head, name, parameters));
    out.append("int i = 0;\nfor (; i + L <= n; i += L) {\n");
    out.append(withMemory(written, " + i", ""));
    out.append("}\nif (i < n) {\n%sRest(%s);\n}\n}\n".formatted(name, arguments(parameters)));
    out.append("\nprivate static void %sRest(%s) {\n".formatted(name, parameters));
    out.append("var mask = S.indexInRange(0, n);\n");
    out.append(withMemory(written.replaceAll("(?m)^ *//.*\n", ""), "", ", mask"));
    out.append("}\n");
  }

  /** The arguments for the elements from i on. */
  private static String arguments(String parameters) {
    return Arrays.stream(parameters.split(", "))
        .map(parameter -> parameter.substring(parameter.lastIndexOf(' ') + 1))
        .map(name -> name.equals("n") ? "n - i" : name.endsWith("o") ? name + " + i" : name)
        .collect(Collectors.joining(", "));
  }

  private static String withMemory(String body, String index, String mask) {
    return body.replaceAll(
                "LOAD\\((\\w+)\\)", "FloatVector.fromArray(S, $1, $1o" + index + mask + ")")
            .replaceAll("STORE\\((\\w+), (.*)\\);", "$2.intoArray($1, $1o" + index + mask + ");")
            .replaceAll("\\ball\\(", "FloatVector.broadcast(S, ")
        + "\n";
  }

  /** Writes out the functions, and those that they use. */
  private static String withFunctions(String body) {
    return CALL.matcher(body)
        .replaceAll(
            call -> {
              if (call.group(3).equals("LOAD")) {
                return Matcher.quoteReplacement(call.group());
              }
              String[] arguments = call.group(4).split(", ");
              String text =
                  call.group(3).equals("POLYNOMIAL")
                      ? polynomial(arguments)
                      : FUNCTIONS.get(call.group(3)).strip();
              for (int i = 1; i < arguments.length; i++) {
                text = text.replace("$" + i, arguments[i]);
              }
              text = text.replace("$x", arguments[0]).replace("$y", call.group(2));
              return Matcher.quoteReplacement(withFunctions(text));
            });
  }

  /** Horner's rule. */
  private static String polynomial(String[] arguments) {
    return "var $y = all(%s)".formatted(arguments[1])
        + Arrays.stream(arguments)
            .skip(2)
            .map(".fma($x, all(%s))"::formatted)
            .collect(Collectors.joining())
        + ";";
  }
}
