package stride.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static stride.kernel.Values.absolute;
import static stride.kernel.Values.assertClose;
import static stride.kernel.Values.assertExact;
import static stride.kernel.Values.assertSameBits;
import static stride.kernel.Values.assertSums;
import static stride.kernel.Values.assertWithin;
import static stride.kernel.Values.doubles;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import stride.kernel.reference.ReferenceChannelwise;

/** Kernels over rows of channels against their definition in double. */
@Tag("kernels")
@ParameterizedClass(name = "{0}")
@MethodSource("stride.kernel.KernelProviders#all")
class ChannelwiseTest {
  @Parameter Kernels kernels;

  @CsvSource({
    "1, 1", "3, 1", "700, 1", "1, 3", "65, 3", "2, 7", "64, 13", "1, 16", "7, 17", "128, 33",
    "300, 64", "5, 130", "90, 48", "11, 600"
  })
  @ParameterizedTest(name = "{0} rows of {1} channels")
  @Retention(RetentionPolicy.RUNTIME)
  @interface Sizes {}

  @Sizes
  void sumsAddExactlyOnIntegers(int rows, int channels) {
    var random = new SplittableRandom(1);
    float[] x = Values.integers(rows * channels, random);
    float[] before = Values.integers(channels, random);
    assertExact(
        "sum",
        plus(before, ReferenceChannelwise.sum(doubles(x), channels)),
        sum(x, channels, before));
  }

  @Sizes
  void slopesBelowZeroAreTheChannelsOwn(int rows, int channels) {
    var random = new SplittableRandom(30);
    int n = rows * channels;
    int period = kernels.channelwise().period(channels);
    var x = Region.of(Values.integers(n, random));
    var dy = Region.of(Values.integers(n, random));
    float[] own = Values.integers(channels, random);
    var slopes = new float[period];
    for (int i = 0; i < period; i++) {
      slopes[i] = own[i % channels];
    }
    double[] input = doubles(x.values("x"));
    double[] gradient = doubles(dy.values("dy"));
    var y = Region.unwritten(n);
    var k = kernels.channelwise();
    k.prelu(x.array(), x.offset(), slopes, rows, channels, y.array(), y.offset());
    assertExact("y", ReferenceChannelwise.prelu(input, doubles(own)), y.values("y"));
    var dx = Region.unwritten(n);
    k.preluGradient(
        x.array(),
        x.offset(),
        dy.array(),
        dy.offset(),
        slopes,
        rows,
        channels,
        dx.array(),
        dx.offset());
    assertExact(
        "dx", ReferenceChannelwise.preluGradient(input, gradient, doubles(own)), dx.values("dx"));
    var sums = Region.of(new float[period]);
    k.preluSums(
        x.array(),
        x.offset(),
        dy.array(),
        dy.offset(),
        rows,
        channels,
        sums.array(),
        sums.offset());
    var folded = new float[channels];
    float[] places = sums.values("sums");
    for (int i = 0; i < period; i++) {
      folded[i % channels] += places[i];
    }
    assertExact("sums", ReferenceChannelwise.preluSums(input, gradient, channels), folded);
  }

