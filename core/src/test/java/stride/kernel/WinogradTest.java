package stride.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.kernel.Values.doubles;

import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.kernel.reference.ReferenceConvolution;

/**
 * What is computed when kernels may leave the definition's order of sums: convolutions of 3 x 3 and
 * 5 x 5 with stride 1, where Winograd's are chosen.
 */
@Tag("kernels")
@ParameterizedClass(name = "{0}")
@MethodSource("stride.kernel.KernelProviders#all")
class WinogradTest {
  /** Root mean square of the error, relative to the values'. */
  private static final double BOUND = 1e-5;

  @Parameter Kernels kernels;

  static Stream<Named<ConvGeometry>> shapes() {
    return Stream.of(
            shape(8, 8, 16, 16, 1),
            shape(32, 32, 16, 16, 1),
            shape(14, 14, 16, 32, 1),
            shape(13, 17, 17, 33, 1),
            shape(9, 11, 40, 24, 0),
            shape(7, 7, 48, 64, 1),
            shape(5, 6, 20, 50, 2),
            shape(56, 56, 64, 64, 1),
            shape(28, 28, 128, 128, 1),
            shape(14, 14, 256, 256, 1),
            shape(7, 7, 512, 512, 1),
            shape(9, 13, 200, 170, 1),
            large(27, 27, 64, 192, 2),
            large(35, 35, 48, 64, 2),
            large(9, 13, 20, 50, 2),
            large(12, 11, 17, 33, 0),
            large(8, 8, 16, 16, 3),
            large(6, 7, 200, 170, 2))
        .map(g -> Named.of(ConvShapes.name(g), g));
  }

  private static ConvGeometry shape(int height, int width, int in, int out, int padding) {
    return shape(3, height, width, in, out, padding);
  }

  private static ConvGeometry large(int height, int width, int in, int out, int padding) {
    return shape(5, height, width, in, out, padding);
  }

  private static ConvGeometry shape(int taps, int height, int width, int in, int out, int padding) {
    return new ConvGeometry(
        height,
        width,
        in,
        height + 2 * padding - taps + 1,
        width + 2 * padding - taps + 1,
        out,
        taps,
        taps,
        1,
        1,
        padding,
        padding,
        1,
        1,
        1);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("shapes")
  void errorsAreSmall(ConvGeometry g) {
    var random = new SplittableRandom(1);
    // As if for a large batch, for which Winograd's kernels are chosen.
    var calls =
        new ConvolutionCalls(kernels.convolutions().of(g, new Kernels.Usage(64, 1, 2, false)), 1);
    float[] x = Values.signed(calls.inputs(), random);
    float[] w = Values.signed(g.weights(), random);
    float[] dy = Values.signed(calls.outputs(), random);
    assertClose(
        "forward",
        ReferenceConvolution.forward(g, doubles(x), doubles(w), null),
        calls.forward(x, w, null));
    assertClose(
        "input gradient",
        ReferenceConvolution.inputGradient(g, doubles(dy), doubles(w)),
        calls.inputGradient(dy, w));
    assertClose(
        "weight gradient",
        ReferenceConvolution.weightGradient(g, doubles(x), doubles(dy)),
        calls.weightGradient(x, dy, new float[g.weights()]));
  }

  private static void assertClose(String what, double[] expected, float[] actual) {
    double error = 0;
    double size = 0;
    for (int i = 0; i < expected.length; i++) {
      error += (actual[i] - expected[i]) * (actual[i] - expected[i]);
      size += expected[i] * expected[i];
    }
    double relative = Math.sqrt(error / size);
    assertTrue(relative < BOUND, () -> "%s: relative error %.2e".formatted(what, relative));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("shapes")
  void samplesAndPartsHaveTheBitsOfTheWhole(ConvGeometry g) {
    int samples = g.weights() > 100_000 ? 2 : 5;
    var calls =
        new ConvolutionCalls(
            kernels.convolutions().of(g, new Kernels.Usage(64, 1, 2, false)), samples);
    var random = new SplittableRandom(2);
    float[] x = Values.signed(calls.inputs(), random);
    float[] w = Values.signed(g.weights(), random);
    var pass = calls.kernels().forward();
    float[] whole = calls.run(pass, x, w, Epilogue.NONE, calls.outputs());
    float[] packed = ConvolutionCalls.pack(pass, w);
    int writers = 0;
    for (int sample = 0; sample < samples; sample++) {
      for (int part = 0; part < pass.parts(1); part++) {
        var y = calls.part(pass, x, packed, calls.outputs(), sample, 1, part);
        float[] values = y.values("part");
        for (int i = 0; i < values.length; i++) {
          if (y.isWritten(i)) {
            writers++;
            assertEquals(whole[i], values[i], "value " + i);
          }
        }
      }
    }
    assertEquals(whole.length, writers, "values written");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("shapes")
  void epiloguesAreFusedIntoTheStore(ConvGeometry g) {
    var calls =
        new ConvolutionCalls(kernels.convolutions().of(g, new Kernels.Usage(64, 1, 2, false)), 1);
    var random = new SplittableRandom(3);
    float[] x = Values.signed(calls.inputs(), random);
    float[] w = Values.signed(g.weights(), random);
    float[] scale = Values.signed(g.outChannels(), random);
    float[] shift = Values.signed(g.outChannels(), random);
    float[] residual = Values.signed(calls.outputs(), random);
    float[] plain = calls.forward(x, w, null);
    float[] expected = new float[plain.length];
    for (int i = 0; i < expected.length; i++) {
      int c = i % g.outChannels();
      float sum = Math.fma(plain[i], scale[c], shift[c]) + residual[i];
      expected[i] = Math.min(Math.max(sum, 0), 6);
    }
    var epilogue =
        Epilogue.bias(shift, 0).withScale(scale, 0).withResidual(residual, 0).withBounds(0, 6);
    float[] actual = calls.run(calls.kernels().forward(), x, w, epilogue, plain.length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], 1e-5, "value " + i);
    }
  }
}
