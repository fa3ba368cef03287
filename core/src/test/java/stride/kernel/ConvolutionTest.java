package stride.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
  void samplesAndPartsOfRandomShapesHaveTheBitsOfTheWhole(long seed) {
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
  void samplesAndPartsHaveTheBitsOfTheWhole(ConvGeometry g) {
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
    var pass = kernels.convolutions().of(g, 1, true).forward();
    float[] x = Values.signed(g.inPixels() * g.inChannels(), random);
    float[] w = Values.signed(g.weights(), random);
    float[] expected = forward(g, x, w, null);
    float[] packed = ConvolutionCalls.pack(pass, w);
    var outputs = new float[threads][expected.length];
    IntStream.range(0, threads)
        .mapToObj(
            t ->
                Thread.ofPlatform()
                    .start(
                        () -> {
                          float[] scratch = Region.poison(pass.scratchLength());
                          for (int i = 0; i < 50; i++) {
                            Arrays.fill(outputs[t], Float.NaN);
                            pass.runAll(
                                x, 0, packed, 0, Epilogue.NONE, outputs[t], 0, 0, 1, scratch);
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

  @ParameterizedTest(name = "{0}")
  @MethodSource("stride.kernel.ConvShapes#all")
  void plainWeightsAreTheirOwnPackedForm(ConvGeometry g) {
    float[] w = Values.signed(g.weights(), new SplittableRandom(10));
    var convolution = kernels.convolutions().of(g, 1, false);
    for (var pass : new ConvolutionPass[] {convolution.forward(), convolution.inputGradient()}) {
      if (pass.readsPlainWeights()) {
        assertSameBits("packed", w, ConvolutionCalls.pack(pass, w));
      }
    }
  }

  /** Three samples together, one by one, and part by part. */
  private void checkRanges(String what, ConvGeometry g, SplittableRandom random) {
    var all = new ConvolutionCalls(kernels.convolutions().of(g, 3, true), 3);
    assertEquals(g, all.kernels().geometry());
    float[] x = Values.signed(all.inputs(), random);
    float[] w = Values.signed(g.weights(), random);
    float[] dy = Values.signed(all.outputs(), random);
    checkParts(what + "forward", all, all.kernels().forward(), x, w, all.outputs());
    checkParts(what + "input gradient", all, all.kernels().inputGradient(), dy, w, all.inputs());

    float[] before = Values.signed(g.weights(), random);
    float[] whole = all.weightGradient(x, dy, before);
    var pass = all.kernels().weightGradient();
    var dw = Region.of(before);
    for (int part = pass.parts() - 1; part >= 0; part--) {
      pass.add(
          x, 0, dy, 0, 0, 3, dw.array(), dw.offset(), part, Region.poison(pass.scratchLength()));
    }
    assertSameBits(what + "weight gradient", whole, dw.values(what + "weight gradient"));
  }

  private static void checkParts(
      String what, ConvolutionCalls all, ConvolutionPass pass, float[] x, float[] w, int length) {
    float[] whole = all.run(pass, x, w, Epilogue.NONE, length);
    float[] packed = ConvolutionCalls.pack(pass, w);
    for (int n = 1; n <= all.samples(); n += 2) {
      var writers = new int[length];
      for (int first = 0; first < all.samples(); first += n) {
        for (int part = 0; part < pass.parts(n); part++) {
          var y = all.part(pass, x, packed, length, first, n, part);
          float[] values = y.values(what);
          for (int i = 0; i < length; i++) {
            if (y.isWritten(i)) {
              writers[i]++;
              assertEquals(whole[i], values[i], what + ", value " + i);
            }
          }
        }
      }
      for (int i = 0; i < length; i++) {
        assertEquals(1, writers[i], what + ", number of parts that wrote value " + i);
      }
    }
  }

  /** Scale, shift, residual and bounds, the residual in the output's own place or elsewhere. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("stride.kernel.ConvShapes#all")
  void epiloguesRideOnTheStore(ConvGeometry g) {
    var calls = new ConvolutionCalls(kernels.convolutions().of(g, 2, true), 2);
    var random = new SplittableRandom(9);
    float[] x = Values.integers(calls.inputs(), random);
    float[] w = Values.integers(g.weights(), random);
    float[] dy = Values.integers(calls.outputs(), random);
    checkEpilogue(calls, calls.kernels().forward(), x, w, calls.outputs(), g.outChannels(), random);
    checkEpilogue(
        calls, calls.kernels().inputGradient(), dy, w, calls.inputs(), g.inChannels(), random);
  }

  private static void checkEpilogue(
      ConvolutionCalls calls,
      ConvolutionPass pass,
      float[] x,
      float[] w,
      int length,
      int channels,
      SplittableRandom random) {
    float[] plain = calls.run(pass, x, w, Epilogue.NONE, length);
    float[] scale = Values.integers(channels, random);
    float[] shift = Values.integers(channels, random);
    float[] residual = Values.integers(length, random);
    var expected = new double[length];
    for (int i = 0; i < length; i++) {
      double sum = plain[i] * scale[i % channels] + shift[i % channels] + residual[i];
      expected[i] = Math.min(Math.max(sum, -3), 50);
    }
    var scales = Region.of(scale);
    var shifts = Region.of(shift);
    for (boolean inPlace : new boolean[] {false, true}) {
      var y = Region.unwritten(length);
      var added = inPlace ? y : Region.of(residual);
      System.arraycopy(residual, 0, added.array(), added.offset(), length);
      pass.runAll(
          x,
          0,
          ConvolutionCalls.pack(pass, w),
          0,
          Epilogue.bias(shifts.array(), shifts.offset())
              .withScale(scales.array(), scales.offset())
              .withResidual(added.array(), added.offset())
              .withBounds(-3, 50),
          y.array(),
          y.offset(),
          0,
          calls.samples(),
          Region.poison(pass.scratchLength()));
      assertExact("epilogue", expected, y.values("epilogue"));
    }
  }

  private float[] forward(ConvGeometry g, float[] x, float[] w, float @Nullable [] bias) {
    return calls(g).forward(x, w, bias);
  }

  private float[] inputGradient(ConvGeometry g, float[] dy, float[] w) {
    return calls(g).inputGradient(dy, w);
  }

  private float[] weightGradient(ConvGeometry g, float[] x, float[] dy, float[] before) {
    return calls(g).weightGradient(x, dy, before);
  }

  private ConvolutionCalls calls(ConvGeometry g) {
    return new ConvolutionCalls(kernels.convolutions().of(g, 1, true), 1);
  }
}