  @Sizes
  void layerNormIsItsDefinitionRowByRow(int rows, int length) {
    var random = new SplittableRandom(31);
    float eps = 0.25f;
    int n = rows * length;
    var x = Region.of(Values.between(-2, 3, n, random));
    var dy = Region.of(Values.signed(n, random));
    var weight = Region.of(Values.between(0.5f, 2, length, random));
    var bias = Region.of(Values.signed(length, random));
    double[] z = ReferenceChannelwise.standardized(doubles(x.values("x")), length, eps);
    double[] gradient = doubles(dy.values("dy"));
    var expected = new double[n];
    var sums = new double[2 * length];
    var sizes = new double[2 * length];
    for (int i = 0; i < n; i++) {
      int at = i % length;
      expected[i] = z[i] * weight.values("weight")[at] + bias.values("bias")[at];
      sums[at] += gradient[i] * z[i];
      sums[length + at] += gradient[i];
      // z's own error is relative to |x| + |mean|.
      sizes[at] += Math.abs(gradient[i]) * (4 + Math.abs(z[i]));
      sizes[length + at] += Math.abs(gradient[i]);
    }
    var k = kernels.channelwise();
    var y = Region.unwritten(n);
    var moments = Region.unwritten(2 * rows);
    k.layerNorm(
        x.array(),
        x.offset(),
        rows,
        length,
        eps,
        weight.array(),
        weight.offset(),
        bias.array(),
        bias.offset(),
        moments.array(),
        moments.offset(),
        y.array(),
        y.offset());
    assertRelative("y", expected, y.values("y"), 2e-6, 1);
    var dx = Region.unwritten(n);
    k.layerNormGradient(
        x.array(),
        x.offset(),
        dy.array(),
        dy.offset(),
        rows,
        length,
        weight.array(),
        weight.offset(),
        moments.array(),
        moments.offset(),
        dx.array(),
        dx.offset());
    assertRelative(
        "dx",
        ReferenceChannelwise.layerNormGradient(
            doubles(x.values("x")), gradient, doubles(weight.values("weight")), eps),
        dx.values("dx"),
        4e-6,
        1);
    var share = Region.of(new float[2 * length]);
    k.layerNormSums(
        x.array(),
        x.offset(),
        dy.array(),
        dy.offset(),
        rows,
        length,
        moments.array(),
        moments.offset(),
        share.array(),
        share.offset());
    assertSums("sums", sums, share.values("sums"), rows + 16, sizes);
  }

  @Sizes
  void sumsErrorIsWithinTheBoundOfItsLength(int rows, int channels) {
    float[] x = Values.signed(rows * channels, new SplittableRandom(2));
    assertSums(
        "sum",
        ReferenceChannelwise.sum(doubles(x), channels),
        sum(x, channels, new float[channels]),
        rows,
        ReferenceChannelwise.sum(absolute(x), channels));
  }

  @Sizes
  void momentsErrorsAreWithinTheBoundOfTheirLength(int rows, int channels) {
    float[] x = Values.signed(rows * channels, new SplittableRandom(16));
    var moments = new Moments(x, channels);
    double[] mean = over(ReferenceChannelwise.sum(doubles(x), channels), rows);
    double[] magnitude = over(ReferenceChannelwise.sum(absolute(x), channels), rows);
    assertSums("mean", mean, moments.mean(), rows + 2, magnitude);
    double[] squares = ReferenceChannelwise.squaredDeviations(doubles(x), mean);
    // A deviation's own rounding errors are relative to |x| + |mean|, and its square doubles them.
    for (int c = 0; c < channels; c++) {
      magnitude[c] = -Math.abs(mean[c]);
    }
    assertSums(
        "squares",
        squares,
        moments.squares(),
        rows + 8,
        ReferenceChannelwise.squaredDeviations(absolute(x), magnitude));
  }

  /**
   * Means that drift from row to row, so that blocks differ by more than their own deviations: what
   * is left out or counted twice where blocks are combined shows.
   */
  @Sizes
  void momentsOfBlocksOfDifferentMeansAreCombined(int rows, int channels) {
    float[] x = Values.signed(rows * channels, new SplittableRandom(17));
    for (int i = 0; i < x.length; i++) {
      int row = i / channels;
      x[i] += 0.25f * row;
    }
    var moments = new Moments(x, channels);
    double[] mean = over(ReferenceChannelwise.sum(doubles(x), channels), rows);
    assertRelative("mean", mean, moments.mean(), 1e-6, 1);
    assertRelative(
        "squares",
        ReferenceChannelwise.squaredDeviations(doubles(x), mean),
        moments.squares(),
        2e-6,
        1);
  }

  /**
   * The error of the squares grows with the mean as that of the values themselves; that of the mean
   * of squares less the square of the mean would grow with its square: 10 % and more for 1000.
   */
  @CsvSource({"1000, 16, 12544", "1000, 3, 5000", "10000, 17, 4001", "-1000, 64, 777"})
  @ParameterizedTest(name = "mean {0}, {1} channels, {2} rows")
  void momentsSurviveALargeMean(float center, int channels, int rows) {
    float[] x = Values.between(center - 1, center + 1, rows * channels, new SplittableRandom(3));
    var moments = new Moments(x, channels);
    double[] mean = over(ReferenceChannelwise.sum(doubles(x), channels), rows);
    assertRelative("mean", mean, moments.mean(), 5e-7, 0);
    assertRelative(
        "squares",
        ReferenceChannelwise.squaredDeviations(doubles(x), mean),
        moments.squares(),
        Math.abs(center) * Values.ROUNDING / Math.sqrt(1 / 3.0),
        0);
  }

