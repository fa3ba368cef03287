package stride.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.kernel.Values.absolute;
import static stride.kernel.Values.assertExact;
import static stride.kernel.Values.assertSameBits;
import static stride.kernel.Values.assertSums;
import static stride.kernel.Values.dot;
import static stride.kernel.Values.doubles;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;
import stride.kernel.reference.ReferenceConvolution;

/** Convolution kernels against their definition in double. */
@Tag("kernels")
@ParameterizedClass(name = "{0}")
@MethodSource("stride.kernel.KernelProviders#all")
class ConvolutionTest {
  @SuppressWarnings("unused") // read by name
  private static final long[] SEEDS = IntStream.range(0, 60).asLongStream().toArray();

  @Parameter Kernels kernels;

  @ParameterizedTest(name = "{0}")
  @MethodSource("stride.kernel.ConvShapes#all")
  void forwardIsExactOnIntegers(ConvGeometry g) {
    checkForwardExact("", g, new SplittableRandom(1));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("stride.kernel.ConvShapes#all")
  void inputGradientIsExactOnIntegers(ConvGeometry g) {
    checkInputGradientExact("", g, new SplittableRandom(2));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("stride.kernel.ConvShapes#all")
  void weightGradientAddsExactlyOnIntegers(ConvGeometry g) {
    checkWeightGradientExact("", g, new SplittableRandom(3));
  }

  @ParameterizedTest(name = "seed {0}")
  @FieldSource("SEEDS")
  void randomShapesAreExactOnIntegers(long seed) {
    var g = ConvShapes.random(seed);
    var what = "seed %d, %s: ".formatted(seed, ConvShapes.name(g));
    var random = new SplittableRandom(seed);
    checkForwardExact(what, g, random);
    checkInputGradientExact(what, g, random);
    checkWeightGradientExact(what, g, random);
  }

  @ParameterizedTest(name = "seed {0}")
  @FieldSource("SEEDS")
  void rangesOfRandomShapesHaveTheBitsOfTheWhole(long seed) {
    var g = ConvShapes.random(seed);
    var what = "seed %d, %s: ".formatted(seed, ConvShapes.name(g));
    checkRanges(what, g, new SplittableRandom(seed));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("stride.kernel.ConvShapes#all")
  void errorsAreWithinTheBoundOfTheSumsLength(ConvGeometry g) {
    var random = new SplittableRandom(4);
    float[] x = Values.signed(g.inPixels() * g.inChannels(), random);
    float[] w = Values.signed(g.weights(), random);
    float[] bias = Values.signed(g.outChannels(), random);
    float[] dy = Values.signed(g.outPixels() * g.outChannels(), random);
    assertSums(
        "forward",
        ReferenceConvolution.forward(g, doubles(x), doubles(w), doubles(bias)),
        forward(g, x, w, bias),
        g.patchLength() + 1,
        ReferenceConvolution.forward(g, absolute(x), absolute(w), absolute(bias)));
    assertSums(
        "input gradient",
        ReferenceConvolution.inputGradient(g, doubles(dy), doubles(w)),
        inputGradient(g, dy, w),
        g.kernelHeight() * g.kernelWidth() * g.groupOutChannels(),
        ReferenceConvolution.inputGradient(g, absolute(dy), absolute(w)));
    assertSums(
        "weight gradient",
        ReferenceConvolution.weightGradient(g, doubles(x), doubles(dy)),
        weightGradient(g, x, dy, new float[g.weights()]),
        g.outPixels(),
        ReferenceConvolution.weightGradient(g, absolute(x), absolute(dy)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("stride.kernel.ConvShapes#all")
  void rangesOfPixelsAndPanelsHaveTheBitsOfTheWhole(ConvGeometry g) {
    checkRanges("", g, new SplittableRandom(5));
  }

  /** For y = J v: (J v, u) = (v, J' u), and the weights' gradient is the adjoint alike. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("stride.kernel.ConvShapes#all")
  void gradientsAreTheAdjointsOfForward(ConvGeometry g) {
    var random = new SplittableRandom(6);
    float[] x = Values.signed(g.inPixels() * g.inChannels(), random);
    float[] w = Values.signed(g.weights(), random);
    float[] u = Values.signed(g.outPixels() * g.outChannels(), random);
    double forward = dot(forward(g, x, w, null), u);
    double magnitude = 0;
    double[] magnitudes = ReferenceConvolution.forward(g, absolute(x), absolute(w), null);
    for (int i = 0; i < u.length; i++) {
      magnitude += magnitudes[i] * Math.abs(u[i]);
    }
    int longest = Math.max(g.patchLength(), g.outPixels());
    longest = Math.max(longest, g.kernelHeight() * g.kernelWidth() * g.groupOutChannels());
    double error = 2 * (longest + 1) * Values.ROUNDING * magnitude;
    assertEquals(forward, dot(x, inputGradient(g, u, w)), error, "input gradient");
    assertEquals(
        forward, dot(w, weightGradient(g, x, u, new float[w.length])), error, "weight gradient");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("stride.kernel.ConvShapes#all")
  void noBiasIsABiasOfZero(ConvGeometry g) {
    var random = new SplittableRandom(7);
    float[] x = Values.integers(g.inPixels() * g.inChannels(), random);
    float[] w = Values.integers(g.weights(), random);
    assertExact(
        "forward", doubles(forward(g, x, w, new float[g.outChannels()])), forward(g, x, w, null));
  }

  /** Each with scratch of its own. */
  @ParameterizedTest(name = "{0} threads")
  @FieldSource("THREADS")
  void oneConvolutionServesSeveralThreadsAtOnce(int threads) {
    var g = ConvShapes.random(11);
    var random = new SplittableRandom(8);
    var k = kernels.convolution(g);
    float[] x = Values.signed(g.inPixels() * g.inChannels(), random);
    float[] w = Values.signed(g.weights(), random);
    float[] bias = Values.signed(g.outChannels(), random);
    float[] expected = forward(g, x, w, bias);
    float[] packed = pack(k, w);
    var outputs = new float[threads][expected.length];
    IntStream.range(0, threads)
        .mapToObj(
            t ->
                Thread.ofPlatform()
                    .start(
                        () -> {
                          float[] scratch = Region.poison(k.scratchLength());
                          for (int i = 0; i < 50; i++) {
                            Arrays.fill(outputs[t], Float.NaN);
                            k.forward(
                                x,
                                0,
                                packed,
                                0,
                                bias,
                                0,
                                outputs[t],
                                0,
                                0,
                                g.outPixels(),
                                0,
                                k.panels(),
                                scratch);
                          }
                        }))
        .toList()
        .forEach(
            thread -> {
              try {
                thread.join();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    for (float[] output : outputs) {
      assertSameBits("forward", expected, output);
    }
  }

  @SuppressWarnings("unused") // read by name
  private static final int[] THREADS = {1, 2, 3};

  private void checkForwardExact(String what, ConvGeometry g, SplittableRandom random) {
    float[] x = Values.integers(g.inPixels() * g.inChannels(), random);
    float[] w = Values.integers(g.weights(), random);
    float[] bias = Values.integers(g.outChannels(), random);
    assertExact(
        what + "forward",
        ReferenceConvolution.forward(g, doubles(x), doubles(w), doubles(bias)),
        forward(g, x, w, bias));
  }

  private void checkInputGradientExact(String what, ConvGeometry g, SplittableRandom random) {
    float[] w = Values.integers(g.weights(), random);
    float[] dy = Values.integers(g.outPixels() * g.outChannels(), random);
    assertExact(
        what + "input gradient",
        ReferenceConvolution.inputGradient(g, doubles(dy), doubles(w)),
        inputGradient(g, dy, w));
  }

  private void checkWeightGradientExact(String what, ConvGeometry g, SplittableRandom random) {
    float[] x = Values.integers(g.inPixels() * g.inChannels(), random);
    float[] dy = Values.integers(g.outPixels() * g.outChannels(), random);
    float[] before = Values.integers(g.weights(), random);
    double[] expected = ReferenceConvolution.weightGradient(g, doubles(x), doubles(dy));
    for (int i = 0; i < expected.length; i++) {
      expected[i] += before[i];
    }
    assertExact(what + "weight gradient", expected, weightGradient(g, x, dy, before));
  }

  private void checkRanges(String what, ConvGeometry g, SplittableRandom random) {
    float[] x = Values.signed(g.inPixels() * g.inChannels(), random);
    float[] w = Values.signed(g.weights(), random);
    float[] bias = Values.signed(g.outChannels(), random);
    float[] dy = Values.signed(g.outPixels() * g.outChannels(), random);
    var k = kernels.convolution(g);
    assertEquals(g, k.geometry());
    assertTrue(k.panels() >= 1, "panels");
    float[] whole = forward(g, x, w, bias);
    var in = Region.of(x);
    var filters = Region.of(pack(k, w));
    var biases = Region.of(bias);
    int from = 0;
    while (from < g.outPixels()) {
      int to = from + random.nextInt(1, g.outPixels() - from + 1);
      var writers = new int[whole.length];
      for (int panel = 0; panel < k.panels(); panel++) {
        var y = Region.unwritten(whole.length);
        k.forward(
            in.array(),
            in.offset(),
            filters.array(),
            filters.offset(),
            biases.array(),
            biases.offset(),
            y.array(),
            y.offset(),
            from,
            to,
            panel,
            panel + 1,
            Region.poison(k.scratchLength()));
        float[] part = y.values(what + "forward");
        for (int i = 0; i < part.length; i++) {
          if (y.isWritten(i)) {
            writers[i]++;
            assertEquals(whole[i], part[i], what + "value " + i);
          }
        }
      }
      for (int i = 0; i < writers.length; i++) {
        int pixel = i / g.outChannels();
        int expected = pixel >= from && pixel < to ? 1 : 0;
        assertEquals(expected, writers[i], what + "number of panels that wrote value " + i);
      }
      from = to;
    }

    float[] before = Values.signed(g.weights(), random);
    float[] wholeGradient = weightGradient(g, x, dy, before);
    var gradient = Region.of(dy);
    var dw = Region.of(before);
    for (int panel = k.panels() - 1; panel >= 0; panel--) {
      k.weightGradient(
          in.array(),
          in.offset(),
          gradient.array(),
          gradient.offset(),
          dw.array(),
          dw.offset(),
          panel,
          panel + 1,
          Region.poison(k.scratchLength()));
    }
    assertSameBits(what + "weight gradient", wholeGradient, dw.values(what + "weight gradient"));
  }

  private static float[] pack(Convolution k, float[] weights) {
    var w = Region.of(weights);
    var packed = Region.unwritten(k.packedLength());
    k.pack(w.array(), w.offset(), packed.array(), packed.offset());
    assertSameBits("pack's weights", weights, w.values("pack"));
    return packed.values("pack");
  }

  private float[] forward(
      ConvGeometry g, float[] image, float[] weights, float @Nullable [] biases) {
    var k = kernels.convolution(g);
    var x = Region.of(image);
    var packed = Region.of(pack(k, weights));
    var bias = biases == null ? null : Region.of(biases);
    var y = Region.unwritten(g.outPixels() * g.outChannels());
    k.forward(
        x.array(),
        x.offset(),
        packed.array(),
        packed.offset(),
        bias == null ? null : bias.array(),
        bias == null ? 0 : bias.offset(),
        y.array(),
        y.offset(),
        0,
        g.outPixels(),
        0,
        k.panels(),
        Region.poison(k.scratchLength()));
    assertSameBits("forward's input", image, x.values("forward"));
    return y.values("forward");
  }

  private float[] inputGradient(ConvGeometry g, float[] outputGradient, float[] weights) {
    var k = kernels.convolution(g);
    var dy = Region.of(outputGradient);
    var w = Region.of(weights);
    var packed = Region.unwritten(k.packedGradientLength());
    k.packGradient(w.array(), w.offset(), packed.array(), packed.offset());
    var dx = Region.unwritten(g.inPixels() * g.inChannels());
    k.inputGradient(
        dy.array(),
        dy.offset(),
        packed.array(),
        packed.offset(),
        dx.array(),
        dx.offset(),
        Region.poison(k.scratchLength()));
    assertSameBits("the output gradient", outputGradient, dy.values("input gradient"));
    packed.values("packGradient");
    return dx.values("input gradient");
  }

  private float[] weightGradient(
      ConvGeometry g, float[] image, float[] outputGradient, float[] before) {
    var k = kernels.convolution(g);
    var x = Region.of(image);
    var dy = Region.of(outputGradient);
    var dw = Region.of(before);
    k.weightGradient(
        x.array(),
        x.offset(),
        dy.array(),
        dy.offset(),
        dw.array(),
        dw.offset(),
        0,
        k.panels(),
        Region.poison(k.scratchLength()));
    assertSameBits("weightGradient's input", image, x.values("weight gradient"));
    assertSameBits("the output gradient", outputGradient, dy.values("weight gradient"));
    return dw.values("weight gradient");
  }
}
