package stride.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static stride.layer.Layers.*;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.engine.Engine;
import stride.engine.Plan;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.graph.Weights;
import stride.network.Network;
import stride.tensor.Shape;

/** Networks of several inputs, and layers that have the same weights at several places. */
final class SeveralInputsTest {
  private static final double H = 1e-5;
  private static final double TOLERANCE = 2e-3;

  /** A picture and five numbers, joined. */
  private static Network pictureAndTable() {
    return Network.of(
        Map.of("picture", Shape.image(6, 6, 2), "table", Shape.of(5)),
        sequential(
            branches(
                sequential(
                    input("picture"), named("conv", conv(3, 3)), relu(), flatten(), dense(4)),
                sequential(input("table"), named("fc", dense(4)))),
            tanh(),
            dense(2)));
  }

  private static Layer tower() {
    return sequential(
        named("conv", conv(3, 3).padding(1)),
        named("norm", batchNorm()),
        relu(),
        maxPool(2),
        flatten(),
        named("fc", dense(4)),
        tanh());
  }

  /** One tower reads two pictures. */
  private static Network twins() {
    return Network.of(
        Map.of("left", Shape.image(6, 6, 2), "right", Shape.image(6, 6, 2)),
        sequential(
            branches(
                tap("embedding", sequential(input("left"), shared("tower", tower()))),
                tap("other", sequential(input("right"), shared("tower", tower())))),
            dense(2)));
  }

  /** One layer three times, one after another, and once on an input. */
  private static Network recurrent() {
    var step = shared("step", dense(4));
    return Network.of(
        Map.of("a", Shape.of(4), "b", Shape.of(4)),
        branches(
            sequential(input("a"), step, tanh(), step, tanh(), step),
            sequential(input("b"), step)));
  }

  static Stream<Named<Network>> networks() {
    return Stream.of(
        Named.of("picture and table", pictureAndTable()),
        Named.of("twins", twins()),
        Named.of("recurrent", recurrent()));
  }

  private static Map<String, float[][]> inputs(Network network, int samples) {
    var inputs = new LinkedHashMap<String, float[][]>();
    network
        .inputs()
        .forEach(
            (name, shape) ->
                inputs.put(name, Rig.random(samples, shape.elements(), 1, 5 + name.hashCode())));
    return inputs;
  }

  private static void write(Plan plan, Map<String, float[][]> inputs) {
    inputs.forEach(
        (name, rows) -> {
          for (int n = 0; n < rows.length; n++) {
            plan.input(name).write(n, rows[n]);
          }
        });
  }

  private static Purpose allGradients(Network network) {
    return Purpose.training().withInputGradients(network.inputs().keySet());
  }

  @ParameterizedTest
  @MethodSource("networks")
  void valuesAndGradientsAreThoseOfTheDefinition(Network network) {
    new Check(network).run();
  }

  private static final class Check {
    private static final int SAMPLES = 5;
    private final Map<String, double[][]> x = new LinkedHashMap<>();
    private final DoubleNetwork reference;
    private final Rig rig;
    private final Map<String, float[][]> u;

    Check(Network network) {
      var graph = network.graph();
      var weights = Rig.randomWeights(graph, 3);
      reference = new DoubleNetwork(graph, weights, true);
      rig = new Rig(graph, weights, Engine.shared(), SAMPLES, 6, allGradients(network));
      u = rig.randomOutputGradients(4);
      var inputs = inputs(network, SAMPLES);
      inputs.forEach(
          (name, rows) ->
              x.put(
                  name,
                  Arrays.stream(rows)
                      .map(row -> Stream.of(row).flatMapToDouble(Check::doubles).toArray())
                      .toArray(double[][]::new)));
      write(rig.plan(), inputs);
    }

    private static java.util.stream.DoubleStream doubles(float[] row) {
      return java.util.stream.IntStream.range(0, row.length).mapToDouble(i -> row[i]);
    }

