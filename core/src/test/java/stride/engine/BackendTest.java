package stride.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import stride.compute.Backend;
import stride.compute.Binding;
import stride.compute.CpuBackend;
import stride.compute.Step;
import stride.graph.EpiloguePart;
import stride.graph.Graph;
import stride.graph.Operation;
import stride.graph.TensorType;
import stride.graph.Trait;
import stride.kernel.Kernels;
import stride.layer.Layer;
import stride.layer.Rig;
import stride.layer.activation.Relu;
import stride.layer.convolution.Dense;
import stride.network.Network;
import stride.tensor.Shape;

/** Another backend runs a graph, and no layer knows of it. */
final class BackendTest {
  private static final Graph GRAPH =
      Network.of(
              Shape.image(6, 6, 2),
              sequential(
                  conv(4, 3).padding(1), relu(), flatten(), dense(5), relu6(), tap("a", dense(3))))
          .graph();

  /**
   * Dense layers and ReLUs in double precision, as loops of its own; the CPU's steps for others.
   */
  private record Doubles(Backend cpu, AtomicInteger steps) implements Backend {
    @Override
    public String name() {
      return "doubles";
    }

    @Override
    public Kernels kernels() {
      return cpu.kernels();
    }

    private static boolean isOwn(Operation operation) {
      return operation instanceof Dense || operation instanceof Relu;
    }

    @Override
    public Set<Trait> traits(Operation operation) {
      return isOwn(operation) ? Set.of() : cpu.traits(operation);
    }

    @Override
    public @Nullable EpiloguePart epiloguePart(
        Operation operation, boolean batchStatistics, boolean gradients) {
      return isOwn(operation) ? null : cpu.epiloguePart(operation, batchStatistics, gradients);
    }

    @Override
    public Step compile(Operation operation, Binding binding) {
      return switch (operation) {
        case Dense _ -> dense(binding);
        case Relu relu -> relu(relu, binding);
        default -> cpu.compile(operation, binding);
      };
    }

    private Step relu(Relu relu, Binding binding) {
      steps.incrementAndGet();
      return Step.perSample(
          (from, to, worker) -> {
            for (int s = from; s < to; s++) {
              var y = binding.input(0).read(s);
              for (int i = 0; i < y.length; i++) {
                y[i] = Math.min(Math.max(y[i], 0), relu.ceiling());
              }
              binding.output().write(s, y);
            }
          },
          (from, to, worker) -> {
            for (int s = from; s < to; s++) {
              var x = binding.input(0).read(s);
              var dx = binding.outputGradient().read(s);
              for (int i = 0; i < x.length; i++) {
                dx[i] = x[i] > 0 && x[i] < relu.ceiling() ? dx[i] : 0;
              }
              binding.inputGradient(0).write(s, dx);
            }
          });
    }

    /** Weights lie as (in, out). */
    private Step dense(Binding binding) {
      steps.incrementAndGet();
      float[] w = binding.weight(0).read(0);
      float[] b = binding.weight(1).read(0);
      Step.Samples forward =
          new Step.Samples(
              (from, to, worker) -> {
                for (int s = from; s < to; s++) {
                  var x = binding.input(0).read(s);
                  var y = new float[b.length];
                  for (int o = 0; o < y.length; o++) {
                    double sum = b[o];
                    for (int i = 0; i < x.length; i++) {
                      sum += (double) w[i * y.length + o] * x[i];
                    }
                    y[o] = (float) sum;
                  }
                  binding.output().write(s, y);
                }
              });
      return new Step(
          List.of(forward),
          List.of(Step.once((task, samples, worker) -> backward(binding, w, samples))),
          List.of());
    }

