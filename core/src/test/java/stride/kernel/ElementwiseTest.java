package stride.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.kernel.Values.assertExact;
import static stride.kernel.Values.assertSameBits;
import static stride.kernel.Values.assertWithin;
import static stride.kernel.Values.doubles;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import stride.kernel.reference.ReferenceElementwise;

/** Element-wise kernels against their definition in double. */
@Tag("kernels")
@ParameterizedClass(name = "{0}")
@MethodSource("stride.kernel.KernelProviders#all")
class ElementwiseTest {
  private static final float INFINITY = Float.POSITIVE_INFINITY;

  /** Around multiples of all vectors' lengths. */
  private static final int[] LENGTHS = {
    0, 1, 2, 3, 4, 5, 7, 8, 9, 13, 15, 16, 17, 31, 32, 33, 63, 100, 129
  };

  @Parameter Kernels kernels;

  /** The kernels of one input x, or of two, with b after it. */
  enum Kernel {
    TANH,
    TANH_GRADIENT,
    SIGMOID,
    SIGMOID_GRADIENT,
    EXP,
    HARD_SIGMOID,
    HARD_SIGMOID_GRADIENT,
    HARD_SWISH,
    HARD_SWISH_GRADIENT,
    SILU,
    SILU_GRADIENT,
    RELU,
    RELU_6,
    RELU_GRADIENT,
    RELU_6_GRADIENT,
    ADD,
    SCALE,
    MULTIPLY,
    SUBTRACT,
    LEAKY_RELU,
    LEAKY_RELU_GRADIENT,
    ELU,
    ELU_GRADIENT,
    GELU,
    GELU_GRADIENT,
    GELU_TANH,
    GELU_TANH_GRADIENT,
    MISH,
    MISH_GRADIENT,
    SOFTPLUS,
    SOFTPLUS_GRADIENT;

