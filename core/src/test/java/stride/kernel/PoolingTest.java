package stride.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.kernel.Values.absolute;
import static stride.kernel.Values.assertExact;
import static stride.kernel.Values.assertSums;
import static stride.kernel.Values.dot;
import static stride.kernel.Values.doubles;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.kernel.reference.ReferencePooling;

/** Pooling kernels against their definition in double. */
@Tag("kernels")
@ParameterizedClass(name = "{0}")
@MethodSource("stride.kernel.KernelProviders#all")
class PoolingTest {
  @Parameter Kernels kernels;

  static Stream<PoolGeometry> shapes() {
    var shapes = new ArrayList<PoolGeometry>();
    for (int channels : new int[] {1, 3, 7, 13, 16, 17, 33}) {
      shapes.add(pool(6, 8, channels, 2, 2, 2, 2, 0, 0, false));
      shapes.add(pool(9, 7, channels, 3, 3, 2, 2, 1, 0, true));
      // global
      shapes.add(pool(7, 5, channels, 7, 5, 1, 1, 0, 0, false));
    }
    shapes.add(pool(1, 1, 3, 1, 1, 1, 1, 0, 0, false));
    shapes.add(pool(1, 1, 3, 3, 3, 1, 1, 1, 0, true));
    shapes.add(pool(57, 31, 3, 3, 2, 2, 3, 1, 0, false));
    shapes.add(pool(1, 57, 5, 1, 4, 1, 3, 0, 0, true));
    shapes.add(pool(8, 9, 7, 2, 3, 1, 1, 1, 0, false));
    // a stride beyond the window: some inputs are never read
    shapes.add(pool(11, 10, 7, 2, 2, 5, 4, 0, 0, false));
    // ceil mode: the last windows hang over the image, and over its padding
    shapes.add(pool(6, 6, 5, 3, 3, 2, 2, 0, 1, false));
    shapes.add(pool(6, 6, 5, 3, 3, 2, 2, 0, 1, true));
    shapes.add(pool(8, 7, 5, 3, 2, 3, 2, 1, 1, true));
    shapes.add(pool(8, 7, 5, 5, 4, 3, 3, 2, 1, false));
    return shapes.stream();
  }

  /** Images whose pixels have room for the channels of others between them. */
  @ParameterizedTest
  @MethodSource("shapes")
  void poolingStepsOverTheRoomBetweenPixelsAndLeavesItAsItIs(PoolGeometry g) {
    float[] x = Values.signed(g.inPixels() * g.channels(), new SplittableRandom(11));
    for (int[] more : new int[][] {{3, 0}, {0, 5}, {16, 21}}) {
      var pitched = g.withPitches(g.channels() + more[0], g.channels() + more[1]);
      float[] wide = Region.poison(g.inPixels() * pitched.inPitch() - more[0]);
      for (int i = 0; i < x.length; i++) {
        wide[i / g.channels() * pitched.inPitch() + i % g.channels()] = x[i];
      }
      for (boolean max : new boolean[] {true, false}) {
        float[] expected = pooled(g, x, max).values("dense");
        var y = pooled(pitched, wide, max);
        float[] values = y.values("pitched");
        for (int i = 0; i < values.length; i++) {
          int channel = i % pitched.outPitch();
          assertEquals(
              channel < g.channels(), y.isWritten(i), "whether value " + i + " was written");
          if (channel < g.channels()) {
            assertEquals(
                expected[i / pitched.outPitch() * g.channels() + channel], values[i], "value " + i);
          }
        }
      }
    }
  }

