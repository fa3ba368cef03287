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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

  /** A batch that is large enough for every kernel. */
  private static final int BATCH = 64;

  /** A vector of samples at every width, and a rest. */
  private static final int SAMPLES = 19;

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
    checkRanges(what, g, 1, 3, new SplittableRandom(seed));
    checkRanges(what, g, BATCH, SAMPLES, new SplittableRandom(seed));
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

  /** A filter is shared by maps of many sizes: a pyramid's levels, pictures of any width. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("stride.kernel.ConvShapes#all")
  void mapsOfOtherWidthsShareAPackedFormOnlyIfItIsTheSame(ConvGeometry g) {
    float[] w = Values.signed(g.weights(), new SplittableRandom(6));
    var forward = new HashMap<String, float[]>();
    var back = new HashMap<String, float[]>();
    for (int more = 0; more < 6; more++) {
      var wider =
          new ConvGeometry(
              g.inHeight(),
              g.inWidth() + more * g.strideWidth(),
              g.inChannels(),
              g.outHeight(),
              g.outWidth() + more,
              g.outChannels(),
              g.kernelHeight(),
              g.kernelWidth(),
              g.strideHeight(),
              g.strideWidth(),
              g.padTop(),
              g.padLeft(),
              g.dilationHeight(),
              g.dilationWidth(),
              g.groups());
      var convolution = kernels.convolutions().of(wider, new Kernels.Usage(BATCH, BATCH, 2, false));
      assertSamePacking(forward, convolution.forward(), w);
      assertSamePacking(back, convolution.inputGradient(), w);
    }
  }

  private static void assertSamePacking(
      Map<String, float[]> known, ConvolutionPass pass, float[] w) {
    if (pass.readsPlainWeights()) {
      return;
    }
    float[] packed = new float[pass.packedLength()];
    pass.pack(w, 0, packed, 0);
    float[] first = known.putIfAbsent(pass.packing(), packed);
    if (first != null) {
      assertSameBits(pass.packing(), first, packed);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("stride.kernel.ConvShapes#all")
  void samplesAndPartsHaveTheBitsOfTheWhole(ConvGeometry g) {
    checkRanges("", g, 1, 3, new SplittableRandom(5));
    checkRanges("", g, BATCH, SAMPLES, new SplittableRandom(5));
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
    var pass = kernels.convolutions().of(g, new Kernels.Usage(1, 1, 2, true)).forward();
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

  /**
   * Kernels for a full batch, which may take samples together: more of them than a vector's lanes,
   * and a rest.
   */
  @ParameterizedTest(name = "{0}")
  @MethodSource("stride.kernel.ConvShapes#all")
  void batchesAreExactOnIntegers(ConvGeometry g) {
    checkBatchExact("", g, new SplittableRandom(10));
  }

  @ParameterizedTest(name = "seed {0}")
  @FieldSource("SEEDS")
  void batchesOfRandomShapesAreExactOnIntegers(long seed) {
    var g = ConvShapes.random(seed);
    checkBatchExact(
        "seed %d, %s: ".formatted(seed, ConvShapes.name(g)), g, new SplittableRandom(seed));
  }

  private void checkBatchExact(String what, ConvGeometry g, SplittableRandom random) {
    var calls =
        new ConvolutionCalls(
            kernels.convolutions().of(g, new Kernels.Usage(BATCH, BATCH, 2, true)), SAMPLES);
    float[] x = Values.integers(calls.inputs(), random);
    float[] w = Values.integers(g.weights(), random);
    float[] dy = Values.integers(calls.outputs(), random);
    float[] bias = Values.integers(g.outChannels(), random);
    float[] before = Values.integers(g.weights(), random);
    float[] y = calls.forward(x, w, bias);
    float[] dx = calls.inputGradient(dy, w);
    double[] dw = doubles(before);
    for (int n = 0; n < SAMPLES; n++) {
      var sample = what + "sample " + n + ", ";
      double[] input = doubles(sample(x, n));
      double[] gradient = doubles(sample(dy, n));
      assertExact(
          sample + "forward",
          ReferenceConvolution.forward(g, input, doubles(w), doubles(bias)),
          sample(y, n));
      assertExact(
          sample + "input gradient",
          ReferenceConvolution.inputGradient(g, gradient, doubles(w)),
          sample(dx, n));
      double[] share = ReferenceConvolution.weightGradient(g, input, gradient);
      for (int i = 0; i < dw.length; i++) {
        dw[i] += share[i];
      }
    }
    assertExact(what + "weight gradient", dw, calls.weightGradient(x, dy, before));
  }

  /** Sample n of {@link #SAMPLES}. */
  private static float[] sample(float[] values, int n) {
    int length = values.length / SAMPLES;
    return Arrays.copyOfRange(values, n * length, (n + 1) * length);
  }

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
    var convolution = kernels.convolutions().of(g, new Kernels.Usage(1, 1, 2, false));
    for (var pass : new ConvolutionPass[] {convolution.forward(), convolution.inputGradient()}) {
      if (pass.readsPlainWeights()) {
        assertSameBits("packed", w, ConvolutionCalls.pack(pass, w));
      }
    }
  }

  /** Large ones are not packed before, but in the part that reads them. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("stride.kernel.ConvShapes#all")
  void weightsThatLearnGiveTheBitsOfThoseThatStayTheSame(ConvGeometry g) {
    var usage = new Kernels.Usage(SAMPLES, 1, 2, true);
    var packed = new ConvolutionCalls(kernels.convolutions().of(g, usage), SAMPLES);
    var learning =
        new ConvolutionCalls(kernels.convolutions().of(g, usage.withLearning(true)), SAMPLES);
    var random = new SplittableRandom(13);
    float[] x = Values.signed(packed.inputs(), random);
    float[] w = Values.signed(g.weights(), random);
    float[] dy = Values.signed(packed.outputs(), random);
    assertSameBits("forward", packed.forward(x, w, null), learning.forward(x, w, null));
    assertSameBits("input gradient", packed.inputGradient(dy, w), learning.inputGradient(dy, w));
    for (var pass :
        new ConvolutionPass[] {learning.kernels().forward(), learning.kernels().inputGradient()}) {
      if (pass.readsPlainWeights()) {
        assertSameBits("packed", w, ConvolutionCalls.pack(pass, w));
      }
    }
  }

  /** Some samples together, in smaller stretches, and part by part. */
  private void checkRanges(
      String what, ConvGeometry g, int batch, int samples, SplittableRandom random) {
    var all =
        new ConvolutionCalls(
            kernels.convolutions().of(g, new Kernels.Usage(batch, batch, 2, true)), samples);
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
          x,
          0,
          dy,
          0,
          0,
          samples,
          dw.array(),
          dw.offset(),
          part,
          Region.poison(pass.scratchLength()));
    }
    assertSameBits(what + "weight gradient", whole, dw.values(what + "weight gradient"));
  }

  private static void checkParts(
      String what, ConvolutionCalls all, ConvolutionPass pass, float[] x, float[] w, int length) {
    float[] whole = all.run(pass, x, w, Epilogue.NONE, length);
    float[] packed = ConvolutionCalls.pack(pass, w);
    for (int n = 1; n <= all.samples(); n += all.samples() / 3 * 2) {
      var writers = new int[length];
      for (int first = 0; first < all.samples(); first += n) {
        int samples = Math.min(n, all.samples() - first);
        for (int part = 0; part < pass.parts(samples); part++) {
          var y = all.part(pass, x, packed, length, first, samples, part);
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

  /** The number decides into how many parts the work falls. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("stride.kernel.ConvShapes#all")
  void kernelsForAnyNumberOfThreadsGiveTheSameBits(ConvGeometry g) {
    for (boolean exact : new boolean[] {true, false}) {
      var one =
          new ConvolutionCalls(kernels.convolutions().of(g, new Kernels.Usage(3, 1, 1, exact)), 3);
      var random = new SplittableRandom(12);
      float[] x = Values.signed(one.inputs(), random);
      float[] w = Values.signed(g.weights(), random);
      float[] dy = Values.signed(one.outputs(), random);
      float[] y = one.forward(x, w, null);
      float[] dx = one.inputGradient(dy, w);
      float[] dw = one.weightGradient(x, dy, w);
      for (int threads : new int[] {2, 3, 16}) {
        var more =
            new ConvolutionCalls(
                kernels.convolutions().of(g, new Kernels.Usage(3, 1, threads, exact)), 3);
        String what = "%d threads: ".formatted(threads);
        assertSameBits(what + "forward", y, more.forward(x, w, null));
        assertSameBits(what + "input gradient", dx, more.inputGradient(dy, w));
        assertSameBits(what + "weight gradient", dw, more.weightGradient(x, dy, w));
      }
    }
  }

  /** On a single thread the depthwise layers of one image would take as long as all others. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("stride.kernel.ConvShapes#all")
  void depthwiseFiltersOfOneLargeImageAreWorkForSeveralThreads(ConvGeometry g) {
    if (g.isDepthwise() && g.multiplyAdds() >= 1 << 17) {
      var usage = new Kernels.Usage(1, 1, 2, false);
      int parts = kernels.convolutions().of(g, usage).forward().parts(1);
      assertTrue(parts > 1, () -> "%d part of %d multiply-adds".formatted(parts, g.multiplyAdds()));
    }
  }

  /** Images whose pixels have room for the channels of others between them. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("stride.kernel.ConvShapes#all")
  void forwardStepsOverTheRoomBetweenPixelsAndLeavesItAsItIs(ConvGeometry g) {
    for (boolean exact : new boolean[] {true, false}) {
      checkPitches(g, new Kernels.Usage(1, 1, 2, exact), 2);
      checkPitches(g, new Kernels.Usage(BATCH, BATCH, 2, exact), SAMPLES);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @FieldSource("SEEDS")
  void forwardOfRandomShapesStepsOverTheRoomBetweenPixels(long seed) {
    checkPitches(ConvShapes.random(seed), new Kernels.Usage(3, 3, 2, false), 3);
  }

  private void checkPitches(ConvGeometry g, Kernels.Usage usage, int samples) {
    var random = new SplittableRandom(10);
    var dense = new ConvolutionCalls(kernels.convolutions().of(g, usage), samples);
    float[] x = Values.signed(dense.inputs(), random);
    float[] w = Values.signed(g.weights(), random);
    float[] bias = Values.signed(g.outChannels(), random);
    int in = g.inChannels();
    int out = g.outChannels();
    for (var epilogue :
        List.of(
            Epilogue.NONE,
            Epilogue.bias(bias, 0).withBounds(-0.1f, 0.4f),
            Epilogue.bias(bias, 0)
                .withActivation(
                    new Epilogue.Activation(
                        kernels.elementwise()::tanh, kernels.elementwise()::tanhGradient)))) {
      float[] expected = dense.run(dense.kernels().forward(), x, w, epilogue, dense.outputs());
      for (int[] more : new int[][] {{3, 0}, {0, 5}, {16, 21}}) {
        var pitched =
            new ConvolutionCalls(
                kernels.convolutions().of(g, usage.withPitches(in + more[0], out + more[1])),
                samples);
        float[] wide = Region.poison(spread(dense.inputs(), in, more[0]));
        for (int i = 0; i < x.length; i++) {
          wide[i / in * (in + more[0]) + i % in] = x[i];
        }
        var y =
            pitched.written(
                pitched.kernels().forward(),
                wide,
                w,
                epilogue,
                spread(expected.length, out, more[1]));
        for (int i = 0; i < y.length(); i++) {
          int channel = i % (out + more[1]);
          assertEquals(channel < out, y.isWritten(i), "whether value " + i + " was written");
        }
        float[] values = y.values("output");
        var narrow = new float[expected.length];
        for (int i = 0; i < narrow.length; i++) {
          narrow[i] = values[i / out * (out + more[1]) + i % out];
        }
        assertSameBits("pitch " + Arrays.toString(more), expected, narrow);
      }
    }
  }

  /** Floats from the first pixel to the end of the last, where others lie between them. */
  private static int spread(int values, int channels, int more) {
    return values / channels * (channels + more) - more;
  }

  /** Where the residual of an epilogue lies. */
  private enum Residual {
    NOWHERE,
    ELSEWHERE,
    IN_PLACE
  }

  /** Scale, shift, residual and bounds. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("stride.kernel.ConvShapes#all")
  void epiloguesAreFusedIntoTheStore(ConvGeometry g) {
    checkEpilogues(
        new ConvolutionCalls(kernels.convolutions().of(g, new Kernels.Usage(1, 1, 2, true)), 2));
    checkEpilogues(
        new ConvolutionCalls(
            kernels.convolutions().of(g, new Kernels.Usage(BATCH, BATCH, 2, true)), SAMPLES));
  }

  private static void checkEpilogues(ConvolutionCalls calls) {
    var g = calls.kernels().geometry();
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
    var scales = Region.of(scale);
    var shifts = Region.of(shift);
    for (var place : Residual.values()) {
      var expected = new double[length];
      for (int i = 0; i < length; i++) {
        double sum = plain[i] * scale[i % channels] + shift[i % channels];
        if (place != Residual.NOWHERE) {
          sum += residual[i];
        }
        expected[i] = Math.min(Math.max(sum, -3), 50);
      }
      var y = Region.unwritten(length);
      var added = place == Residual.IN_PLACE ? y : Region.of(residual);
      System.arraycopy(residual, 0, added.array(), added.offset(), length);
      var epilogue =
          Epilogue.bias(shifts.array(), shifts.offset())
              .withScale(scales.array(), scales.offset())
              .withBounds(-3, 50);
      pass.runAll(
          x,
          0,
          ConvolutionCalls.pack(pass, w),
          0,
          place == Residual.NOWHERE
              ? epilogue
              : epilogue.withResidual(added.array(), added.offset()),
          y.array(),
          y.offset(),
          0,
          calls.samples(),
          Region.poison(pass.scratchLength()));
      assertExact("epilogue, residual " + place, expected, y.values("epilogue"));
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
    return new ConvolutionCalls(kernels.convolutions().of(g, new Kernels.Usage(1, 1, 2, true)), 1);
  }
}
