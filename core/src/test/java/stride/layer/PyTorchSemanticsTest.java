package stride.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static stride.layer.Layers.*;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import stride.engine.Engine;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.graph.Weights;
import stride.layer.normalization.LocalResponseNorm;
import stride.layer.pooling.AdaptiveAvgPool;
import stride.layer.pooling.AvgPool;
import stride.network.Network;
import stride.tensor.Shape;

/** What PyTorch does where papers leave a choice, by examples computed by hand. */
final class PyTorchSemanticsTest {
  private static final Purpose GRADIENTS =
      Purpose.inference().withAllOutputs().withWeightGradients(true).withInputGradient();
  private static final Purpose BATCH = Purpose.training().withDropout(false).withInputGradient();

  @Test
  void theFilterIsNotFlipped() {
    var rig = rig(conv1d(1, 3).noBias(), Shape.image(1, 4, 1), GRADIENTS, 1);
    write(rig.weights(), "0.weight", 1, 10, 100);
    assertArrayEquals(new float[] {321, 432}, run(rig, 1, 2, 3, 4));
    rig.backward(Map.of(Graph.OUTPUT, rows(1, 0)));
    assertArrayEquals(new float[] {1, 10, 100, 0}, rig.inputGradient()[0]);
  }

  @Test
  void samePaddingOfAnEvenKernelPutsTheOddZeroBehind() {
    var two = rig(conv1d(1, 2).same().noBias(), Shape.image(1, 3, 1), GRADIENTS, 1);
    write(two.weights(), "0.weight", 1, 1);
    assertArrayEquals(new float[] {3, 6, 4}, run(two, 1, 2, 4));
    var four = rig(conv1d(1, 4).same().noBias(), Shape.image(1, 5, 1), GRADIENTS, 1);
    write(four.weights(), "0.weight", 1, 1, 1, 1);
    assertArrayEquals(new float[] {6, 10, 14, 12, 9}, run(four, 1, 2, 3, 4, 5));
  }

  @Test
  void samePaddingWithAStrideGivesTheInputsSizeDividedAndRoundedUp() {
    assertEquals(Shape.image(4, 3, 2), output(conv(2, 3).same().stride(2), Shape.image(7, 6, 1)));
    assertEquals(Shape.image(3, 2, 2), output(conv(2, 2).same().stride(3), Shape.image(7, 6, 1)));
    assertEquals(Shape.image(7, 6, 2), output(conv(2, 5).same().dilation(3), Shape.image(7, 6, 1)));
  }

  /** What torch.nn.functional.max_pool2d gives. */
  @ParameterizedTest
  @CsvSource({
    "112, 3, 2, 0, 56, 55",
    "6, 3, 2, 0, 3, 2",
    "7, 3, 2, 0, 3, 3",
    "7, 2, 2, 1, 4, 4",
    "8, 2, 2, 1, 5, 5",
    "5, 2, 3, 0, 2, 2",
    "4, 2, 3, 0, 2, 1",
    "3, 2, 3, 0, 1, 1",
    "13, 3, 2, 1, 7, 7",
    "14, 3, 2, 1, 8, 7"
  })
  void ceilModeRoundsUpButNoWindowBeginsBehindTheImage(
      int n, int kernel, int stride, int padding, int ceil, int floor) {
    var max = maxPool(kernel).stride(stride).padding(padding);
    var average = avgPool(kernel).stride(stride).padding(padding);
    var in = Shape.image(n, n, 1);
    assertEquals(Shape.image(floor, floor, 1), output(max, in));
    assertEquals(Shape.image(ceil, ceil, 1), output(max.ceilMode(), in));
    assertEquals(Shape.image(floor, floor, 1), output(average, in));
    assertEquals(Shape.image(ceil, ceil, 1), output(average.ceilMode(), in));
  }

  @Test
  void ceilModeTakesAWindowLargerThanTheImage() {
    assertEquals(
        Shape.image(1, 1, 1), output(maxPool(3).stride(2).ceilMode(), Shape.image(2, 2, 1)));
  }

  @Test
  void anAverageDividesByTheWindowOrByWhatOfItLiesInTheImage() {
    var in = Shape.image(2, 2, 1);
    assertArrayEquals(
        new float[] {1, 2, 3, 4}, run(rig(avgPool(2).padding(1), in, GRADIENTS, 1), 4, 8, 12, 16));
    assertArrayEquals(
        new float[] {4, 8, 12, 16},
        run(rig(avgPool(2).padding(1).countExcludePad(), in, GRADIENTS, 1), 4, 8, 12, 16));
  }