    void run() {
      rig.plan().forward(SAMPLES);
      reference
          .outputs(x)
          .forEach(
              (name, values) -> {
                for (int n = 0; n < SAMPLES; n++) {
                  float[] found = rig.plan().output(name).read(n);
                  for (int i = 0; i < found.length; i++) {
                    assertEquals(values.samples()[n][i], found[i], 1e-4, name);
                  }
                }
              });
      rig.backward(u);
      x.forEach((name, rows) -> check(name, rows[1], rig.plan().inputGradient(name).read(1)));
      for (var entry : rig.weights().table().weights()) {
        check(entry.name(), reference.weights().get(entry.name()), rig.gradient(entry));
      }
    }

    private void check(String what, double[] tensor, float[] gradient) {
      assertEquals(tensor.length, gradient.length, what);
      double scale = 1e-3;
      for (float value : gradient) {
        scale = Math.max(scale, Math.abs(value));
      }
      for (int i : new SplittableRandom(7).ints(6, 0, tensor.length).toArray()) {
        double before = tensor[i];
        tensor[i] = before + H;
        double above = loss();
        tensor[i] = before - H;
        double below = loss();
        tensor[i] = before;
        assertEquals((above - below) / (2 * H), gradient[i], TOLERANCE * scale, what + " at " + i);
      }
    }

    private double loss() {
      double loss = 0;
      for (var output : reference.outputs(x).entrySet()) {
        var rows = u.get(output.getKey());
        for (int n = 0; n < SAMPLES; n++) {
          for (int i = 0; i < rows[n].length; i++) {
            loss += rows[n][i] * output.getValue().samples()[n][i];
          }
        }
      }
      return loss;
    }
  }

  /** Gradients of shared weights are added in a fixed order. */
  @ParameterizedTest
  @MethodSource("networks")
  void anyNumberOfThreadsGivesTheSameBits(Network network) {
    float[] one = gradients(network, 1);
    for (int run = 0; run < 5; run++) {
      assertArrayEquals(one, gradients(network, 3));
    }
  }

  private static float[] gradients(Network network, int threads) {
    try (var engine = Engine.withThreads(threads)) {
      var weights = Rig.randomWeights(network.graph(), 3);
      var rig = new Rig(network.graph(), weights, engine, 40, 40, allGradients(network));
      write(rig.plan(), inputs(network, 40));
      rig.plan().forward(40);
      rig.backward(rig.randomOutputGradients(4));
      return rig.plan().gradients().clone();
    }
  }

  @Test
  void sharedLayersHaveOneSetOfWeights() {
    var weights = Weights.initialized(twins().graph(), 1);
    assertEquals(
        List.of(
            "tower.conv.weight",
            "tower.conv.bias",
            "tower.norm.weight",
            "tower.norm.bias",
            "tower.fc.weight",
            "tower.fc.bias",
            "1.weight",
            "1.bias"),
        weights.table().weights().stream().map(entry -> entry.name()).toList());
    assertEquals(3, weights.table().statistics().size());
    var two = (3 * 2 * 9 + 3) + 6 + (27 * 4 + 4) + (8 * 2 + 2);
    assertEquals(two, twins().parameters());
    assertEquals(
        two,
        twins().summary().stream()
            .flatMap(row -> row.parameters().stream())
            .mapToInt(count -> count)
            .sum());
  }

  /** The second place of a shared layer, by itself, has the same weights. */
  @Test
  void aPartHasTheInputsAndWeightsThatItNeeds() {
    var whole = twins().graph();
    var weights = Rig.randomWeights(whole, 3);
    var left = whole.only("embedding");
    var right = whole.only("other");
    assertEquals(List.of("left"), left.inputs().stream().map(Graph.Input::name).toList());
    assertEquals(List.of("right"), right.inputs().stream().map(Graph.Input::name).toList());
    assertEquals("tower(2).conv", right.nodes().getFirst().name());
    var purpose = Purpose.inference().withAllOutputs();
    float[][] x = Rig.random(2, 72, 1, 4);
    var engine = Engine.shared();
    assertArrayEquals(
        new Rig(left, weights.part(left), engine, 2, 2, purpose).forward(x).get("embedding"),
        new Rig(right, weights.part(right), engine, 2, 2, purpose).forward(x).get("other"));
  }

