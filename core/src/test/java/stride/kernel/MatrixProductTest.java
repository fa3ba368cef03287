package stride.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static stride.kernel.Values.absolute;
import static stride.kernel.Values.assertExact;
import static stride.kernel.Values.assertSameBits;
import static stride.kernel.Values.assertSums;
import static stride.kernel.Values.dot;
import static stride.kernel.Values.doubles;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import stride.kernel.reference.ReferenceMatrixProduct;

/** The dense layer's kernels against their definition in double. */
@Tag("kernels")
@ParameterizedClass(name = "{0}")
@MethodSource("stride.kernel.KernelProviders#all")
class MatrixProductTest {
  @Parameter Kernels kernels;

  /** Rows, inputs, outputs. */
  @CsvSource({
    "1, 1, 1",
    "1, 3, 7",
    "2, 7, 3",
    "3, 13, 17",
    "5, 17, 13",
    "7, 33, 1",
    "13, 1, 33",
    "17, 16, 32",
    "1, 400, 120",
    "14, 120, 84",
    "33, 84, 10",
    "150, 33, 31",
    "9, 300, 270",
    "112, 300, 270",
    "113, 310, 230",
    "3, 5, 600",
    "45, 1700, 7",
    "45, 7, 1700"
  })
  @ParameterizedTest(name = "{0} rows of {1} to {2}")
  @Retention(RetentionPolicy.RUNTIME)
  @interface Sizes {}

  @Sizes
  void productsAreExactOnIntegers(int rows, int in, int out) {
    var random = new SplittableRandom(1);
    float[] x = Values.integers(rows * in, random);
    float[] w = Values.integers(in * out, random);
    float[] bias = Values.integers(out, random);
    float[] dy = Values.integers(rows * out, random);
    float[] before = Values.integers(in * out, random);
    var product = product(rows, in, out);
    assertExact(
        "forward",
        ReferenceMatrixProduct.forward(in, out, doubles(x), doubles(w), doubles(bias)),
        product.forward(x, w, bias));
    assertExact(
        "forward without bias",
        ReferenceMatrixProduct.forward(in, out, doubles(x), doubles(w), null),
        product.forward(x, w, null));
    assertExact(
        "input gradient",
        ReferenceMatrixProduct.inputGradient(in, out, doubles(dy), doubles(w)),
        product.inputGradient(dy, w));
    double[] dw = ReferenceMatrixProduct.weightGradient(in, out, doubles(x), doubles(dy));
    for (int i = 0; i < dw.length; i++) {
      dw[i] += before[i];
    }
    assertExact("weight gradient", dw, product.weightGradient(x, dy, before));
  }

  @Sizes
  void errorsAreWithinTheBoundOfTheSumsLength(int rows, int in, int out) {
    var random = new SplittableRandom(2);
    float[] x = Values.signed(rows * in, random);
    float[] w = Values.signed(in * out, random);
    float[] bias = Values.signed(out, random);
    float[] dy = Values.signed(rows * out, random);
    var product = product(rows, in, out);
    assertSums(
        "forward",
        ReferenceMatrixProduct.forward(in, out, doubles(x), doubles(w), doubles(bias)),
        product.forward(x, w, bias),
        in + 1,
        ReferenceMatrixProduct.forward(in, out, absolute(x), absolute(w), absolute(bias)));
    assertSums(
        "input gradient",
        ReferenceMatrixProduct.inputGradient(in, out, doubles(dy), doubles(w)),
        product.inputGradient(dy, w),
        out,
        ReferenceMatrixProduct.inputGradient(in, out, absolute(dy), absolute(w)));
    assertSums(
        "weight gradient",
        ReferenceMatrixProduct.weightGradient(in, out, doubles(x), doubles(dy)),
        product.weightGradient(x, dy, new float[in * out]),
        rows,
        ReferenceMatrixProduct.weightGradient(in, out, absolute(x), absolute(dy)));
  }

  @Sizes
  void gradientsAreTheAdjointsOfForward(int rows, int in, int out) {
    var random = new SplittableRandom(3);
    float[] x = Values.signed(rows * in, random);
    float[] w = Values.signed(in * out, random);
    float[] u = Values.signed(rows * out, random);
    var product = product(rows, in, out);
    double forward = dot(product.forward(x, w, null), u);
    double magnitude = 0;
    double[] magnitudes = ReferenceMatrixProduct.forward(in, out, absolute(x), absolute(w), null);
    for (int i = 0; i < u.length; i++) {
      magnitude += magnitudes[i] * Math.abs(u[i]);
    }
    double error = 2 * (Math.max(rows, Math.max(in, out)) + 1) * Values.ROUNDING * magnitude;
    assertEquals(forward, dot(x, product.inputGradient(u, w)), error, "input gradient");
    assertEquals(
        forward, dot(w, product.weightGradient(x, u, new float[w.length])), error, "weights");
  }

  @Sizes
  void rowsByThemselvesHaveTheBitsOfTheWhole(int rows, int in, int out) {
    var random = new SplittableRandom(4);
    float[] x = Values.signed(rows * in, random);
    float[] w = Values.signed(in * out, random);
    float[] bias = Values.signed(out, random);
    float[] dy = Values.signed(rows * out, random);
    var whole = product(rows, in, out);
    float[] y = whole.forward(x, w, bias);
    float[] dx = whole.inputGradient(dy, w);
    for (int row = 0; row < rows; row += 1 + random.nextInt(rows / 4 + 1)) {
      int to = Math.min(rows, row + 1 + random.nextInt(20));
      var part = product(to - row, in, out);
      assertSameBits(
          "forward of rows",
          Arrays.copyOfRange(y, row * out, to * out),
          part.forward(Arrays.copyOfRange(x, row * in, to * in), w, bias));
      assertSameBits(
          "input gradient of rows",
          Arrays.copyOfRange(dx, row * in, to * in),
          part.inputGradient(Arrays.copyOfRange(dy, row * out, to * out), w));
    }
  }

  @Sizes
  void weightsThatLearnGiveTheBitsOfThoseThatStayTheSame(int rows, int in, int out) {
    var random = new SplittableRandom(5);
    float[] x = Values.signed(rows * in, random);
    float[] w = Values.signed(in * out, random);
    float[] bias = Values.signed(out, random);
    float[] dy = Values.signed(rows * out, random);
    var packed = product(rows, in, out);
    var usage = new Kernels.Usage(rows, 1, 2, true).withLearning(true);
    var learning =
        new ConvolutionCalls(
            kernels.convolutions().of(ConvGeometry.pointwise(1, in, out), usage), rows);
    assertSameBits("forward", packed.forward(x, w, bias), learning.forward(x, w, bias));
    assertSameBits("input gradient", packed.inputGradient(dy, w), learning.inputGradient(dy, w));
  }

  /** A dense layer's product is the convolution of images of one pixel. */
  private ConvolutionCalls product(int rows, int in, int out) {
    var g = ConvGeometry.pointwise(1, in, out);
    return new ConvolutionCalls(
        kernels.convolutions().of(g, new Kernels.Usage(rows, 1, 2, true)), rows);
  }
}
