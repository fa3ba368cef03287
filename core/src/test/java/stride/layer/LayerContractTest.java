package stride.layer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.engine.Engine;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.graph.Operation;
import stride.image.Preprocessing;
import stride.network.Model;
import stride.tensor.Tensor;

/** What every layer does, whatever it computes. */
final class LayerContractTest {
  @TempDir Path folder;

  static List<LayerCases> cases() {
    return LayerCases.all();
  }

  @Test
  void everyLayerOfStrideIsUnderContract() {
    var classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("stride.layer");
    Set<String> made =
        classes.stream()
            .filter(c -> c.isAssignableTo(Layer.class) || c.isAssignableTo(Operation.class))
            .filter(c -> !c.isInterface())
            .map(JavaClass::getSimpleName)
            .collect(Collectors.toCollection(TreeSet::new));
    assertTrue(made.size() >= 20, "found only " + made);
    var tested = new TreeSet<String>();
    for (var layer : cases()) {
      collect(layer.layer(), tested);
      layer
          .network()
          .graph()
          .nodes()
          .forEach(node -> tested.add(node.operation().getClass().getSimpleName()));
    }
    assertEquals(made, tested, "the layers of stride.layer and those that LayerCases has");
  }

  private static void collect(Layer layer, Set<String> into) {
    into.add(layer.getClass().getSimpleName());
    for (RecordComponent component : layer.getClass().getRecordComponents()) {
      Object value;
      try {
        value = component.getAccessor().invoke(layer);
      } catch (ReflectiveOperationException e) {
        throw new AssertionError(e);
      }
      if (value instanceof Layer inner) {
        collect(inner, into);
      } else if (value instanceof Collection<?> several) {
        several.stream()
            .filter(Layer.class::isInstance)
            .forEach(inner -> collect((Layer) inner, into));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theInferredShapeIsTheShapeOfItsDefinition(LayerCases layer) {
    var network = layer.network();
    var reference =
        new DoubleNetwork(network.graph(), Rig.randomWeights(network.graph(), 1), false);
    reference
        .outputs(new double[2][network.input().elements()])
        .forEach(
            (name, values) ->
                assertArrayEquals(
                    values.shape(),
                    network.graph().type(network.graph().output(name)).shape().sizes(),
                    name));
    for (var row : network.summary()) {
      assertFalse(row.kind().isBlank(), row.name());
      assertTrue(row.multiplyAdds() >= 0, row.name());
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aSavedModelIsTheSameNetworkWithTheSameBits(LayerCases layer) throws IOException {
    var model = model(layer);
    Path file = folder.resolve("model.safetensors");
    model.save(file);
    var loaded = Model.load(file);
    assertEquals(model.network(), loaded.network());
    assertArrayEquals(model.weights().values(), loaded.weights().values());
    assertArrayEquals(model.weights().statistics(), loaded.weights().statistics());
    var input = input(layer, 1);
    assertEquals(model.logits(input), loaded.logits(input));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void noWeightAndNoInputIsWithoutGradient(LayerCases layer) {
    var graph = layer.network().graph();
    var weights = Rig.randomWeights(graph, 1);
    var purpose =
        Purpose.inference().withAllOutputs().withWeightGradients(true).withInputGradient();
    var rig = new Rig(graph, weights, Engine.shared(), 4, 4, purpose);
    rig.forward(Rig.random(4, graph.input().shape().elements(), layer.scale(), 2));
    rig.backward(rig.randomOutputGradients(3));
    for (var entry : weights.table().weights()) {
      assertNotZero(rig.gradient(entry), entry.name());
    }
    for (float[] gradient : rig.inputGradient()) {
      assertNotZero(gradient, "input");
    }
  }

  private static void assertNotZero(float[] gradient, String what) {
    double size = 0;
    for (float value : gradient) {
      assertTrue(Float.isFinite(value), what);
      size += Math.abs(value);
    }
    assertTrue(size > 1e-6, "the gradient of " + what + " is zero");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void plansOfOneModelOnTwoThreadsGiveTheSameBits(LayerCases layer) throws Exception {
    var model = model(layer);
    var inputs = new ArrayList<Tensor>();
    for (int i = 0; i < 6; i++) {
      inputs.add(input(layer, i));
    }
    var expected = model(layer).logits(inputs, Engine.shared());
    var start = new CountDownLatch(2);
    try (var threads = Executors.newFixedThreadPool(2)) {
      var runs = new ArrayList<java.util.concurrent.Future<List<Tensor>>>();
      for (int t = 0; t < 2; t++) {
        runs.add(
            threads.submit(
                () -> {
                  try (var engine = Engine.withThreads(1)) {
                    start.countDown();
                    start.await();
                    return model.logits(inputs, engine);
                  }
                }));
      }
      for (var run : runs) {
        assertEquals(expected, run.get());
      }
    }
  }

  @Test
  void everyKindAndDetailReadsAsInPapers() {
    var seen = new HashSet<String>();
    for (var layer : cases()) {
      for (var node : layer.network().graph().nodes()) {
        seen.add((node.operation().kind() + " " + node.operation().details()).strip());
      }
    }
    for (String expected :
        List.of(
            "conv 3x3 / 1, pad 0x0",
            "conv 3x3 / 2, pad 1x1",
            "conv 3x3 / 2x3, pad 1x1",
            "conv 4x4 / 1, same",
            "conv 3x3 / 1, pad 2x2, dilation 2x2",
            "conv 3x3 / 1, pad 1x1, groups 2",
            "conv 1x3 / 1x2, pad 0x1",
            "convtranspose 3x3 / 1, pad 0x0",
            "convtranspose 3x3 / 2, pad 1x1, output pad 1x1",
            "convtranspose 2x3 / 3x2, pad 0x1, output pad 2x1",
            "convtranspose 3x3 / 1, pad 2x2, output pad 2x2, dilation 3x3",
            "convtranspose 3x3 / 2, pad 1x1, groups 2",
            "maxpool 2x2 / 2",
            "maxpool 3x3 / 2, pad 1x1",
            "maxpool 3x3 / 2, ceil",
            "avgpool 3x3 / 2, pad 1x1, ceil",
            "maxpool 2x3 / 2x3",
            "avgpool 4x3 / 2x1, pad 2x1",
            "globalavgpool",
            "pad zeros, left 1, right 0, top 2, bottom 3",
            "pad reflection, left 2, right 2, top 2, bottom 2",
            "pad replication, left 1, right 5, top 0, bottom 2",
            "crop 3x2 from row 1, column 2",
            "slice channels 2 to 6",
            "reshape to 3x2x6",
            "upsample x2.0, nearest",
            "upsample to 8x5, bilinear",
            "upsample x3.0, bilinear, aligned corners",
            "upsample to 8x5, bilinear, asymmetric",
            "spacetodepth 3x3 by rows",
            "spacetodepth 2x2 by columns",
            "pixelconcat",
            "rearrange to 24",
            "fixedaffine",
            "multiply",
            "subtract",
            "adaptiveavgpool to 3x2",
            "subsample 1x1 / 2",
            "dense",
            "flatten",
            "tanh",
            "relu",
            "relu6",
            "sigmoid",
            "hardsigmoid",
            "hardswish",
            "silu",
            "leakyrelu slope 0.2",
            "prelu",
            "elu alpha 1.3",
            "exp",
            "gelu",
            "gelu by tanh",
            "mish",
            "softplus beta 2.0",
            "scale",
            "split part 2 of 3",
            "shuffle groups 3",
            "stochasticdepth p=0.3",
            "softmax",
            "dropout p=0.5",
            "batchnorm",
            "instancenorm",
            "groupnorm groups 2",
            "layernorm",
            "layernorm per pixel",
            "lrn size 5",
            "add",
            "concat")) {
      assertTrue(seen.contains(expected), () -> "\"" + expected + "\" is not among " + seen);
    }
  }

  private static Model model(LayerCases layer) {
    var network = layer.network();
    return new Model(
        network,
        Rig.randomWeights(network.graph(), 5),
        List.of(),
        Preprocessing.none(network.input()));
  }

  private static Tensor input(LayerCases layer, long seed) {
    var shape = layer.network().input();
    return new Tensor(shape, Rig.random(1, shape.elements(), layer.scale(), seed)[0]);
  }

  /** Taps are outputs too, and are kept by a model file under their names. */
  @Test
  void tapsAreNamedOutputs() {
    var tapped = cases().stream().filter(c -> c.name().equals("a tap in the middle")).findFirst();
    var outputs = tapped.orElseThrow().network().graph().outputs();
    assertEquals(Set.of("features", Graph.OUTPUT), outputs.keySet());
  }

  @Test
  void whatIsAsideIsAnOutputAndChangesNoOther() {
    var head = cases().stream().filter(c -> c.name().equals("a head aside")).findFirst();
    var graph = head.orElseThrow().network().graph();
    assertEquals(Set.of("aux", Graph.OUTPUT), graph.outputs().keySet());
    assertEquals("4", graph.type(graph.output("aux")).shape().toString());
    assertEquals("2x1x2", graph.type(graph.output(Graph.OUTPUT)).shape().toString());
  }
}