  @Test
  void gradientsOfSomeInputsAreWanted() {
    var network = pictureAndTable();
    var weights = Rig.randomWeights(network.graph(), 3);
    var all = plan(network, weights, allGradients(network));
    var table = plan(network, weights, Purpose.training().withInputGradients(Set.of("table")));
    assertArrayEquals(all.inputGradient("table").read(1), table.inputGradient("table").read(1));
    assertEquals(0, table.inputGradient("picture").array().length);
    var frozen =
        plan(
            network,
            weights,
            Purpose.training().freezing(Set.of("conv")).withInputGradients(Set.of("table")));
    float[] conv = new float[3];
    var bias = weights.table().weight("conv.bias");
    System.arraycopy(frozen.gradients(), bias.offset(), conv, 0, 3);
    assertArrayEquals(new float[3], conv);
  }

  /** A name freezes a shared layer wherever it stands. */
  @Test
  void aSharedLayerIsFrozenAsAWhole() {
    var network = recurrent();
    var weights = Rig.randomWeights(network.graph(), 3);
    var plan =
        plan(
            network,
            weights,
            Purpose.training().freezing(Set.of("step")).withInputGradients(Set.of("a")));
    assertArrayEquals(new float[plan.gradients().length], plan.gradients());
  }

  private static Plan plan(Network network, Weights weights, Purpose purpose) {
    var rig = new Rig(network.graph(), weights, Engine.shared(), 2, 2, purpose);
    write(rig.plan(), inputs(network, 2));
    rig.plan().forward(2);
    rig.backward(rig.randomOutputGradients(4));
    return rig.plan();
  }

  @Test
  void whatDoesNotFitIsSaid() {
    var shapes = Map.of("a", Shape.of(4), "b", Shape.of(3));
    assertMessage(
        "0 reads no input: a network of several inputs says which one a layer reads, with"
            + " input(\"a\") before it",
        () -> Network.of(shapes, dense(2)));
    assertMessage(
        "no input is named c; there are a, b",
        () -> Network.of(shapes, sequential(input("c"), dense(2))));
    var network =
        Network.of(
            shapes, branches(sequential(input("a"), dense(2)), sequential(input("b"), dense(2))));
    assertMessage(
        "the network has 2 inputs: a, b; ask for one of them by its name", () -> network.input());
    var plan =
        Engine.shared()
            .plan(network.graph(), Weights.empty(network.graph()), 1, Purpose.inference());
    assertMessage(
        "the network has 2 inputs: a, b; ask for one of them by its name", () -> plan.input());
    assertMessage("no input is named c; there are a, b", () -> plan.input("c"));
    assertMessage(
        "fc and fc(2) share the weights fc, and are not the same layer on inputs of the same kind:"
            + " Dense[units=2, bias=true, initializer=%1$s, biasInitializer=null] of [4],"
                .formatted(DEFAULT_INITIALIZER)
            + " Dense[units=2, bias=true, initializer=%1$s, biasInitializer=null] of [3]"
                .formatted(DEFAULT_INITIALIZER),
        () ->
            Network.of(
                shapes,
                branches(
                    sequential(input("a"), shared("fc", dense(2))),
                    sequential(input("b"), shared("fc", dense(2))))));
  }

  private static void assertMessage(String expected, Executable wrong) {
    var thrown = assertThrows(IllegalArgumentException.class, wrong);
    assertEquals(expected, thrown.getMessage());
  }
}
