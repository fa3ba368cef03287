package stride.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import stride.compute.CpuBackend;
import stride.graph.Graph;
import stride.layer.Rig;
import stride.network.Network;
import stride.tensor.Shape;

/** Large batches, the first layers of which run sample by sample. */
final class SampleBySampleTest {
  private static final int BATCH = 6;

  /**
   * Large maps first, large weights last; the cut goes through a sum whose shortcut is an output,
   * and a concatenation reads values from before and after it.
   */
  private static final Graph GRAPH =
      Network.of(
              Shape.image(32, 40, 3),
              sequential(
                  conv(24, 3).padding(1),
                  batchNorm(),
                  silu(),
                  branches(
                      sequential(conv(17, 1), relu()),
                      sequential(conv(24, 3).padding(1).groups(24), batchNorm(), relu()),
                      maxPool(3).stride(1).padding(1)),
                  tap("early", conv(32, 3).padding(1).stride(2)),
                  residual(sequential(conv(32, 3).padding(1), batchNorm())),
                  relu(),
                  globalAvgPool(),
                  flatten(),
                  dense(400),
                  tanh(),
                  dense(7)))
          .graph();

  @Test
  void largeMapsRunSampleBySampleAndLargeWeightsOncePerBatch() {
    int cut = nodes(BATCH, 2);
    assertTrue(cut > 5, "nodes before the cut: " + cut);
    assertTrue(cut < GRAPH.nodes().size() - 2, "nodes before the cut: " + cut);
    assertEquals(0, nodes(1, 1), "one sample uses all threads");
    assertEquals(0, nodes(BATCH, 5), "some threads would wait for others");
    assertEquals(
        0,
        SampleBySample.nodes(GRAPH, CpuBackend.best(), Purpose.training(), BATCH, 2),
        "a backward pass reads the values of all samples");
  }

  private static int nodes(int batch, int threads) {
    return SampleBySample.nodes(GRAPH, CpuBackend.best(), Purpose.inference(), batch, threads);
  }

  @Test
  @Tag("kernels")
  void anyNumberOfThreadsAndSamplesGivesTheSameBits() {
    var weights = Rig.randomWeights(GRAPH, 1);
    var inputs = Rig.random(BATCH, 32 * 40 * 3, 1, 2);
    var purpose = Purpose.inference().withAllOutputs();
    Map<String, float[][]> expected = Map.of();
    // Of 5 threads some would wait: all samples run together there.
    for (int threads : new int[] {5, 1, 2, 3}) {
      try (var engine = Engine.with(threads, CpuBackend.best())) {
        var rig = new Rig(GRAPH, weights, engine, BATCH, BATCH, purpose);
        var all = rig.forward(inputs);
        if (expected.isEmpty()) {
          expected = all;
        }
        for (int samples = 1; samples <= BATCH; samples++) {
          var some = new Rig(rig, samples).forward(Arrays.copyOf(inputs, samples));
          for (var output : expected.entrySet()) {
            for (int s = 0; s < samples; s++) {
              assertArrayEquals(
                  output.getValue()[s],
                  some.get(output.getKey())[s],
                  "%s of sample %d of %d, %d threads"
                      .formatted(output.getKey(), s, samples, threads));
            }
          }
        }
      }
    }
  }

  @Test
  void changedWeightsAreSeenByTheLayersOfAllThreads() {
    var weights = Rig.randomWeights(GRAPH, 1);
    var changed = Rig.randomWeights(GRAPH, 3);
    var inputs = Rig.random(BATCH, 32 * 40 * 3, 1, 2);
    try (var engine = Engine.with(2, CpuBackend.best())) {
      var rig = new Rig(GRAPH, weights, engine, BATCH, BATCH, Purpose.inference());
      rig.forward(inputs);
      System.arraycopy(changed.values(), 0, weights.values(), 0, weights.values().length);
      System.arraycopy(
          changed.statistics(), 0, weights.statistics(), 0, weights.statistics().length);
      weights.changed();
      var expected =
          new Rig(GRAPH, changed, engine, BATCH, BATCH, Purpose.inference()).forward(inputs);
      var actual = rig.forward(inputs);
      assertTrue(
          Arrays.deepEquals(expected.get(Graph.OUTPUT), actual.get(Graph.OUTPUT)),
          "the outputs are those of the weights as they are now");
    }
  }
}