  @Sizes
  void affineScalesAndShiftsEachChannel(int rows, int channels) {
    var random = new SplittableRandom(4);
    float[] x = Values.signed(rows * channels, random);
    float[] scale = Values.signed(channels, random);
    float[] shift = Values.signed(channels, random);
    assertSums(
        "affine",
        ReferenceChannelwise.affine(doubles(x), doubles(scale), doubles(shift)),
        affine(x, scale, shift, false),
        2,
        ReferenceChannelwise.affine(absolute(x), absolute(scale), absolute(shift)));
    assertSameBits(
        "affine in place", affine(x, scale, shift, false), affine(x, scale, shift, true));
  }

  @Sizes
  void epiloguesAddAResidualAndCutOff(int rows, int channels) {
    var random = new SplittableRandom(7);
    float[] x = Values.integers(rows * channels, random);
    float[] scale = Values.integers(channels, random);
    float[] shift = Values.integers(channels, random);
    float[] residual = Values.integers(rows * channels, random);
    double[] expected = ReferenceChannelwise.affine(doubles(x), doubles(scale), doubles(shift));
    for (int i = 0; i < expected.length; i++) {
      expected[i] = Math.min(Math.max(expected[i] + residual[i], -2), 4);
    }
    var added = Region.of(residual);
    var epilogue =
        Epilogue.NONE
            .withScale(repeated(scale), 0)
            .withShift(repeated(shift), 0)
            .withResidual(added.array(), added.offset() - 5)
            .withBounds(-2, 4);
    var y = Region.unwritten(x.length);
    kernels.channelwise().apply(epilogue, 5, x, 0, rows, channels, y.array(), y.offset());
    assertExact("epilogue", expected, y.values("epilogue"));
  }

  /** Rows that have room for the channels of others between them. */
  @Sizes
  void epiloguesOfRowsWithRoomBetweenThemHaveTheSameBits(int rows, int channels) {
    var random = new SplittableRandom(8);
    float[] x = Values.signed(rows * channels, random);
    float[] residual = Values.signed(rows * channels, random);
    int stride = channels + 5;
    float[] wide = Region.poison(rows * stride - 5);
    for (int i = 0; i < x.length; i++) {
      wide[i / channels * stride + i % channels] = x[i];
    }
    var affine =
        Epilogue.NONE
            .withScale(repeated(Values.signed(channels, random)), 0)
            .withShift(repeated(Values.signed(channels, random)), 0);
    var e = kernels.elementwise();
    for (var epilogue :
        List.of(
            affine,
            affine.withResidual(residual, -3).withBounds(-0.2f, 0.5f),
            affine.withActivation(new Epilogue.Activation(e::tanh, e::tanhGradient)))) {
      var dense = Region.unwritten(x.length);
      kernels.channelwise().apply(epilogue, 3, x, 0, rows, channels, dense.array(), dense.offset());
      var from = Region.of(wide);
      var y = Region.unwritten(x.length);
      kernels
          .channelwise()
          .apply(
              epilogue,
              3,
              from.array(),
              from.offset(),
              stride,
              rows,
              channels,
              y.array(),
              y.offset());
      assertSameBits("rows", dense.values("dense"), y.values("rows"));
    }
  }

  /** Integers often hit the bounds, where no gradient passes. */
  @Sizes
  void normGradientsOfIntegersAreExact(int rows, int channels) {
    var norm = new Norm(rows, channels, Values::integers);
    for (var epilogue : norm.bounds()) {
      double[] g = norm.cutOff(epilogue);
      assertExact(
          "sums",
          concat(
              plus(norm.before, ReferenceChannelwise.sum(g, channels)),
              plus(
                  norm.before,
                  ReferenceChannelwise.dotDeviations(g, doubles(norm.x), doubles(norm.mean)))),
          norm.sums(epilogue));
      assertExact(
          "gradient",
          ReferenceChannelwise.blend(
              g, doubles(norm.x), doubles(norm.scale), doubles(norm.b), doubles(norm.d)),
          norm.gradient(epilogue, false));
      assertSameBits(
          "gradient in place", norm.gradient(epilogue, false), norm.gradient(epilogue, true));
    }
  }

