package stride.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
import stride.graph.Trait;
import stride.graph.Weights;
import stride.kernel.Kernels;
import stride.kernel.scalar.ScalarKernels;
import stride.layer.Activation;
import stride.layer.PlainLayer;
import stride.layer.Rig;
import stride.network.Network;
import stride.tensor.Shape;

/**
 * What a plan saves - passes that are fused, buffers that are shared, slices and gradients in place
 * - changes no number: a plan that knows nothing of its operations, and so saves nothing but memory
 * that nobody reads any more, gives the same.
 */
final class PlansAgreeTest {
  private static final int GRAPHS = 40;

  /** Of the largest value: a fused affine step is rounded once less. */
  private static final double ROUNDING = 2e-5;

  private static final String GRADIENT = "gradient of ";

  @SuppressWarnings("unused") // read by name
  private static final List<Kernels> KERNELS = List.of(Kernels.best(), ScalarKernels.create());

  /** The CPU's steps, of which nothing is known but that a sum has no backward pass. */
  private record Unknown(Backend cpu) implements Backend {
    @Override
    public String name() {
      return "unknown";
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
      return cpu.traits(operation).contains(Trait.PASSES_GRADIENT_ON)
          ? Set.of(Trait.PASSES_GRADIENT_ON)
          : Set.of();
    }

    @Override
    public @Nullable EpiloguePart epiloguePart(
        Operation operation, boolean batchStatistics, boolean gradients) {
      return null;
    }
  }

  @ParameterizedTest
  @Tag("kernels")
  @FieldSource("KERNELS")
  void inferenceSavesNoNumber(Kernels kernels) {
    var purpose = Purpose.inference().withAllOutputs();
    int fused = 0;
    for (int seed = 0; seed < GRAPHS; seed++) {
      var graph = RandomGraph.of(seed);
      fused += fused(graph);
      for (int batch : seed % 6 == 0 ? new int[] {1, 4, 35} : new int[] {1, 3}) {
        String what = "seed %d, batch %d".formatted(seed, batch);
        var expected = run(new Unknown(new CpuBackend(kernels)), 1, graph, batch, purpose);
        for (int threads : new int[] {1, 3}) {
          assertNear(
              "%s, %d threads".formatted(what, threads),
              expected,
              run(new CpuBackend(kernels), threads, graph, batch, purpose));
        }
        assertNear(
            what + ", observed",
            expected,
            run(new CpuBackend(kernels), 1, graph, batch, purpose.observing()));
      }
    }
    assertTrue(fused > 5 * GRAPHS, "fused operations in all graphs: " + fused);
  }

  @ParameterizedTest
  @Tag("kernels")
  @FieldSource("KERNELS")
  void trainingSavesNoGradient(Kernels kernels) {
    for (int seed = 0; seed < GRAPHS; seed++) {
      var graph = RandomGraph.of(seed);
      for (boolean batchStatistics : new boolean[] {true, false}) {
        var purpose =
            Purpose.training()
                .withAllOutputs()
                .withBatchStatistics(batchStatistics)
                .withInputGradient();
        assertNear(
            "seed %d, batch statistics %s".formatted(seed, batchStatistics),
            run(new Unknown(new CpuBackend(kernels)), 1, graph, 3, purpose),
            run(new CpuBackend(kernels), 2, graph, 3, purpose));
      }
    }
  }

  private static int fused(Graph graph) {
    var fusion =
        new Fusion(graph, CpuBackend.best(), Purpose.inference(), new boolean[graph.edges()]);
    int count = 0;
    for (int n = 0; n < graph.nodes().size(); n++) {
      count += fusion.producer(n) != n ? 1 : 0;
    }
    return count;
  }