  /**
   * Over 4 values with 1 zero around, windows of 3 with stride 2 begin at -1, 1 and, hanging over,
   * at 3: value 4, the zero behind, and nothing, which is not counted.
   */
  @Test
  void anAverageInCeilModeCountsThePaddingButNotWhatLiesBehindIt() {
    var pool = new AvgPool(new Size(1, 3), new Size(1, 2), new Size(0, 1), true, true);
    var rig = rig(pool, Shape.image(1, 4, 1), GRADIENTS, 1);
    assertArrayEquals(new float[] {1, 3, 2}, run(rig, 1, 2, 3, 4));
    rig.backward(Map.of(Graph.OUTPUT, rows(3, 3, 2)));
    assertArrayEquals(new float[] {1, 2, 1, 2}, rig.inputGradient()[0]);
    var without = new AvgPool(new Size(1, 3), new Size(1, 2), new Size(0, 1), true, false);
    assertArrayEquals(
        new float[] {1.5f, 3, 4},
        run(rig(without, Shape.image(1, 4, 1), GRADIENTS, 1), 1, 2, 3, 4));
  }

  /** torch.nn.AdaptiveAvgPool2d over 5 columns in 3 parts: columns 0 and 1, 1 to 3, 3 and 4. */
  @Test
  void adaptiveWindowsOverlapWhereTheSizesDoNotDivide() {
    var rig = rig(new AdaptiveAvgPool(new Size(1, 3)), Shape.image(1, 5, 1), GRADIENTS, 1);
    assertArrayEquals(new float[] {1.5f, 4, 12}, run(rig, 1, 2, 4, 6, 18));
    rig.backward(Map.of(Graph.OUTPUT, rows(2, 3, 4)));
    assertArrayEquals(new float[] {1, 2, 1, 3, 2}, rig.inputGradient()[0]);
  }

  /** x[:, :, ::2, ::2], then torch.nn.functional.pad with as many channels before as behind. */
  @Test
  void subsamplingKeepsEverySecondPixelAndPutsZeroChannelsAround() {
    var rig = rig(subsample(2, 5), Shape.image(1, 3, 2), GRADIENTS, 1);
    assertArrayEquals(new float[] {0, 1, 2, 0, 0, 0, 5, 6, 0, 0}, run(rig, 1, 2, 3, 4, 5, 6));
    rig.backward(Map.of(Graph.OUTPUT, rows(9, 1, 2, 9, 9, 9, 3, 4, 9, 9)));
    assertArrayEquals(new float[] {1, 2, 0, 0, 3, 4}, rig.inputGradient()[0]);
  }

  @Test
  void theFirstOfEqualMaximaGetsTheGradient() {
    var rig = rig(maxPool(2), Shape.image(2, 4, 1), GRADIENTS, 1);
    assertArrayEquals(new float[] {5, 7}, run(rig, 1, 5, 7, 7, 5, 5, 7, 7));
    rig.backward(Map.of(Graph.OUTPUT, rows(2, 3)));
    assertArrayEquals(new float[] {0, 2, 3, 0, 0, 0, 0, 0}, rig.inputGradient()[0]);
  }

  @Test
  void overlappingMaximaAddTheirGradients() {
    var rig = rig(maxPool(2).stride(1), Shape.image(2, 3, 1), GRADIENTS, 1);
    assertArrayEquals(new float[] {9, 9}, run(rig, 0, 9, 1, 2, 3, 4));
    rig.backward(Map.of(Graph.OUTPUT, rows(2, 3)));
    assertArrayEquals(new float[] {0, 5, 0, 0, 0, 0}, rig.inputGradient()[0]);
  }

  @Test
  void paddingIsNeverAMaximum() {
    var rig = rig(maxPool(3).stride(2).padding(1), Shape.image(2, 2, 1), GRADIENTS, 1);
    assertArrayEquals(new float[] {-1}, run(rig, -4, -3, -2, -1));
  }

  @Test
  void aNanIsTheMaximumOfItsWindow() {
    var rig = rig(maxPool(2), Shape.image(2, 2, 1), GRADIENTS, 1);
    assertArrayEquals(new float[] {Float.NaN}, run(rig, 1, Float.NaN, 3, 2));
  }

  @Test
  void batchNormNormalizesByTheBiasedVarianceAndFollowsTheUnbiased() {
    var rig = rig(batchNorm(0.5), Shape.of(1), BATCH, 4);
    float deviation = (float) Math.sqrt(3.5 + 0.5);
    var y = rig.forward(new float[][] {{1}, {2}, {3}, {6}}).get(Graph.OUTPUT);
    assertArrayEquals(new float[] {-2 / deviation}, y[0], 1e-6f);
    assertArrayEquals(new float[] {3 / deviation}, y[3], 1e-6f);
    assertEquals(0.1f * 3, statistic(rig.weights(), "0.running_mean"), 1e-6f);
    assertEquals(0.9f + 0.1f * 14 / 3, statistic(rig.weights(), "0.running_var"), 1e-6f);
    assertEquals(1, statistic(rig.weights(), "0.num_batches_tracked"));
    rig.forward(new float[][] {{1}, {2}, {3}, {6}});
    assertEquals(0.19f * 3, statistic(rig.weights(), "0.running_mean"), 1e-6f);
    assertEquals(0.81f + 0.19f * 14 / 3, statistic(rig.weights(), "0.running_var"), 1e-6f);
    assertEquals(2, statistic(rig.weights(), "0.num_batches_tracked"));
  }