  @Sizes
  void normGradientsErrorsAreWithinTheBoundOfTheirLength(int rows, int channels) {
    var norm = new Norm(rows, channels, Values::signed);
    double[] dy = doubles(norm.dy);
    double[] opposite = absolute(norm.mean);
    for (int c = 0; c < channels; c++) {
      opposite[c] = -opposite[c];
    }
    assertSums(
        "sums",
        concat(
            plus(norm.before, ReferenceChannelwise.sum(dy, channels)),
            plus(
                norm.before,
                ReferenceChannelwise.dotDeviations(dy, doubles(norm.x), doubles(norm.mean)))),
        norm.sums(norm.unbounded()),
        rows + 3,
        concat(
            plus(magnitudes(norm.before), ReferenceChannelwise.sum(absolute(norm.dy), channels)),
            plus(
                magnitudes(norm.before),
                ReferenceChannelwise.dotDeviations(
                    absolute(norm.dy), absolute(norm.x), opposite))));
    assertSums(
        "gradient",
        ReferenceChannelwise.blend(
            dy, doubles(norm.x), doubles(norm.scale), doubles(norm.b), doubles(norm.d)),
        norm.gradient(norm.unbounded(), false),
        4,
        ReferenceChannelwise.blend(
            absolute(norm.dy),
            absolute(norm.x),
            absolute(norm.scale),
            absolute(norm.b),
            absolute(norm.d)));
  }

  /** No gradient passes where the output is no number. */
  @Test
  void normGradientsStopAtNan() {
    var norm = new Norm(5, 3, Values::integers);
    norm.x[7] = Float.NaN;
    float[] dx = norm.gradient(norm.bounds().getFirst(), false);
    float[] sums = norm.sums(norm.bounds().getFirst());
    norm.x[7] = 0;
    norm.dy[7] = 0;
    float[] sumsWithout = norm.sums(norm.bounds().getFirst());
    assertEquals(Float.NaN, dx[7]);
    assertEquals(sumsWithout[1], sums[1]);
  }

  @Sizes
  void softmaxSumsToOneAndFollowsItsDefinition(int rows, int channels) {
    var random = new SplittableRandom(6);
    float[] x = Values.between(-20, 20, rows * channels, random);
    float[] y = softmax(x, channels);
    assertClose(
        "softmax",
        ReferenceChannelwise.softmax(doubles(x), channels),
        y,
        // e^x of a difference that was rounded itself
        (channels + 44) * Values.ROUNDING);
    for (int row = 0; row < rows; row++) {
      double sum = 0;
      for (int c = 0; c < channels; c++) {
        sum += y[row * channels + c];
      }
      assertEquals(1, sum, (channels + 2) * Values.ROUNDING, "row " + row);
    }
  }

  /** The lecture's example: 0.98189, 0.01798, 0.00012. */
  @Test
  void softmaxOfTheLecturesLogits() {
    assertWithin(
        "softmax",
        new double[] {0.98189, 0.01798, 0.00012},
        softmax(new float[] {9, 5, 0}, 3),
        new double[] {5e-6, 5e-6, 5e-6});
  }

  @Test
  void softmaxOfHugeLogitsIsNoNan() {
    assertExact(
        "softmax",
        new double[] {1, 0, 0, 0.5, 0.5, 0, 1, 0, 0},
        softmax(new float[] {1e4f, -1e4f, 0, 3e38f, 3e38f, -3e38f, 200, 0, -1e30f}, 3));
  }

  @Test
  void softmaxOfANanIsNan() {
    for (float y : softmax(new float[] {1, Float.NaN, 2}, 3)) {
      assertEquals(Float.NaN, y);
    }
  }

  @Sizes
  void softmaxGradientFollowsItsDefinition(int rows, int channels) {
    var random = new SplittableRandom(7);
    float[] y = softmax(Values.between(-4, 4, rows * channels, random), channels);
    float[] dy = Values.signed(rows * channels, random);
    assertClose(
        "softmax gradient",
        ReferenceChannelwise.softmaxGradient(doubles(y), doubles(dy), channels),
        softmaxGradient(y, dy, channels),
        // the definition's terms [c = j] - y[j] count the row's sum, 1 but for its rounding
        2 * (channels + 2) * Values.ROUNDING);
  }