  /** All outputs, and all gradients where there are any, by what they are. */
  private static Map<String, float[][]> run(
      Backend backend, int threads, Graph graph, int batch, Purpose purpose) {
    Weights weights = Rig.randomWeights(graph, 7);
    try (var engine = Engine.with(threads, backend)) {
      var rig = new Rig(graph, weights, engine, batch, batch, purpose);
      var input = Rig.random(batch, graph.input().shape().elements(), 1, 1);
      // Other values before, whose traces would show.
      rig.forward(Rig.random(batch, graph.input().shape().elements(), 1, 2));
      var found = new LinkedHashMap<>(rig.forward(input));
      if (purpose.weightGradients()) {
        var given = new LinkedHashMap<String, float[][]>();
        for (var output : graph.outputs().entrySet()) {
          int elements = graph.type(output.getValue()).shape().elements();
          given.put(output.getKey(), Rig.random(batch, elements, 1, given.size() + 3));
        }
        rig.backward(given);
        found.put(GRADIENT + "the input", rig.inputGradient());
        for (var entry : weights.table().weights()) {
          found.put(GRADIENT + entry.name(), new float[][] {rig.gradient(entry)});
        }
      }
      return found;
    }
  }

  /** A bias's gradient before a norm is 0, of terms as large as other gradients. */
  private static void assertNear(
      String what, Map<String, float[][]> expected, Map<String, float[][]> actual) {
    assertEquals(expected.keySet(), actual.keySet(), what);
    expected.forEach(
        (name, rows) -> {
          double bound = ROUNDING * Math.max(1, largest(expected, name.startsWith(GRADIENT)));
          for (int r = 0; r < rows.length; r++) {
            for (int i = 0; i < rows[r].length; i++) {
              assertEquals(
                  rows[r][i],
                  actual.get(name)[r][i],
                  bound,
                  "%s: %s, row %d, value %d".formatted(what, name, r, i));
            }
          }
        });
  }

  private static double largest(Map<String, float[][]> values, boolean gradients) {
    return values.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(GRADIENT) == gradients)
        .flatMap(entry -> Stream.of(entry.getValue()))
        .flatMapToDouble(row -> IntStream.range(0, row.length).mapToDouble(i -> Math.abs(row[i])))
        .max()
        .orElse(0);
  }

  /** The smallest graph of the kind: the convolution stores a slice, and PReLU ran over it. */
  @Test
  void preluBehindAConvolutionIsConcatenated() {
    var graph =
        Network.of(
                Shape.image(5, 4, 3),
                branches(sequential(conv(4, 1), prelu().perChannel()), conv(2, 1)))
            .graph();
    var purpose = Purpose.inference();
    assertNear(
        "prelu",
        run(new Unknown(CpuBackend.best()), 1, graph, 2, purpose),
        run(CpuBackend.best(), 1, graph, 2, purpose));
  }

  /** A layer that has the traits of activations, but not their step. */
  private record Halved() implements PlainLayer {
    @Override
    public String kind() {
      return "halved";
    }

    @Override
    public Set<Trait> traits() {
      return Activation.TRAITS;
    }

    @Override
    public Step compile(Binding binding) {
      var x = binding.input(0);
      var y = binding.output();
      return Step.perSample(
          (from, to, worker) -> {
            for (int i = x.at(from); i < x.at(to); i++) {
              y.array()[y.at(from) + i - x.at(from)] = x.array()[i] / 2;
            }
          },
          (from, to, worker) -> {});
    }
  }

  @Test
  void anOperationThatSaysItIsFusedAndIsNotIsRefused() {
    var alone = Network.of(Shape.image(3, 3, 2), new Halved()).graph();
    var behind = Network.of(Shape.image(3, 3, 2), sequential(conv(2, 1), new Halved())).graph();
    try (var engine = Engine.withThreads(1)) {
      engine.plan(alone, Weights.empty(alone), 1, Purpose.inference()).forward(1);
      var thrown =
          assertThrows(
              IllegalArgumentException.class,
              () -> engine.plan(behind, Weights.empty(behind), 1, Purpose.inference()));
      assertEquals(
          "halved (1) can be fused by its traits or its epiloguePart, but the backend %s has a forward pass of its own for it: return a step without one where binding.fusedInput() is 0 or more, or do not name Trait.ELEMENTWISE or a part"
              .formatted(engine.backend().name()),
          thrown.getMessage());
    }
  }
}