    void run(Elementwise k, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
      switch (this) {
        case TANH -> k.tanh(a, ao, y, yo, n);
        case TANH_GRADIENT -> k.tanhGradient(a, ao, b, bo, y, yo, n);
        case SIGMOID -> k.sigmoid(a, ao, y, yo, n);
        case SIGMOID_GRADIENT -> k.sigmoidGradient(a, ao, b, bo, y, yo, n);
        case EXP -> k.exp(a, ao, y, yo, n);
        case HARD_SIGMOID -> k.hardSigmoid(a, ao, y, yo, n);
        case HARD_SIGMOID_GRADIENT -> k.hardSigmoidGradient(a, ao, b, bo, y, yo, n);
        case HARD_SWISH -> k.hardSwish(a, ao, y, yo, n);
        case HARD_SWISH_GRADIENT -> k.hardSwishGradient(a, ao, b, bo, y, yo, n);
        case SILU -> k.silu(a, ao, y, yo, n);
        case SILU_GRADIENT -> k.siluGradient(a, ao, b, bo, y, yo, n);
        case RELU -> k.relu(a, ao, y, yo, INFINITY, n);
        case RELU_6 -> k.relu(a, ao, y, yo, 6, n);
        case RELU_GRADIENT -> k.reluGradient(a, ao, b, bo, y, yo, INFINITY, n);
        case RELU_6_GRADIENT -> k.reluGradient(a, ao, b, bo, y, yo, 6, n);
        case ADD -> k.add(a, ao, b, bo, y, yo, n);
        case SCALE -> k.scale(-1.7f, a, ao, y, yo, n);
        case MULTIPLY -> k.multiply(a, ao, b, bo, y, yo, n);
        case SUBTRACT -> k.subtract(a, ao, b, bo, y, yo, n);
        case LEAKY_RELU -> k.leakyRelu(a, ao, y, yo, 0.3f, n);
        case LEAKY_RELU_GRADIENT -> k.leakyReluGradient(a, ao, b, bo, y, yo, 0.3f, n);
        case ELU -> k.elu(a, ao, y, yo, 1.3f, n);
        case ELU_GRADIENT -> k.eluGradient(a, ao, b, bo, y, yo, 1.3f, n);
        case GELU -> k.gelu(a, ao, y, yo, n);
        case GELU_GRADIENT -> k.geluGradient(a, ao, b, bo, y, yo, n);
        case GELU_TANH -> k.geluTanh(a, ao, y, yo, n);
        case GELU_TANH_GRADIENT -> k.geluTanhGradient(a, ao, b, bo, y, yo, n);
        case MISH -> k.mish(a, ao, y, yo, n);
        case MISH_GRADIENT -> k.mishGradient(a, ao, b, bo, y, yo, n);
        case SOFTPLUS -> k.softplus(a, ao, y, yo, 1.5f, 9, n);
        case SOFTPLUS_GRADIENT -> k.softplusGradient(a, ao, b, bo, y, yo, 1.5f, 9, n);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyLengthWritesItsRangeAndNoMore(Kernel kernel) {
    var random = new SplittableRandom(1);
    for (int n : LENGTHS) {
      float[] y = run(kernel, Values.between(-8, 8, n, random), Values.signed(n, random));
      for (int i = 0; i < n; i++) {
        assertTrue(Float.isFinite(y[i]), "value %d of %d was left unwritten".formatted(i, n));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void anElementHasTheSameBitsWhereverItStands(Kernel kernel) {
    var random = new SplittableRandom(2);
    float[] a = Values.between(-8, 8, 150, random);
    float[] b = Values.signed(150, random);
    float[] whole = run(kernel, a, b);
    for (int n : LENGTHS) {
      int from = random.nextInt(a.length - n + 1);
      float[] part =
          run(kernel, Arrays.copyOfRange(a, from, from + n), Arrays.copyOfRange(b, from, from + n));
      assertSameBits(
          "%d from %d".formatted(n, from), Arrays.copyOfRange(whole, from, from + n), part);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theOutputMayBeAnInput(Kernel kernel) {
    var random = new SplittableRandom(3);
    float[] a = Values.between(-8, 8, 101, random);
    float[] b = Values.signed(101, random);
    float[] expected = run(kernel, a, b);
    var first = Region.of(a);
    var second = Region.of(b);
    kernel.run(
        kernels.elementwise(),
        first.array(),
        first.offset(),
        second.array(),
        second.offset(),
        first.array(),
        first.offset(),
        a.length);
    assertSameBits("over the first input", expected, first.values("in place"));
    first = Region.of(a);
    kernel.run(
        kernels.elementwise(),
        first.array(),
        first.offset(),
        second.array(),
        second.offset(),
        second.array(),
        second.offset(),
        a.length);
    assertSameBits("over the second input", expected, second.values("in place"));
  }

  /** Every exponent, many mantissas. */
  @Test
  void tanhIsWithinTwoUnitsInTheLastPlaceOr1e7() {
    float[] x = everyExponent();
    double[] expected = ReferenceElementwise.tanh(doubles(x));
    assertWithin("tanh", expected, run(Kernel.TANH, x, x), errors(expected, 2, 1e-7));
  }

  @Test
  void smallTanhKeepsItsDigits() {
    float[] x = {0, 1e-30f, -1e-20f, 1e-4f, -1e-3f, 0.01f, -0.1f};
    float[] y = run(Kernel.TANH, x, x);
    double[] expected = ReferenceElementwise.tanh(doubles(x));
    assertWithin("tanh", expected, y, errors(expected, 2, 0));
  }

  /** Every exponent below 88, many mantissas; above, and at infinity, what 88 gives. */
  @Test
  void expIsWithinThreeUnitsInTheLastPlaceAndNeverInfinite() {
    float[] x = Values.between(-104, 88, 20_000, new SplittableRandom(7));
    x[0] = 0;
    x[1] = 88;
    var expected = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      expected[i] = Math.exp(x[i]);
    }
    assertWithin("exp", expected, run(Kernel.EXP, x, x), errors(expected, 3, 1e-37));
    float[] ends = {88, 89, 1e30f, INFINITY, -1e30f, -INFINITY, Float.NaN};
    float[] y = run(Kernel.EXP, ends, ends);
    for (int i = 1; i < 4; i++) {
      assertEquals(y[0], y[i], "exp of " + ends[i]);
    }
    assertEquals(0, y[4], 1e-37);
    assertEquals(0, y[5], 1e-37);
    assertTrue(Float.isNaN(y[6]));
  }

  @Test
  void sigmoidIsWithinThreeUnitsInTheLastPlace() {
    float[] x = everyExponent();
    double[] expected = ReferenceElementwise.sigmoid(doubles(x));
    assertWithin("sigmoid", expected, run(Kernel.SIGMOID, x, x), errors(expected, 3, 1e-37));
  }

  @Test
  void infinitiesGiveTheLimitsAndNotANumberStays() {
    float[] x = {INFINITY, -INFINITY, Float.NaN, Float.MAX_VALUE, -Float.MAX_VALUE, 1e4f, -1e4f};
    assertExactOrNan(new double[] {1, -1, Double.NaN, 1, -1, 1, -1}, run(Kernel.TANH, x, x));
    float[] sigmoid = run(Kernel.SIGMOID, x, x);
    for (int i : new int[] {1, 4, 6}) {
      assertEquals(0, sigmoid[i], 1e-37, "sigmoid of " + x[i]);
      sigmoid[i] = 0;
    }
    assertExactOrNan(new double[] {1, 0, Double.NaN, 1, 0, 1, 0}, sigmoid);
    double most = Float.MAX_VALUE;
    assertExactOrNan(
        new double[] {INFINITY, 0, Double.NaN, most, 0, 1e4f, 0}, run(Kernel.RELU, x, x));
    assertExactOrNan(new double[] {6, 0, Double.NaN, 6, 0, 6, 0}, run(Kernel.RELU_6, x, x));
  }

  @Test
  void reluCutsOffAtZeroAndAtTheCeiling() {
    float[] x = Values.between(-9, 9, 133, new SplittableRandom(4));
    assertExact("relu", ReferenceElementwise.relu(doubles(x), INFINITY), run(Kernel.RELU, x, x));
    assertExact("relu 6", ReferenceElementwise.relu(doubles(x), 6), run(Kernel.RELU_6, x, x));
  }

  @Test
  void reluGradientPassesStrictlyBetweenZeroAndTheCeiling() {
    float[] y = {0, -0f, 6, 1e-30f, 5.999999f, 3, 0, 6, 2, INFINITY};
    float[] dy = Values.signed(y.length, new SplittableRandom(5));
    assertExact(
        "relu",
        ReferenceElementwise.reluGradient(doubles(y), doubles(dy), INFINITY),
        run(Kernel.RELU_GRADIENT, y, dy));
    assertExact(
        "relu 6",
        ReferenceElementwise.reluGradient(doubles(y), doubles(dy), 6),
        run(Kernel.RELU_6_GRADIENT, y, dy));
  }

  @Test
  void gradientsOfTanhAndSigmoidFollowTheirOutputs() {
    var random = new SplittableRandom(6);
    float[] y = Values.signed(133, random);
    float[] dy = Values.between(-5, 5, 133, random);
    double[] errors = errors(doubles(dy), 3, 0);
    assertWithin(
        "tanh",
        ReferenceElementwise.tanhGradient(doubles(y), doubles(dy)),
        run(Kernel.TANH_GRADIENT, y, dy),
        errors);
    for (int i = 0; i < y.length; i++) {
      y[i] = Math.abs(y[i]);
    }
    assertWithin(
        "sigmoid",
        ReferenceElementwise.sigmoidGradient(doubles(y), doubles(dy)),
        run(Kernel.SIGMOID_GRADIENT, y, dy),
        errors);
  }

  @Test
  void theActivationsOfMobileNetAndEfficientNetAreTheirDefinitions() {
    float[] x = Values.between(-9, 9, 1003, new SplittableRandom(9));
    x[0] = -3;
    x[1] = 3;
    x[2] = 0;
    double[] exact = doubles(x);
    assertNear(
        "hard sigmoid", ReferenceElementwise.hardSigmoid(exact), Kernel.HARD_SIGMOID, x, 3e-7);
    assertNear("hard swish", ReferenceElementwise.hardSwish(exact), Kernel.HARD_SWISH, x, 3e-7);
    assertNear("silu", ReferenceElementwise.silu(exact), Kernel.SILU, x, 3e-7);
    double[] flat = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      flat[i] = Math.abs(x[i]) < 3 ? 1 / 6.0 : 0;
    }
    assertNear(
        "hard sigmoid's slope",
        flat,
        Kernel.HARD_SIGMOID_GRADIENT,
        run(Kernel.HARD_SIGMOID, x, x),
        3e-7);
    assertNear(
        "hard swish's slope",
        ReferenceElementwise.hardSwishSlope(exact),
        Kernel.HARD_SWISH_GRADIENT,
        x,
        3e-7);
    // The sigmoid's error of 3 units in the last place, times up to 1 + |x|.
    assertNear(
        "silu's slope", ReferenceElementwise.siluSlope(exact), Kernel.SILU_GRADIENT, x, 2e-6);
  }

  @Test
  void theOtherActivationsAreTheirDefinitions() {
    float[] x = Values.between(-12, 12, 2003, new SplittableRandom(10));
    x[0] = 0;
    x[1] = 6;
    double[] exact = doubles(x);
    assertNear(
        "leaky relu", ReferenceElementwise.leakyRelu(exact, 0.3f), Kernel.LEAKY_RELU, x, 1e-7);
    assertNear("elu", ReferenceElementwise.elu(exact, 1.3f), Kernel.ELU, x, 4e-7);
    assertNear("gelu", ReferenceElementwise.gelu(exact), Kernel.GELU, x, 4e-7);
    assertNear(
        "gelu's slope", ReferenceElementwise.geluSlope(exact), Kernel.GELU_GRADIENT, x, 2e-6);
    assertNear("gelu by tanh", ReferenceElementwise.geluTanh(exact), Kernel.GELU_TANH, x, 1e-6);
    assertNear(
        "slope of gelu by tanh",
        ReferenceElementwise.geluTanhSlope(exact),
        Kernel.GELU_TANH_GRADIENT,
        x,
        2e-6);
    assertNear("mish", ReferenceElementwise.mish(exact), Kernel.MISH, x, 4e-7);
    assertNear(
        "mish's slope", ReferenceElementwise.mishSlope(exact), Kernel.MISH_GRADIENT, x, 2e-6);
    assertNear("softplus", ReferenceElementwise.softplus(exact, 1.5, 9), Kernel.SOFTPLUS, x, 4e-7);
    assertNear(
        "softplus's slope",
        ReferenceElementwise.softplusSlope(exact, 1.5, 9),
        Kernel.SOFTPLUS_GRADIENT,
        x,
        4e-7);
  }

  @Test
  void leakyReluAndEluDeriveFromTheirOutputs() {
    float[] x = Values.between(-9, 9, 133, new SplittableRandom(11));
    x[0] = 0;
    var leaky = new double[x.length];
    var elu = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      leaky[i] = x[i] > 0 ? 1 : 0.3f;
      elu[i] = x[i] > 0 ? 1 : 1.3f * Math.exp(x[i]);
    }
    assertNear(
        "leaky relu's slope",
        leaky,
        Kernel.LEAKY_RELU_GRADIENT,
        run(Kernel.LEAKY_RELU, x, x),
        1e-7);
    assertNear("elu's slope", elu, Kernel.ELU_GRADIENT, run(Kernel.ELU, x, x), 4e-7);
  }

  /** Digits that a sum with 1 would cancel; the limits of the others. */
  @Test
  void activationsKeepTheDigitsOfSmallNumbersAndTheLimitsOfLargeOnes() {
    float[] small = {-1e-20f, -1e-6f, -1e-3f, -0.1f, -0.3f, -0.4f, -2, -30};
    double[] exact = doubles(small);
    double[] elu = ReferenceElementwise.elu(exact, 1.3f);
    assertWithin("elu", elu, run(Kernel.ELU, small, small), errors(elu, 4, 0));
    double[] softplus = ReferenceElementwise.softplus(exact, 1.5, 9);
    assertWithin("softplus", softplus, run(Kernel.SOFTPLUS, small, small), errors(softplus, 8, 0));
    float[] tail = {-2, -5, -8, -10, -1e-3f, 1e-20f};
    double[] mish = ReferenceElementwise.mish(doubles(tail));
    assertWithin("mish", mish, run(Kernel.MISH, tail, tail), errors(mish, 8, 0));
    double[] gelu = ReferenceElementwise.gelu(doubles(tail));
    assertWithin("gelu", gelu, run(Kernel.GELU, tail, tail), errors(gelu, 40, 0));
    float[] large = {1e30f, -1e30f, 100, -100, Float.NaN};
    double[] limits = {1e30f, 0, 100, 0, Double.NaN};
    double[] slopes = {1, 0, 1, 0, Double.NaN};
    float[] ones = {1, 1, 1, 1, 1};
    for (var kernel : List.of(Kernel.GELU, Kernel.GELU_TANH, Kernel.MISH, Kernel.SOFTPLUS)) {
      assertLimits(kernel, limits, run(kernel, large, large));
    }
    for (var kernel :
        List.of(
            Kernel.GELU_GRADIENT,
            Kernel.GELU_TANH_GRADIENT,
            Kernel.MISH_GRADIENT,
            Kernel.SOFTPLUS_GRADIENT)) {
      assertLimits(kernel, slopes, run(kernel, large, ones));
    }
    assertLimits(
        Kernel.ELU,
        new double[] {1e30f, -1.3f, 100, -1.3f, Double.NaN},
        run(Kernel.ELU, large, large));
    assertExactOrNan(
        new double[] {1e30f, -1e30f * 0.3f, 100, -100 * 0.3f, Double.NaN},
        run(Kernel.LEAKY_RELU, large, large));
  }

  private static void assertLimits(Kernel kernel, double[] expected, float[] actual) {
    for (int j = 0; j < expected.length; j++) {
      int i = j;
      double error = Double.isNaN(expected[i]) ? 0 : 1e-6 * Math.max(1, Math.abs(expected[i]));
      assertTrue(
          Math.abs(expected[i] - actual[i]) <= error
              || (Double.isNaN(expected[i]) && Float.isNaN(actual[i])),
          () -> kernel.name() + " gave " + Arrays.toString(actual));
    }
  }

  private void assertNear(String what, double[] expected, Kernel kernel, float[] x, double error) {
    var one = new float[x.length];
    Arrays.fill(one, 1);
    var errors = new double[x.length];
    for (int i = 0; i < errors.length; i++) {
      errors[i] = error * Math.max(1, Math.abs(expected[i]));
    }
    assertWithin(what, expected, run(kernel, x, one), errors);
  }

  @Test
  void siluKeepsTheDigitsOfLargeAndSmallNumbers() {
    float[] x = {1e-30f, -1e-20f, 1e-4f, 50, 1e30f, -20};
    double[] expected = ReferenceElementwise.silu(doubles(x));
    assertWithin("silu", expected, run(Kernel.SILU, x, x), errors(expected, 4, 0));
  }

  @Test
  void sumsAndProductsAreRoundedOnce() {
    var random = new SplittableRandom(7);
    float[] a = Values.between(-100, 100, 133, random);
    float[] b = Values.signed(133, random);
    var sum = new double[a.length];
    var product = new double[a.length];
    var difference = new double[a.length];
    var scaled = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      sum[i] = (float) ((double) a[i] + b[i]);
      product[i] = (float) ((double) a[i] * b[i]);
      difference[i] = (float) ((double) a[i] - b[i]);
      scaled[i] = (float) ((double) a[i] * -1.7f);
    }
    assertExact("add", sum, run(Kernel.ADD, a, b));
    assertExact("multiply", product, run(Kernel.MULTIPLY, a, b));
    assertExact("subtract", difference, run(Kernel.SUBTRACT, a, b));
    assertExact("scale", scaled, run(Kernel.SCALE, a, b));
  }

  private float[] run(Kernel kernel, float[] first, float[] second) {
    var a = Region.of(first);
    var b = Region.of(second);
    var y = Region.unwritten(first.length);
    kernel.run(
        kernels.elementwise(),
        a.array(),
        a.offset(),
        b.array(),
        b.offset(),
        y.array(),
        y.offset(),
        first.length);
    assertSameBits(kernel + "'s first input", first, a.values(kernel.name()));
    assertSameBits(kernel + "'s second input", second, b.values(kernel.name()));
    return y.values(kernel.name());
  }

  /** Floats of both signs and all exponents, densest where the functions bend. */
  private static float[] everyExponent() {
    var random = new SplittableRandom(8);
    var x = new float[80_000];
    for (int i = 0; i < x.length; i += 2) {
      float any = Float.intBitsToFloat(random.nextInt());
      x[i] = Float.isNaN(any) ? 1 : any;
      x[i + 1] = random.nextFloat(-20, 20);
    }
    return x;
  }

  private static void assertExactOrNan(double[] expected, float[] actual) {
    for (int i = 0; i < expected.length; i++) {
      assertEquals((float) expected[i], actual[i], "value " + i);
    }
  }

  private static double[] errors(double[] expected, int units, double least) {
    var errors = new double[expected.length];
    for (int i = 0; i < errors.length; i++) {
      errors[i] = Math.max(units * (double) Math.ulp((float) expected[i]), least);
    }
    return errors;
  }
}
