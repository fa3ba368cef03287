package stride.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import stride.compute.Backend;
import stride.compute.Binding;
import stride.compute.CpuBackend;
import stride.compute.Step;
import stride.graph.EpiloguePart;
import stride.graph.Graph;
import stride.graph.Operation;
import stride.graph.TensorType;
import stride.graph.Trait;
import stride.graph.Weights;
import stride.kernel.Kernels;
import stride.kernel.scalar.ScalarKernels;
import stride.layer.Concat;
import stride.layer.Layer;
import stride.layer.Rig;
import stride.network.Network;
import stride.tensor.Shape;

/** Values that are computed where a concatenation wants them. */
final class SlicesTest {
  private static final int GRAPHS = 30;

  /** The CPU's steps, which are not known to leave room between pixels. */
  private record Dense(Backend cpu) implements Backend {
    @Override
    public String name() {
      return "dense";
    }

    @Override
    public Kernels kernels() {
      return cpu.kernels();
    }

    @Override
    public Step compile(Operation operation, Binding binding) {
      return cpu.compile(operation, binding);
    }

    @Override
    public Set<Trait> traits(Operation operation) {
      var traits = EnumSet.noneOf(Trait.class);
      traits.addAll(cpu.traits(operation));
      traits.remove(Trait.STORES_PITCH);
      return traits;
    }

    @Override
    public @Nullable EpiloguePart epiloguePart(
        Operation operation, boolean batchStatistics, boolean gradients) {
      return cpu.epiloguePart(operation, batchStatistics, gradients);
    }
  }

  @SuppressWarnings("unused") // read by name
  private static final List<Kernels> KERNELS = List.of(Kernels.best(), ScalarKernels.create());

  @ParameterizedTest
  @Tag("kernels")
  @FieldSource("KERNELS")
  void slicesChangeNoBit(Kernels kernels) {
    int sliced = 0;
    for (int seed = 0; seed < GRAPHS; seed++) {
      var graph = RandomGraph.of(seed);
      var weights = Rig.randomWeights(graph, seed);
      for (int batch : seed % 6 == 0 ? new int[] {1, 3, 35} : new int[] {1, 3}) {
        float[] expected = outputs(new Dense(new CpuBackend(kernels)), 1, graph, weights, batch);
        for (int threads : new int[] {1, 3}) {
          float[] actual = outputs(new CpuBackend(kernels), threads, graph, weights, batch);
          assertSameBits(
              "seed %d, batch %d, %d threads".formatted(seed, batch, threads), expected, actual);
        }
      }
      sliced += slices(graph);
    }
    assertTrue(sliced > 4 * GRAPHS, "slices in all graphs: " + sliced);
  }

  private static int slices(Graph graph) {
    var backend = CpuBackend.best();
    var slices = Slices.find(graph, backend, fusion(graph, backend), edge -> true);
    int count = 0;
    for (int edge = 0; edge < graph.edges(); edge++) {
      count += slices.whole(edge) >= 0 ? 1 : 0;
    }
    return count;
  }

  private static Fusion fusion(Graph graph, Backend backend) {
    return new Fusion(graph, backend, Purpose.inference(), new boolean[graph.edges()]);
  }

  private static float[] outputs(
      Backend backend, int threads, Graph graph, Weights weights, int batch) {
    try (var engine = Engine.with(threads, backend)) {
      var plan = engine.plan(graph, weights, batch, Purpose.inference().withAllOutputs());
      return outputs(plan, graph.outputs().keySet(), batch);
    }
  }

  /** All outputs of all samples, after a run on other values whose traces would show. */
  private static float[] outputs(Plan plan, Set<String> names, int batch) {
    var all = new ArrayList<Float>();
    for (int run = 0; run < 2; run++) {
      var random = new SplittableRandom(run);
      var x = plan.input();
      for (int i = 0; i < batch * x.stride(); i++) {
        x.array()[x.offset() + i] = (float) random.nextDouble(-1, 1);
      }
      plan.forward(batch);
      for (String name : names) {
        var y = plan.output(name);
        for (int i = 0; i < batch * y.stride(); i++) {
          all.add(y.array()[y.offset() + i]);
        }
      }
    }
    var values = new float[all.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = all.get(i);
    }
    return values;
  }