  /** AlexNet's window of 5 and its constants; an even window reaches further down than up. */
  @CsvSource({
    "1, 1, 5, 1e-4, 0.75, 2",
    "7, 3, 5, 1, 0.75, 1",
    "5, 17, 5, 2, 0.75, 2",
    "5, 33, 3, 1.5, 0.5, 1",
    "3, 13, 4, 2, 0.75, 1",
    "3, 13, 2, 3, 1.25, 0.5",
    "2, 7, 1, 1, 1, 1"
  })
  @ParameterizedTest(name = "{0} rows of {1} channels, {2} at a time, alpha {3}, beta {4}, k {5}")
  void localResponseFollowsItsDefinition(
      int rows, int channels, int size, float alpha, float beta, float k) {
    var random = new SplittableRandom(8);
    float[] input = Values.between(-2, 2, rows * channels, random);
    float[] outputGradient = Values.signed(rows * channels, random);
    var x = Region.of(input);
    var y = Region.unwritten(input.length);
    kernels
        .channelwise()
        .localResponse(
            x.array(), x.offset(), rows, channels, size, alpha, beta, k, y.array(), y.offset());
    assertClose(
        "local response",
        ReferenceChannelwise.localResponse(doubles(input), channels, size, alpha, beta, k),
        y.values("local response"),
        (size + 8) * Values.ROUNDING);
    var dy = Region.of(outputGradient);
    var dx = Region.unwritten(input.length);
    kernels
        .channelwise()
        .localResponseGradient(
            x.array(),
            x.offset(),
            dy.array(),
            dy.offset(),
            rows,
            channels,
            size,
            alpha,
            beta,
            k,
            dx.array(),
            dx.offset());
    assertClose(
        "local response gradient",
        ReferenceChannelwise.localResponseGradient(
            doubles(input), doubles(outputGradient), channels, size, alpha, beta, k),
        dx.values("local response gradient"),
        // its terms reach beta alpha, times squares of 2, times size
        20 * (size + 8) * Values.ROUNDING);
  }

  /** Into the middle of wider rows and out of it: concatenation and its gradient. */
  @Sizes
  void copyMovesRowsBetweenStrides(int rows, int channels) {
    float[] values = Values.signed(rows * channels, new SplittableRandom(9));
    var x = Region.of(values);
    var wide = Region.unwritten(rows * (channels + 3));
    kernels
        .channelwise()
        .copy(
            x.array(),
            x.offset(),
            channels,
            wide.array(),
            wide.offset() + 2,
            channels + 3,
            rows,
            channels);
    for (int i = 0; i < wide.length(); i++) {
      int c = i % (channels + 3);
      assertEquals(c >= 2 && c < channels + 2, wide.isWritten(i), "value " + i);
    }
    wide.values("copy");
    var back = Region.unwritten(values.length);
    kernels
        .channelwise()
        .copy(
            wide.array(),
            wide.offset() + 2,
            channels + 3,
            back.array(),
            back.offset(),
            channels,
            rows,
            channels);
    assertSameBits("copy", values, back.values("copy back"));
  }