    private static void backward(Binding binding, float[] w, int samples) {
      for (int s = 0; s < samples; s++) {
        var x = binding.input(0).read(s);
        var dy = binding.outputGradient().read(s);
        var dx = new float[x.length];
        for (int i = 0; i < x.length; i++) {
          double sum = 0;
          for (int o = 0; o < dy.length; o++) {
            sum += (double) w[i * dy.length + o] * dy[o];
            add(binding, 0, i * dy.length + o, x[i] * dy[o]);
          }
          dx[i] = (float) sum;
        }
        for (int o = 0; o < dy.length; o++) {
          add(binding, 1, o, dy[o]);
        }
        binding.inputGradient(0).write(s, dx);
      }
    }

    private static void add(Binding binding, int parameter, int i, float value) {
      var gradient = binding.weightGradient(parameter);
      gradient.array()[gradient.offset() + i] += value;
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aGraphRunsOnABackendThatHasItsOwnStepsForTwoLayers(boolean vectors) {
    var weights = Rig.randomWeights(GRAPH, 1);
    var purpose =
        Purpose.inference().withAllOutputs().withWeightGradients(true).withInputGradient();
    var own = new Doubles(vectors ? CpuBackend.best() : CpuBackend.scalar(), new AtomicInteger());
    try (var engine = Engine.with(2, own);
        var usual = Engine.with(2, own.cpu())) {
      var rig = new Rig(GRAPH, weights, engine, 3, 4, purpose);
      var expected = new Rig(GRAPH, weights, usual, 3, 4, purpose);
      assertEquals(4, own.steps().get());
      var x = Rig.random(3, 72, 1, 2);
      var values = rig.forward(x);
      expected.forward(x).forEach((name, rows) -> close(rows, values.get(name), name));
      var gradients = rig.randomOutputGradients(3);
      rig.backward(gradients);
      expected.backward(gradients);
      close(expected.inputGradient(), rig.inputGradient(), "input");
      for (var entry : weights.table().weights()) {
        close(
            new float[][] {expected.gradient(entry)},
            new float[][] {rig.gradient(entry)},
            entry.name());
      }
    }
  }

  private static void close(float[][] expected, float[][] found, String name) {
    for (int i = 0; i < expected.length; i++) {
      assertArrayEquals(expected[i], found[i], 1e-5f, name);
    }
  }

  /** y = 2 x, described and no more. */
  private record Doubled() implements Operation, Layer {
    @Override
    public String kind() {
      return "doubled";
    }

    @Override
    public TensorType infer(List<TensorType> inputs) {
      requireInputs(inputs, 1);
      return inputs.getFirst();
    }

    @Override
    public int lower(Graph.Builder graph, int input) {
      return graph.add(this, input);
    }

    static Step compile(Binding binding) {
      return Step.perSample(
          (from, to, worker) -> {
            for (int s = from; s < to; s++) {
              var y = binding.input(0).read(s);
              for (int i = 0; i < y.length; i++) {
                y[i] *= 2;
              }
              binding.output().write(s, y);
            }
          },
          (from, to, worker) -> {});
    }
  }

  @Test
  void anOperationWithoutAStepIsLookedUpInTheBackendOrRefused() {
    var graph = Network.of(Shape.of(3), sequential(new Doubled(), relu())).graph();
    var weights = Rig.randomWeights(graph, 1);
    var scalar = CpuBackend.scalar();
    try (var engine = Engine.with(1, scalar);
        var other =
            Engine.with(
                1, scalar.with(Doubled.class, (operation, binding) -> Doubled.compile(binding)))) {
      var e =
          assertThrows(
              IllegalArgumentException.class,
              () -> engine.plan(graph, weights, 1, Purpose.inference().withAllOutputs()));
      assertTrue(
          e.getMessage().startsWith("doubled (") && e.getMessage().contains("CPU (scalar)"),
          e.getMessage());
      var rig = new Rig(graph, weights, other, 1, 1, Purpose.inference().withAllOutputs());
      assertArrayEquals(
          new float[] {2, 0, 6}, rig.forward(new float[][] {{1, -2, 3}}).get(Graph.OUTPUT)[0]);
      assertEquals(Map.of(), scalar.compilers());
    }
  }
}