  private static void assertSameBits(String what, float[] expected, float[] actual) {
    assertEquals(expected.length, actual.length, what);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(
          Float.floatToRawIntBits(expected[i]),
          Float.floatToRawIntBits(actual[i]),
          what + ", value " + i);
    }
  }

  @Test
  void anObserverSeesEachValueInABufferOfItsOwn() {
    var graph = network(branches(conv(5, 1), conv(7, 3).padding(1)));
    try (var engine = Engine.withThreads(1)) {
      var plan =
          engine.plan(graph, Rig.randomWeights(graph, 1), 2, Purpose.inference().observing());
      for (var node : graph.nodes()) {
        var value = plan.value(node.name());
        assertSame(value, value.whole(), node.name());
      }
    }
  }

  @Test
  void branchesOfConvolutionsAndPoolingAreSlices() {
    var graph =
        network(
            branches(
                sequential(conv(5, 1), batchNorm(), relu()),
                sequential(conv(3, 1), relu(), conv(7, 3).padding(1)),
                maxPool(3).stride(1).padding(1),
                avgPool(3).stride(1).padding(1)));
    assertEquals(List.of("0: conv", "5: conv", "12: maxpool", "16: avgpool"), found(graph));
  }

  /** A dense block's concatenations are all parts of the last one. */
  @Test
  void concatenationsOfConcatenationsAreSlicesOfTheLast() {
    Layer layer = sequential(batchNorm(), relu(), conv(2, 1));
    var graph = network(sequential(branches(identity(), layer), branches(identity(), layer)));
    assertEquals(List.of("0: conv", "4: conv", "0: concat", "6: conv"), found(graph));
  }

  /** What cannot step over other channels keeps its input to itself. */
  @Test
  void whatCannotStoreOrReadSlicesIsCopied() {
    assertEquals(List.of(), found(network(branches(tanh(), sigmoid()))), "elementwise");
    assertEquals(
        List.of("4: conv"),
        found(network(branches(residual(conv(4, 1)), conv(2, 1)))),
        "a fused sum's other values are read where the sum is stored");
    assertEquals(
        List.of("4: conv"),
        found(network(branches(tap("tapped", conv(4, 1)), conv(2, 1)))),
        "an output is read from end to end");
    assertEquals(
        List.of("0: concat", "8: conv"),
        found(network(branches(sequential(conv(4, 1), branches(identity(), tanh())), conv(2, 1)))),
        "tanh reads from end to end");
  }

  @Test
  void anEdgeThatAppearsTwiceIsCopied() {
    var graph = new Graph.Builder(TensorType.of(Shape.image(4, 4, 3)));
    int a = graph.add(conv(4, 1), graph.input());
    int b = graph.add(conv(3, 1), graph.input());
    graph.output(Graph.OUTPUT, graph.add(new Concat(), a, b, a));
    assertEquals(List.of("4: conv"), found(graph.build()));
  }

  @Test
  void theSecondConcatenationOfAnEdgeCopiesIt() {
    var graph = new Graph.Builder(TensorType.of(Shape.image(4, 4, 3)));
    int a = graph.add(conv(4, 1), graph.input());
    int b = graph.add(conv(3, 1), graph.input());
    graph.output("a", graph.add(new Concat(), a, b));
    graph.output(Graph.OUTPUT, graph.add(new Concat(), b, a));
    assertEquals(List.of("0: conv", "4: conv"), found(graph.build()));
  }

  private static Graph network(Layer layer) {
    return Network.of(Shape.image(4, 4, 4), sequential(conv(4, 1), layer)).graph();
  }

  /** The slices' first channels and the nodes that store them. */
  private static List<String> found(Graph graph) {
    var backend = CpuBackend.best();
    var slices = Slices.find(graph, backend, fusion(graph, backend), edge -> true);
    var found = new ArrayList<String>();
    for (int n = 0; n < graph.nodes().size(); n++) {
      int edge = graph.edgeOf(n);
      if (slices.whole(edge) >= 0) {
        found.add("%d: %s".formatted(slices.first(edge), graph.nodes().get(n).operation().kind()));
      }
    }
    return found;
  }
}