  private Region pooled(PoolGeometry g, float[] values, boolean max) {
    var x = Region.of(values);
    var y = Region.unwritten(g.outPixels() * g.outPitch() - (g.outPitch() - g.channels()));
    if (max) {
      kernels.pooling().max(g, x.array(), x.offset(), y.array(), y.offset(), 0, g.outHeight());
    } else {
      kernels.pooling().average(g, x.array(), x.offset(), y.array(), y.offset());
    }
    return y;
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void maximaAndTheirPlacesAreExact(PoolGeometry g) {
    float[] x = Values.signed(g.inPixels() * g.channels(), new SplittableRandom(1));
    var max = max(g, x);
    assertExact("max", ReferencePooling.max(g, doubles(x)), max.y);
    assertArrayEquals(ReferencePooling.argmax(g, doubles(x)), max.argmax);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void theFirstOfEqualMaximaWins(PoolGeometry g) {
    var random = new SplittableRandom(2);
    float[] x = Values.between(-1, 2, g.inPixels() * g.channels(), random);
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) Math.floor(x[i]);
    }
    var max = max(g, x);
    assertExact("max", ReferencePooling.max(g, doubles(x)), max.y);
    assertArrayEquals(ReferencePooling.argmax(g, doubles(x)), max.argmax);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void notANumberWinsOverAll(PoolGeometry g) {
    var random = new SplittableRandom(3);
    float[] x = Values.signed(g.inPixels() * g.channels(), random);
    for (int i = 0; i < x.length; i++) {
      if (random.nextInt(4) == 0) {
        x[i] = random.nextBoolean() ? Float.NaN : Float.POSITIVE_INFINITY;
      }
    }
    var max = max(g, x);
    double[] expected = ReferencePooling.max(g, doubles(x));
    for (int i = 0; i < expected.length; i++) {
      assertEquals((float) expected[i], max.y[i], "value " + i);
      assertEquals(max.y[i], x[max.argmax[i]], "the value at the maximum's place " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void windowsOfNegativeInfinityHaveAMaximumInside(PoolGeometry g) {
    var x = new float[g.inPixels() * g.channels()];
    Arrays.fill(x, Float.NEGATIVE_INFINITY);
    var max = max(g, x);
    assertArrayEquals(ReferencePooling.argmax(g, doubles(x)), max.argmax);
    for (float y : max.y) {
      assertEquals(Float.NEGATIVE_INFINITY, y);
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void maxGradientGoesToTheMaximaAndAddsUp(PoolGeometry g) {
    var random = new SplittableRandom(4);
    float[] x = Values.signed(g.inPixels() * g.channels(), random);
    float[] dy = Values.integers(g.outPixels() * g.channels(), random);
    var max = max(g, x);
    assertExact(
        "max gradient",
        ReferencePooling.maxGradient(g, doubles(x), doubles(dy)),
        maxGradient(g, dy, max.taps));
  }

  /** Where the maxima stay where they are, max pooling is linear: (J x, u) = (x, J' u). */
  @ParameterizedTest
  @MethodSource("shapes")
  void maxGradientIsTheAdjointOfMax(PoolGeometry g) {
    var random = new SplittableRandom(5);
    float[] x = Values.signed(g.inPixels() * g.channels(), random);
    float[] u = Values.signed(g.outPixels() * g.channels(), random);
    var max = max(g, x);
    double error = g.kernelHeight() * g.kernelWidth() * u.length * Values.ROUNDING;
    assertEquals(dot(max.y, u), dot(x, maxGradient(g, u, max.taps)), error);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void averagesAreWithinTheBoundOfTheWindowsSize(PoolGeometry g) {
    float[] x = Values.signed(g.inPixels() * g.channels(), new SplittableRandom(6));
    assertSums(
        "average",
        ReferencePooling.average(g, doubles(x)),
        average(g, x),
        g.kernelHeight() * g.kernelWidth(),
        ReferencePooling.average(g, absolute(x)));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void averageGradientSpreadsOverTheWindows(PoolGeometry g) {
    float[] dy = Values.signed(g.outPixels() * g.channels(), new SplittableRandom(7));
    assertSums(
        "average gradient",
        ReferencePooling.averageGradient(g, doubles(dy)),
        averageGradient(g, dy),
        g.kernelHeight() * g.kernelWidth() + 1,
        ReferencePooling.averageGradient(g, absolute(dy)));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void averageGradientIsTheAdjointOfAverage(PoolGeometry g) {
    var random = new SplittableRandom(8);
    float[] v = Values.signed(g.inPixels() * g.channels(), random);
    float[] u = Values.signed(g.outPixels() * g.channels(), random);
    double error = 2 * g.kernelHeight() * g.kernelWidth() * u.length * Values.ROUNDING;
    assertEquals(dot(average(g, v), u), dot(v, averageGradient(g, u)), error);
  }

  /** By hand: 1 2 3 4 5 6, kernel 1x3, stride 2, padding 1, ceil mode. */
  @Test
  void dividesByThePaddingWhereItCounts() {
    float[] x = {1, 2, 3, 4, 5, 6};
    assertExact(
        "with padding",
        new double[] {1, 3, 5, 3},
        average(new PoolGeometry(1, 6, 1, 1, 4, 1, 3, 1, 2, 0, 1, 0, 1, true), x));
    assertExact(
        "without padding",
        new double[] {1.5, 3, 5, 6},
        average(new PoolGeometry(1, 6, 1, 1, 4, 1, 3, 1, 2, 0, 1, 0, 1, false), x));
  }

  private record Max(float[] y, float[] taps, int[] argmax) {}

  /** Rows from one to before another. */
  private interface Rows {
    void run(int from, int to);
  }

  /** All rows in stretches of several lengths, the last ones first: threads share them out so. */
  private static void stretches(int rows, Rows body) {
    for (int to = rows, length = 1; to > 0; to -= length, length++) {
      body.run(Math.max(to - length, 0), to);
    }
  }

  private Max max(PoolGeometry g, float[] image) {
    var x = Region.of(image);
    var y = Region.unwritten(g.outPixels() * g.channels());
    var taps = Region.unwritten(y.length());
    stretches(
        g.outHeight(),
        (from, to) ->
            kernels
                .pooling()
                .max(
                    g,
                    x.array(),
                    x.offset(),
                    y.array(),
                    y.offset(),
                    taps.array(),
                    taps.offset(),
                    from,
                    to));
    var alone = Region.unwritten(y.length());
    for (int row = 0; row < g.outHeight(); row += 2) {
      kernels
          .pooling()
          .max(
              g,
              x.array(),
              x.offset(),
              alone.array(),
              alone.offset(),
              row,
              Math.min(row + 2, g.outHeight()));
    }
    assertArrayEquals(y.values("max"), alone.values("max alone"));
    float[] places = taps.values("taps");
    var indices = new int[places.length];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = index(g, i, (int) places[i]);
    }
    assertTrue(IntStream.of(indices).allMatch(i -> i >= 0 && i < image.length), "argmax in x");
    return new Max(y.values("max"), places, indices);
  }

  /** Where a tap of output {@code i}'s window is in the image. */
  private static int index(PoolGeometry g, int i, int tap) {
    int pixel = i / g.channels();
    int row = pixel / g.outWidth() * g.strideHeight() - g.padTop() + tap / g.kernelWidth();
    int column = pixel % g.outWidth() * g.strideWidth() - g.padLeft() + tap % g.kernelWidth();
    return (row * g.inWidth() + column) * g.channels() + i % g.channels();
  }

  private float[] maxGradient(PoolGeometry g, float[] outputGradient, float[] places) {
    var dy = Region.of(outputGradient);
    var taps = Region.of(places);
    var dx = Region.unwritten(g.inPixels() * g.channels());
    stretches(
        g.inHeight(),
        (from, to) ->
            kernels
                .pooling()
                .maxGradient(
                    g,
                    dy.array(),
                    dy.offset(),
                    taps.array(),
                    taps.offset(),
                    dx.array(),
                    dx.offset(),
                    from,
                    to));
    return dx.values("max gradient");
  }

  private float[] average(PoolGeometry g, float[] image) {
    var x = Region.of(image);
    var y = Region.unwritten(g.outPixels() * g.channels());
    kernels.pooling().average(g, x.array(), x.offset(), y.array(), y.offset());
    return y.values("average");
  }

  private float[] averageGradient(PoolGeometry g, float[] outputGradient) {
    var dy = Region.of(outputGradient);
    var dx = Region.unwritten(g.inPixels() * g.channels());
    stretches(
        g.inHeight(),
        (from, to) ->
            kernels
                .pooling()
                .averageGradient(g, dy.array(), dy.offset(), dx.array(), dx.offset(), from, to));
    return dx.values("average gradient");
  }

  /**
   * A pooling with the same padding at all sides.
   *
   * @param over windows beyond those that fit into the padded image: 1 in ceil mode
   */
  private static PoolGeometry pool(
      int height,
      int width,
      int channels,
      int kernelHeight,
      int kernelWidth,
      int strideHeight,
      int strideWidth,
      int pad,
      int over,
      boolean countsPadding) {
    int outHeight = (height + 2 * pad - kernelHeight) / strideHeight + 1;
    int outWidth = (width + 2 * pad - kernelWidth) / strideWidth + 1;
    // Ceil mode adds a window only where it begins inside of the image or its left padding.
    outHeight += over == 1 && outHeight * strideHeight < height + pad ? 1 : 0;
    outWidth += over == 1 && outWidth * strideWidth < width + pad ? 1 : 0;
    return new PoolGeometry(
        height,
        width,
        channels,
        outHeight,
        outWidth,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        pad,
        pad,
        pad,
        pad,
        countsPadding);
  }
}