  @Sizes
  void scalingMultipliesByTheChannelsFactor(int rows, int channels) {
    var random = new SplittableRandom(40);
    float[] values = Values.signed(rows * channels, random);
    var factors = Region.of(Values.signed(channels, random));
    var expected = new double[values.length];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = values[i] * factors.values("factors")[i % channels];
    }
    for (boolean inPlace : new boolean[] {false, true}) {
      var x = Region.of(values);
      var y = inPlace ? x : Region.unwritten(values.length);
      kernels
          .channelwise()
          .scale(
              x.array(),
              x.offset(),
              factors.array(),
              factors.offset(),
              rows,
              channels,
              y.array(),
              y.offset());
      assertExact("scale, in place " + inPlace, expected, y.values("scale"));
    }
  }

  @Sizes
  void sumsOfProductsAreWithinTheBoundOfTheirLength(int rows, int channels) {
    var random = new SplittableRandom(41);
    float[] a = Values.signed(rows * channels, random);
    float[] b = Values.signed(rows * channels, random);
    assertSums(
        "sum of products",
        ReferenceChannelwise.sumOfProducts(doubles(a), doubles(b), channels),
        sumOfProducts(a, b, channels),
        rows + 1,
        ReferenceChannelwise.sumOfProducts(absolute(a), absolute(b), channels));
  }

  private float[] sumOfProducts(float[] first, float[] second, int channels) {
    var a = Region.of(first);
    var b = Region.of(second);
    var sums = Region.unwritten(channels);
    kernels
        .channelwise()
        .sumOfProducts(
            a.array(),
            a.offset(),
            b.array(),
            b.offset(),
            first.length / channels,
            channels,
            sums.array(),
            sums.offset());
    return sums.values("sum of products");
  }

  /** Pairs, as a shuffle of two groups makes and takes apart; other matrices. */
  @CsvSource({
    "1, 2, 1",
    "3, 2, 3",
    "2, 2, 4",
    "2, 2, 8",
    "2, 2, 16",
    "5, 2, 17",
    "3, 2, 29",
    "2, 2, 58",
    "4, 3, 5",
    "2, 8, 30",
    "7, 1, 9"
  })
  @ParameterizedTest(name = "{0} rows of {1} by {2} channels")
  void transposingMovesEveryChannelToItsPlaceAndBack(int rows, int height, int width) {
    float[] values = Values.signed(rows * height * width, new SplittableRandom(42));
    double[] expected = ReferenceChannelwise.transpose(doubles(values), height, width);
    float[] there = transpose(values, rows, height, width);
    assertExact("there", expected, there);
    assertSameBits("back", values, transpose(there, rows, width, height));
  }

  private float[] transpose(float[] values, int rows, int height, int width) {
    var x = Region.of(values);
    var y = Region.unwritten(values.length);
    kernels
        .channelwise()
        .transpose(x.array(), x.offset(), rows, height, width, y.array(), y.offset());
    return y.values("transpose");
  }

  private static double[] plus(float[] a, double[] b) {
    var sums = new double[b.length];
    for (int i = 0; i < b.length; i++) {
      sums[i] = a[i] + b[i];
    }
    return sums;
  }

  private float[] sum(float[] input, int channels, float[] before) {
    var x = Region.of(input);
    var sums = Region.of(before);
    kernels
        .channelwise()
        .sum(x.array(), x.offset(), input.length / channels, channels, sums.array(), sums.offset());
    return sums.values("sum");
  }

  private float[] affine(float[] input, float[] scales, float[] shifts, boolean inPlace) {
    var x = Region.of(input);
    var scale = Region.of(repeated(scales));
    var shift = Region.of(repeated(shifts));
    var y = inPlace ? x : Region.unwritten(input.length);
    var epilogue =
        Epilogue.bias(shift.array(), shift.offset()).withScale(scale.array(), scale.offset());
    kernels
        .channelwise()
        .apply(
            epilogue,
            0,
            x.array(),
            x.offset(),
            input.length / scales.length,
            scales.length,
            y.array(),
            y.offset());
    return y.values("affine");
  }

  private static double[] over(double[] sums, int rows) {
    return Arrays.stream(sums).map(sum -> sum / rows).toArray();
  }

  private static float[] magnitudes(float[] values) {
    var magnitudes = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      magnitudes[i] = Math.abs(values[i]);
    }
    return magnitudes;
  }

  private static double[] concat(double[] a, double[] b) {
    return DoubleStream.concat(Arrays.stream(a), Arrays.stream(b)).toArray();
  }

  /** Checks each value against an error relative to its size and at least to {@code least}. */
  private static void assertRelative(
      String what, double[] expected, float[] actual, double error, double least) {
    assertWithin(
        what,
        expected,
        actual,
        Arrays.stream(expected).map(e -> error * Math.max(Math.abs(e), least)).toArray());
  }

  /** Numbers of the channels, again and again to the end of the period. */
  private float[] repeated(float[] numbers) {
    var repeated = new float[kernels.channelwise().period(numbers.length)];
    for (int i = 0; i < repeated.length; i++) {
      repeated[i] = numbers[i % numbers.length];
    }
    return repeated;
  }

  /** What {@link Channelwise#moments} makes of some rows. */
  private final class Moments {
    final int channels;
    final Region mean;
    final Region squares;

    Moments(float[] input, int channels) {
      var x = Region.of(input);
      this.channels = channels;
      int period = kernels.channelwise().period(channels);
      mean = Region.unwritten(period);
      squares = Region.unwritten(period);
      kernels
          .channelwise()
          .moments(
              x.array(),
              x.offset(),
              input.length / channels,
              channels,
              mean.array(),
              mean.offset(),
              squares.array(),
              squares.offset());
    }

    float[] mean() {
      return Arrays.copyOf(mean.values("mean"), channels);
    }

    float[] squares() {
      return Arrays.copyOf(squares.values("squares"), channels);
    }
  }

  /** A batch norm's numbers, and what the kernels make of them. */
  private final class Norm {
    final int rows;
    final int channels;
    final float[] x;
    final float[] dy;
    final float[] mean;
    final float[] scale;
    final float[] shift;
    final float[] b;
    final float[] d;
    final float[] before;

    Norm(int rows, int channels, BiFunction<Integer, SplittableRandom, float[]> values) {
      this.rows = rows;
      this.channels = channels;
      var random = new SplittableRandom(5);
      x = values.apply(rows * channels, random);
      dy = values.apply(rows * channels, random);
      mean = values.apply(channels, random);
      scale = values.apply(channels, random);
      shift = values.apply(channels, random);
      b = values.apply(channels, random);
      d = values.apply(channels, random);
      before = values.apply(channels, random);
    }

    Epilogue unbounded() {
      var scales = Region.of(repeated(scale));
      var shifts = Region.of(repeated(shift));
      return Epilogue.bias(shifts.array(), shifts.offset())
          .withScale(scales.array(), scales.offset());
    }

    /** None, those of ReLU6 and of ReLU. */
    List<Epilogue> bounds() {
      return List.of(
          unbounded().withBounds(0, 6),
          unbounded(),
          unbounded().withBounds(0, Float.POSITIVE_INFINITY));
    }

    double[] cutOff(Epilogue epilogue) {
      return ReferenceChannelwise.cutOff(
          doubles(dy),
          ReferenceChannelwise.affine(doubles(x), doubles(scale), doubles(shift)),
          epilogue.floor(),
          epilogue.ceiling());
    }

    float[] sums(Epilogue epilogue) {
      var input = Region.of(x);
      var gradient = Region.of(dy);
      int period = kernels.channelwise().period(channels);
      var start = new float[2 * period];
      System.arraycopy(before, 0, start, 0, channels);
      System.arraycopy(before, 0, start, period, channels);
      var sums = Region.of(start);
      kernels
          .channelwise()
          .normGradientSums(
              epilogue,
              gradient.array(),
              gradient.offset(),
              input.array(),
              input.offset(),
              rows,
              channels,
              repeated(mean),
              sums.array(),
              sums.offset());
      float[] places = sums.values("sums");
      var folded = new float[2 * channels];
      for (int i = 0; i < places.length; i++) {
        folded[(i < period ? 0 : channels) + i % channels] += places[i];
      }
      return folded;
    }

    float[] gradient(Epilogue epilogue, boolean inPlace) {
      var input = Region.of(x);
      var gradient = Region.of(dy);
      var dx = inPlace ? gradient : Region.unwritten(x.length);
      kernels
          .channelwise()
          .normGradient(
              epilogue,
              gradient.array(),
              gradient.offset(),
              input.array(),
              input.offset(),
              rows,
              channels,
              repeated(b),
              repeated(d),
              dx.array(),
              dx.offset());
      return dx.values("gradient");
    }
  }

  private float[] softmax(float[] input, int channels) {
    var x = Region.of(input);
    var y = Region.unwritten(input.length);
    kernels
        .channelwise()
        .softmax(x.array(), x.offset(), input.length / channels, channels, y.array(), y.offset());
    return y.values("softmax");
  }

  private float[] softmaxGradient(float[] output, float[] outputGradient, int channels) {
    var y = Region.of(output);
    var dy = Region.of(outputGradient);
    var dx = Region.unwritten(output.length);
    kernels
        .channelwise()
        .softmaxGradient(
            y.array(),
            y.offset(),
            dy.array(),
            dy.offset(),
            output.length / channels,
            channels,
            dx.array(),
            dx.offset());
    return dx.values("softmax gradient");
  }
}
