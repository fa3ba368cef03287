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
import java.util.SplittableRandom;
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
    "300, 64", "5, 130"
  })
  @ParameterizedTest(name = "{0} rows of {1} channels")
  @Retention(RetentionPolicy.RUNTIME)
  @interface Sizes {}

  @Sizes
  void sumsAddExactlyOnIntegers(int rows, int channels) {
    var random = new SplittableRandom(1);
    float[] x = Values.integers(rows * channels, random);
    float[] dy = Values.integers(rows * channels, random);
    float[] mean = Values.integers(channels, random);
    float[] before = Values.integers(channels, random);
    assertExact(
        "sum",
        plus(before, ReferenceChannelwise.sum(doubles(x), channels)),
        sum(x, channels, before));
    assertExact(
        "squared deviations",
        plus(before, ReferenceChannelwise.squaredDeviations(doubles(x), doubles(mean))),
        squaredDeviations(x, mean, before));
    assertExact(
        "deviations' dot product",
        plus(before, ReferenceChannelwise.dotDeviations(doubles(dy), doubles(x), doubles(mean))),
        dotDeviations(dy, x, mean, before));
  }

  @Sizes
  void errorsAreWithinTheBoundOfTheSumsLength(int rows, int channels) {
    var random = new SplittableRandom(2);
    float[] x = Values.signed(rows * channels, random);
    float[] dy = Values.signed(rows * channels, random);
    float[] mean = Values.signed(channels, random);
    var zeros = new float[channels];
    assertSums(
        "sum",
        ReferenceChannelwise.sum(doubles(x), channels),
        sum(x, channels, zeros),
        rows,
        ReferenceChannelwise.sum(absolute(x), channels));
    // A deviation's own rounding errors are relative to |x| + |mean|, and its square doubles them.
    double[] opposite = absolute(mean);
    for (int c = 0; c < channels; c++) {
      opposite[c] = -opposite[c];
    }
    assertSums(
        "squared deviations",
        ReferenceChannelwise.squaredDeviations(doubles(x), doubles(mean)),
        squaredDeviations(x, mean, zeros),
        rows + 3,
        ReferenceChannelwise.squaredDeviations(absolute(x), opposite));
    assertSums(
        "deviations' dot product",
        ReferenceChannelwise.dotDeviations(doubles(dy), doubles(x), doubles(mean)),
        dotDeviations(dy, x, mean, zeros),
        rows + 2,
        ReferenceChannelwise.dotDeviations(absolute(dy), absolute(x), opposite));
  }

  /** The one-pass formula, mean of squares less square of the mean, would be off by 100 %. */
  @Test
  void varianceSurvivesALargeMean() {
    float[] x = Values.between(9999, 10001, 4000, new SplittableRandom(3));
    float[] mean = {10000};
    assertClose(
        "squared deviations",
        ReferenceChannelwise.squaredDeviations(doubles(x), doubles(mean)),
        squaredDeviations(x, mean, new float[1]),
        4000 * Values.ROUNDING);
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
    float[] residual = Values.integers(rows * channels, random);
    double[] expected =
        ReferenceChannelwise.affine(doubles(x), doubles(scale), new double[channels]);
    for (int i = 0; i < expected.length; i++) {
      expected[i] = Math.min(Math.max(expected[i] + residual[i], -2), 4);
    }
    var added = Region.of(residual);
    var epilogue =
        Epilogue.NONE
            .withScale(scale, 0)
            .withResidual(added.array(), added.offset() - 5)
            .withBounds(-2, 4);
    var y = Region.unwritten(x.length);
    kernels.channelwise().apply(epilogue, 5, x, 0, rows, channels, y.array(), y.offset());
    assertExact("epilogue", expected, y.values("epilogue"));
  }

  @Sizes
  void blendAddsThreeTermsOfEachChannel(int rows, int channels) {
    var random = new SplittableRandom(5);
    float[] dy = Values.signed(rows * channels, random);
    float[] x = Values.signed(rows * channels, random);
    float[] a = Values.signed(channels, random);
    float[] b = Values.signed(channels, random);
    float[] d = Values.signed(channels, random);
    assertSums(
        "blend",
        ReferenceChannelwise.blend(doubles(dy), doubles(x), doubles(a), doubles(b), doubles(d)),
        blend(dy, x, a, b, d),
        4,
        ReferenceChannelwise.blend(
            absolute(dy), absolute(x), absolute(a), absolute(b), absolute(d)));
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

  private float[] squaredDeviations(float[] input, float[] means, float[] before) {
    var x = Region.of(input);
    var mean = Region.of(means);
    var sums = Region.of(before);
    kernels
        .channelwise()
        .squaredDeviations(
            x.array(),
            x.offset(),
            input.length / means.length,
            means.length,
            mean.array(),
            mean.offset(),
            sums.array(),
            sums.offset());
    return sums.values("squared deviations");
  }

  private float[] dotDeviations(
      float[] outputGradient, float[] input, float[] means, float[] before) {
    var dy = Region.of(outputGradient);
    var x = Region.of(input);
    var mean = Region.of(means);
    var sums = Region.of(before);
    kernels
        .channelwise()
        .dotDeviations(
            dy.array(),
            dy.offset(),
            x.array(),
            x.offset(),
            input.length / means.length,
            means.length,
            mean.array(),
            mean.offset(),
            sums.array(),
            sums.offset());
    return sums.values("deviations' dot product");
  }

  private float[] affine(float[] input, float[] scales, float[] shifts, boolean inPlace) {
    var x = Region.of(input);
    var scale = Region.of(scales);
    var shift = Region.of(shifts);
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

  private float[] blend(float[] outputGradient, float[] input, float[] as, float[] bs, float[] ds) {
    var dy = Region.of(outputGradient);
    var x = Region.of(input);
    var a = Region.of(as);
    var b = Region.of(bs);
    var d = Region.of(ds);
    var dx = Region.unwritten(input.length);
    kernels
        .channelwise()
        .blend(
            dy.array(),
            dy.offset(),
            x.array(),
            x.offset(),
            input.length / as.length,
            as.length,
            a.array(),
            a.offset(),
            b.array(),
            b.offset(),
            d.array(),
            d.offset(),
            dx.array(),
            dx.offset());
    return dx.values("blend");
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