  @Test
  void batchNormCountsThePixelsOfAnImage() {
    var rig = rig(batchNorm(0), Shape.image(1, 4, 1), BATCH, 1);
    double deviation = Math.sqrt(3.5);
    assertArrayEquals(
        new float[] {
          (float) (-2 / deviation), (float) (-1 / deviation), 0, (float) (3 / deviation)
        },
        run(rig, 1, 2, 3, 6),
        1e-6f);
    assertEquals(0.9f + 0.1f * 14 / 3, statistic(rig.weights(), "0.running_var"), 1e-6f);
  }

  @Test
  void batchNormWithRunningStatisticsDoesNotChangeThem() {
    var rig = rig(batchNorm(0), Shape.of(2), GRADIENTS, 1);
    set(rig.weights(), "0.running_mean", 1, 2);
    set(rig.weights(), "0.running_var", 4, 9);
    write(rig.weights(), "0.weight", 10, 20);
    write(rig.weights(), "0.bias", 3, 4);
    float[] before = rig.weights().statistics().clone();
    assertArrayEquals(
        new float[] {(5 - 1) / 2f * 10 + 3, (8 - 2) / 3f * 20 + 4}, run(rig, 5, 8), 1e-4f);
    assertArrayEquals(before, rig.weights().statistics());
  }

  /** torch.nn.LocalResponseNorm divides alpha by the size, also at the edges. */
  @Test
  void localResponseNormAveragesOverItsSizeWithZerosBeyondTheChannels() {
    var rig = rig(new LocalResponseNorm(3, 3, 1, 1), Shape.image(1, 1, 3), GRADIENTS, 1);
    assertArrayEquals(
        new float[] {1f / (1 + 1 + 4), 2f / (1 + 1 + 4 + 9), 3f / (1 + 4 + 9)},
        run(rig, 1, 2, 3),
        1e-6f);
  }

  @Test
  void reluPassesNoGradientAtItsCorners() {
    var rig = rig(relu6(), Shape.of(6), GRADIENTS, 1);
    assertArrayEquals(new float[] {0, 0, 1, 5, 6, 6}, run(rig, -1, 0, 1, 5, 6, 7));
    rig.backward(Map.of(Graph.OUTPUT, rows(1, 1, 1, 1, 1, 1)));
    assertArrayEquals(new float[] {0, 0, 1, 1, 0, 0}, rig.inputGradient()[0]);
    assertArrayEquals(
        new float[] {Float.NaN, 0}, run(rig(relu(), Shape.of(2), GRADIENTS, 1), Float.NaN, -0.5f));
  }

  @Test
  void aDenseLayersWeightsInFilesCountAFlattenedImageChannelByChannel() {
    var rig = rig(sequential(flatten(), dense(1).noBias()), Shape.image(1, 2, 2), GRADIENTS, 1);
    write(rig.weights(), "1.weight", 1, 10, 100, 1000);
    // Pixel (0, 0) holds 1 and 2, pixel (0, 1) holds 3 and 4: by channels that is 1, 3, 2, 4.
    assertArrayEquals(new float[] {1 + 30 + 200 + 4000}, run(rig, 1, 2, 3, 4));
  }

  @Test
  void groupsTakeTheirOwnChannelsOnly() {
    var rig = rig(conv(4, 1).groups(2).noBias(), Shape.image(1, 1, 4), GRADIENTS, 1);
    write(rig.weights(), "0.weight", 1, 0, 0, 1, 1, 0, 0, 1);
    assertArrayEquals(new float[] {3, 5, 7, 11}, run(rig, 3, 5, 7, 11));
  }

  private static Rig rig(Layer layer, Shape input, Purpose purpose, int samples) {
    var graph = Network.of(input, layer).graph();
    return new Rig(
        graph, Weights.initialized(graph, 1), Engine.shared(), samples, samples, purpose);
  }

  private static float[] run(Rig rig, float... input) {
    return rig.forward(rows(input)).get(Graph.OUTPUT)[0];
  }

  private static float[][] rows(float... row) {
    return new float[][] {row};
  }

  private static Shape output(Layer layer, Shape input) {
    return Network.of(input, layer).output();
  }

  private static void write(Weights weights, String name, float... values) {
    weights.write(
        weights.table().weights().stream()
            .filter(entry -> entry.name().equals(name))
            .findFirst()
            .orElseThrow(),
        values);
  }

  private static void set(Weights weights, String name, float... values) {
    System.arraycopy(values, 0, weights.statistics(), offset(weights, name), values.length);
  }

  private static float statistic(Weights weights, String name) {
    return weights.statistics()[offset(weights, name)];
  }

  private static int offset(Weights weights, String name) {
    return weights.table().statistics().stream()
        .filter(entry -> entry.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name))
        .offset();
  }
}
