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
import org.jspecify.annotations.Nullable;
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
    var product = new Product(kernels.matrixProduct(in, out), rows, in, out);
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
    var product = new Product(kernels.matrixProduct(in, out), rows, in, out);
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
    var product = new Product(kernels.matrixProduct(in, out), rows, in, out);
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
  void rowsAndPanelsByThemselvesHaveTheBitsOfTheWhole(int rows, int in, int out) {
    var random = new SplittableRandom(4);
    float[] x = Values.signed(rows * in, random);
    float[] w = Values.signed(in * out, random);
    float[] bias = Values.signed(out, random);
    float[] dy = Values.signed(rows * out, random);
    float[] before = Values.signed(in * out, random);
    var kernel = kernels.matrixProduct(in, out);
    var whole = new Product(kernel, rows, in, out);
    float[] y = whole.forward(x, w, bias);
    float[] dx = whole.inputGradient(dy, w);
    for (int row = 0; row < rows; row += 1 + random.nextInt(rows / 4 + 1)) {
      int to = Math.min(rows, row + 1 + random.nextInt(20));
      var part = new Product(kernel, to - row, in, out);
      assertSameBits(
          "forward of rows",
          Arrays.copyOfRange(y, row * out, to * out),
          part.forward(Arrays.copyOfRange(x, row * in, to * in), w, bias));
      assertSameBits(
          "input gradient of rows",
          Arrays.copyOfRange(dx, row * in, to * in),
          part.inputGradient(Arrays.copyOfRange(dy, row * out, to * out), w));
    }

    var writers = new int[y.length];
    for (int panel = 0; panel < kernel.panels(); panel++) {
      var part = Region.unwritten(y.length);
      whole.forward(x, w, bias, part, panel, panel + 1);
      count(y, part, writers);
    }
    assertWrittenOnce(writers);
    writers = new int[dx.length];
    for (int panel = 0; panel < kernel.gradientPanels(); panel++) {
      var part = Region.unwritten(dx.length);
      whole.inputGradient(dy, w, part, panel, panel + 1);
      count(dx, part, writers);
    }
    assertWrittenOnce(writers);
    var dw = Region.of(before);
    for (int panel = kernel.panels() - 1; panel >= 0; panel--) {
      whole.weightGradient(x, dy, dw, panel, panel + 1);
    }
    assertSameBits(
        "weight gradient by panels",
        whole.weightGradient(x, dy, before),
        dw.values("weight gradient"));
  }

  private static void count(float[] whole, Region part, int[] writers) {
    float[] values = part.values("panel");
    for (int i = 0; i < whole.length; i++) {
      if (part.isWritten(i)) {
        writers[i]++;
        assertEquals(whole[i], values[i], "value " + i);
      }
    }
  }

  private static void assertWrittenOnce(int[] writers) {
    for (int i = 0; i < writers.length; i++) {
      assertEquals(1, writers[i], "number of panels that wrote value " + i);
    }
  }

  /** Calls of one kernel, on poisoned surroundings and scratch. */
  private record Product(MatrixProduct kernel, int rows, int in, int out) {
    float[] forward(float[] x, float[] w, float @Nullable [] bias) {
      var y = Region.unwritten(rows * out);
      forward(x, w, bias, y, 0, kernel.panels());
      return y.values("forward");
    }

    void forward(
        float[] input,
        float[] weights,
        float @Nullable [] biases,
        Region y,
        int fromPanel,
        int toPanel) {
      var x = Region.of(input);
      var w = Region.of(weights);
      var packed = Region.unwritten(kernel.packedLength());
      kernel.pack(w.array(), w.offset(), packed.array(), packed.offset());
      var bias = biases == null ? null : Region.of(biases);
      kernel.forward(
          x.array(),
          x.offset(),
          rows,
          packed.array(),
          packed.offset(),
          bias == null ? null : bias.array(),
          bias == null ? 0 : bias.offset(),
          y.array(),
          y.offset(),
          fromPanel,
          toPanel,
          Region.poison(kernel.scratchLength()));
      packed.values("pack");
    }

    float[] inputGradient(float[] dy, float[] w) {
      var dx = Region.unwritten(rows * in);
      inputGradient(dy, w, dx, 0, kernel.gradientPanels());
      return dx.values("input gradient");
    }

    void inputGradient(
        float[] outputGradient, float[] weights, Region dx, int fromPanel, int toPanel) {
      var dy = Region.of(outputGradient);
      var w = Region.of(weights);
      var packed = Region.unwritten(kernel.packedGradientLength());
      kernel.packGradient(w.array(), w.offset(), packed.array(), packed.offset());
      kernel.inputGradient(
          dy.array(),
          dy.offset(),
          rows,
          packed.array(),
          packed.offset(),
          dx.array(),
          dx.offset(),
          fromPanel,
          toPanel,
          Region.poison(kernel.scratchLength()));
      packed.values("packGradient");
    }

    float[] weightGradient(float[] x, float[] dy, float[] before) {
      var dw = Region.of(before);
      weightGradient(x, dy, dw, 0, kernel.panels());
      return dw.values("weight gradient");
    }

    void weightGradient(
        float[] input, float[] outputGradient, Region dw, int fromPanel, int toPanel) {
      var x = Region.of(input);
      var dy = Region.of(outputGradient);
      kernel.weightGradient(
          x.array(),
          x.offset(),
          dy.array(),
          dy.offset(),
          rows,
          dw.array(),
          dw.offset(),
          fromPanel,
          toPanel,
          Region.poison(kernel.scratchLength()));
    }
  }
}
