package stride.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
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
import stride.layer.Layer;
import stride.layer.Rig;
import stride.network.Network;
import stride.tensor.Shape;

/** Activations on the store of what is before them give what they give by themselves. */
final class FusedActivationTest {
  @SuppressWarnings("unused") // read by name
  private static final List<Kernels> KERNELS = List.of(Kernels.best(), ScalarKernels.create());

  private static final List<Layer> ACTIVATIONS =
      List.of(
          silu(),
          hardSwish(),
          hardSigmoid(),
          sigmoid(),
          tanh(),
          leakyRelu(0.1f),
          elu(),
          gelu(),
          mish(),
          softplus());

  /** A network of each kind of store, on maps whose sizes are no multiples of tiles. */
  private static List<Layer> stores(Layer activation) {
    return List.of(
        sequential(conv(19, 1), activation, conv(3, 1)),
        sequential(conv(37, 3).padding(1).stride(2), batchNorm(), activation, conv(3, 1)),
        sequential(conv(18, 1), conv(18, 3).padding(1), batchNorm(), activation, conv(3, 1)),
        sequential(conv(18, 1), conv(18, 3).padding(1).groups(18), activation, conv(3, 1)),
        sequential(
            conv(40, 1), batchNorm(), residual(sequential(conv(40, 1), batchNorm())), activation),
        sequential(conv(16, 1), batchNorm(), activation, batchNorm(), activation, conv(5, 3)),
        sequential(flatten(), dense(70), activation, dense(5)));
  }

  /** The CPU's steps, none of which is known to be an element-wise function. */
  private record Apart(Backend cpu) implements Backend {
    @Override
    public String name() {
      return "apart";
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
      traits.remove(Trait.ELEMENTWISE);
      return traits;
    }

    @Override
    public @Nullable EpiloguePart epiloguePart(
        Operation operation, boolean batchStatistics, boolean gradients) {
      var part = cpu.epiloguePart(operation, batchStatistics, gradients);
      return part == EpiloguePart.ACTIVATION ? null : part;
    }
  }

  @ParameterizedTest
  @Tag("kernels")
  @FieldSource("KERNELS")
  void valuesAndGradientsAreThoseOfTheActivationByItself(Kernels kernels) {
    int fused = 0;
    for (var activation : ACTIVATIONS) {
      for (var layers : stores(activation)) {
        var graph = Network.of(Shape.image(9, 7, 5), layers).graph();
        var weights = Rig.randomWeights(graph, 5);
        fused += fused(graph);
        for (var purpose :
            List.of(
                Purpose.inference(),
                Purpose.training().withInputGradient(),
                Purpose.training().withBatchStatistics(false).withInputGradient())) {
          var expected = run(new Apart(new CpuBackend(kernels)), graph, weights, purpose);
          var actual = run(new CpuBackend(kernels), graph, weights, purpose);
          assertNear(layers + ", " + purpose, expected, actual);
        }
      }
    }
    assertTrue(fused >= 6 * ACTIVATIONS.size(), "fused activations: " + fused);
  }

  private static int fused(Graph graph) {
    var fusion =
        new Fusion(graph, CpuBackend.best(), Purpose.inference(), new boolean[graph.edges()]);
    int count = 0;
    for (int n = 0; n < graph.nodes().size(); n++) {
      var traits = graph.nodes().get(n).operation().traits();
      count += traits.contains(Trait.ELEMENTWISE) && fusion.producer(n) != n ? 1 : 0;
    }
    return count;
  }

  /** The outputs and all gradients of three samples. */
  private static List<Float> run(Backend backend, Graph graph, Weights weights, Purpose purpose) {
    var all = new ArrayList<Float>();
    try (var engine = Engine.with(2, backend)) {
      var plan = engine.plan(graph, weights.copy(), 3, purpose);
      fill(plan.input(), 1);
      plan.forward(3);
      add(plan.output(Graph.OUTPUT), all);
      if (purpose.weightGradients()) {
        fill(plan.outputGradient(Graph.OUTPUT), 2);
        plan.backward(3);
        add(plan.inputGradient(), all);
        for (float gradient : plan.gradients()) {
          all.add(gradient);
        }
      }
    }
    return all;
  }

  private static void fill(stride.compute.Buffer buffer, int seed) {
    var values = Rig.random(3, buffer.stride(), 1, seed);
    for (int s = 0; s < 3; s++) {
      buffer.write(s, values[s]);
    }
  }

  private static void add(stride.compute.Buffer buffer, List<Float> all) {
    for (int s = 0; s < 3; s++) {
      for (float value : buffer.read(s)) {
        all.add(value);
      }
    }
  }

  /** The sums that lead to the values are the same; an affine step may be rounded once more. */
  private static void assertNear(String what, List<Float> expected, List<Float> actual) {
    assertEquals(expected.size(), actual.size(), what);
    double largest = expected.stream().mapToDouble(Math::abs).max().orElse(0);
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(
          expected.get(i), actual.get(i), 2e-6 * Math.max(1, largest), what + ", value " + i);
    }
  }
}
