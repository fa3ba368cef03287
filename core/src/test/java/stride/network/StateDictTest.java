package stride.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.batchNorm;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.dense;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.globalAvgPool;
import static stride.layer.Layers.named;
import static stride.layer.Layers.relu;
import static stride.layer.Layers.residual;
import static stride.layer.Layers.sequential;
import static stride.layer.Layers.tap;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import stride.format.FormatException;
import stride.format.SafetensorsWriter;
import stride.graph.WeightTable;
import stride.layer.Layer;
import stride.tensor.Shape;

class StateDictTest {
  @TempDir Path folder;

  private static Network network(int classes) {
    return of(
        named("conv1", conv(4, 3)),
        named("bn1", batchNorm()),
        relu(),
        flatten(),
        named("fc", dense(classes)));
  }

  private static Network of(Layer... layers) {
    return Network.of(Shape.image(5, 5, 2), sequential(layers));
  }

  /** A model whose statistics, too, are like no other's. */
  private static Model model(Network network, long seed) {
    var model = Model.initialized(network, seed);
    var statistics = model.weights().statistics();
    for (var entry : model.weights().table().statistics()) {
      for (int i = 0; i < numbers(entry); i++) {
        statistics[entry.offset() + i] = seed * 10 + i + 1;
      }
    }
    return model;
  }

  /** How many numbers a file holds; a counter of few batches is in its first float. */
  private static int numbers(WeightTable.StatisticEntry entry) {
    return entry.statistic().counter() ? 1 : entry.statistic().length();
  }

  /** All tensors of a model by name: shape and values. */
  private static Map<String, float[]> tensors(Model model) {
    var weights = model.weights();
    var tensors = new LinkedHashMap<String, float[]>();
    for (var entry : weights.table().weights()) {
      tensors.put(entry.name(), weights.read(entry));
    }
    for (var entry : weights.table().statistics()) {
      int from = entry.offset();
      tensors.put(
          entry.name(), Arrays.copyOfRange(weights.statistics(), from, from + numbers(entry)));
    }
    return tensors;
  }

  /** How a test's file names a tensor of the network; null leaves it out. */
  @FunctionalInterface
  private interface Renaming {
    String apply(String name);
  }

  private SafetensorsWriter writer(Model model, Renaming renaming) {
    var writer = new SafetensorsWriter();
    var weights = model.weights();
    for (var entry : weights.table().weights()) {
      String name = renaming.apply(entry.name());
      if (name != null) {
        writer.floats(name, entry.parameter().shape(), weights.read(entry));
      }
    }
    for (var entry : weights.table().statistics()) {
      String name = renaming.apply(entry.name());
      if (name != null) {
        var shape = entry.statistic().counter() ? Shape.of() : Shape.of(entry.statistic().length());
        writer.floats(name, shape, weights.statistics(), entry.offset());
      }
    }
    return writer;
  }

  private Path written(SafetensorsWriter writer) throws IOException {
    Path file = folder.resolve("weights");
    writer.write(file);
    return file;
  }

  private static void assertSame(Model expected, Model found) {
    var tensors = tensors(found);
    tensors(expected).forEach((name, values) -> assertArrayEquals(values, tensors.get(name), name));
  }

  private String refused(Network network, SafetensorsWriter writer) throws IOException {
    Path file = written(writer);
    var e = assertThrows(FormatException.class, () -> Model.of(network, file));
    assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
    return e.getMessage().substring(file.toString().length() + 2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "state_dict.",
        "model.",
        "params.",
        "module.",
        "state_dict.module.",
        "net._orig_mod.",
        "state_dict.model.module."
      })
  void wrappersOfStateDictsAreSeenThrough(String wrapper) throws IOException {
    var model = model(network(3), 1);
    assertSame(model, Model.of(network(3), written(writer(model, name -> wrapper + name))));
  }

  @Test
  void dataParallelPartsAreSeenThroughInTheMiddleOfNames() throws IOException {
    var network = of(named("features", sequential(conv(2, 3), batchNorm())), flatten(), dense(2));
    var model = model(network, 1);
    var file = written(writer(model, name -> name.replace("features.", "features.module.")));
    assertSame(model, Model.of(network, file));
  }

  @Test
  void aNetworksOwnNamesAreNoWrappers() throws IOException {
    var network = of(named("model", sequential(named("module", conv(2, 3)), conv(2, 1))));
    var model = model(network, 1);
    assertSame(model, Model.of(network, written(writer(model, name -> name))));
    assertSame(model, Model.of(network, written(writer(model, name -> "module." + name))));
  }

  @Test
  void theModelItselfIsTakenBeforeItsAverageAndTheOptimizersStateIsLeft() throws IOException {
    var model = model(network(3), 1);
    var writer = writer(model(network(3), 2), name -> "model_ema." + name);
    for (var entry : model.weights().table().weights()) {
      writer.floats(
          "model." + entry.name(), entry.parameter().shape(), model.weights().read(entry));
      writer.floats("optimizer.state." + entry.name(), Shape.of(1), new float[1]);
    }
    for (var entry : model.weights().table().statistics()) {
      writer.floats(
          "model." + entry.name(),
          Shape.of(numbers(entry)),
          model.weights().statistics(),
          entry.offset());
    }
    assertSame(model, Model.of(network(3), written(writer)));
  }

  @Test
  void oldDenseNetNamesAreReadAsTodays() throws IOException {
    var layer =
        named(
            "denselayer1",
            sequential(
                named("norm1", batchNorm()),
                relu(),
                named("conv1", conv(4, 1).noBias()),
                named("norm2", batchNorm()),
                relu(),
                named("conv2", conv(2, 3).padding(1).noBias())));
    var network = of(named("features", sequential(named("denseblock1", layer))));
    var model = model(network, 1);
    Renaming old = name -> name.replaceAll("(norm|conv)([12])\\.", "$1.$2.");
    assertTrue(old.apply("denselayer1.norm1.weight").contains("norm.1.weight"));
    assertSame(model, Model.of(network, written(writer(model, old))));
    assertSame(model, Model.of(network, written(writer(model, n -> "module." + old.apply(n)))));
  }

  /** A convolution of 2 channels whose name is made of these parts. */
  private static Layer at(String name) {
    Layer layer = conv(2, 1);
    for (String part : Arrays.asList(name.split("\\.")).reversed()) {
      layer = named(part, layer);
    }
    return layer;
  }

  @Test
  void convolutionsOfDetectorsThatHaveBecomeBlocksAreFound() throws IOException {
    var older =
        Map.of(
            "backbone.fpn.inner_blocks.1.0", "backbone.fpn.inner_blocks.1",
            "backbone.fpn.layer_blocks.0.0", "backbone.fpn.layer_blocks.0",
            "rpn.head.conv.0.0", "rpn.head.conv",
            "head.classification_head.conv.0.0", "head.classification_head.conv.0",
            "head.regression_head.conv.3.0", "head.regression_head.conv.6",
            // Not a block: FCOS has it as it was.
            "fcos.head.regression_head.conv.6", "fcos.head.regression_head.conv.6");
    var network = of(older.keySet().stream().sorted().map(StateDictTest::at).toArray(Layer[]::new));
    var model = model(network, 1);
    for (String wrapper : new String[] {"", "model.", "module."}) {
      Renaming before =
          name -> {
            int dot = name.lastIndexOf('.');
            return wrapper + older.get(name.substring(0, dot)) + name.substring(dot);
          };
      assertSame(model, Model.of(network, written(writer(model, before))));
      assertSame(model, Model.of(network, written(writer(model, name -> wrapper + name))));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "model_ema.", "model."})
  void howManyWeightsWereAveragedIsNoWeight(String wrapper) throws IOException {
    var model = model(network(3), 1);
    var writer = writer(model, name -> wrapper + "module." + name);
    writer.longs(wrapper + "n_averaged", Shape.of(), 7);
    assertSame(model, Model.of(network(3), written(writer)));
  }

  @Test
  void oldFilesCountNoBatches() throws IOException {
    var model = model(network(3), 1);
    var file = written(writer(model, name -> name.endsWith("num_batches_tracked") ? null : name));
    var expected = tensors(model);
    expected.put("bn1.num_batches_tracked", new float[1]);
    tensors(Model.of(network(3), file))
        .forEach((name, values) -> assertArrayEquals(expected.get(name), values, name));
  }

  @Test
  void auxiliaryHeadsThatTheNetworkHasNotAreLeftOut() throws IOException {
    var model = model(network(3), 1);
    var writer =
        writer(model, name -> name)
            .floats("aux1.fc1.weight", Shape.of(1), new float[1])
            .floats("aux2.conv.bn.bias", Shape.of(1), new float[1])
            .floats("AuxLogits.fc.bias", Shape.of(1), new float[1]);
    assertSame(model, Model.of(network(3), written(writer)));
    writer.floats("aux3.fc.bias", Shape.of(1), new float[1]);
    assertEquals(
        "its tensors are not the network's: unexpected \"aux3.fc.bias\"",
        refused(network(3), writer));
  }

  @Test
  void auxiliaryHeadsThatTheNetworkHasAreHeldToTheirNames() throws IOException {
    var network = of(named("aux1", conv(1, 1)));
    var writer =
        writer(model(network, 1), name -> name).floats("aux1.fc.weight", Shape.of(1), new float[1]);
    assertEquals(
        "its tensors are not the network's: unexpected \"aux1.fc.weight\"",
        refused(network, writer));
  }

  @Test
  void allThatIsWrongIsSaidAtOnce() throws IOException {
    var writer =
        writer(
                model(of(named("conv1", conv(4, 2)), named("bn1", batchNorm())), 1),
                name -> name.equals("bn1.bias") ? null : name)
            .floats("fc.weight", Shape.of(3, 36), new float[108])
            .floats("extra", Shape.of(1), new float[1]);
    assertEquals(
        "its tensors are not the network's: missing \"bn1.bias\", \"fc.bias\"; unexpected"
            + " \"extra\"; misshapen \"conv1.weight\" is 4x2x2x2 instead of 4x2x3x3",
        refused(network(3), writer));
  }

  @Test
  void ofManyTensorsTenAreNamedAndTheRestCounted() throws IOException {
    var writer = new SafetensorsWriter();
    IntStream.range(0, 1234).forEach(i -> writer.floats("w" + i, Shape.of(), new float[1]));
    var network = of(IntStream.range(0, 7).mapToObj(i -> conv(2, 1)).toArray(Layer[]::new));
    String said = refused(network, writer);
    assertTrue(said.contains("missing \"0.weight\", \"0.bias\", \"1.weight\""), said);
    assertTrue(said.contains("\"4.bias\" and 4 more; unexpected \"w0\""), said);
    assertTrue(said.endsWith("\"w9\" and 1224 more"), said);
    assertFalse(said.contains("\"5.weight\"") || said.contains("\"w10\""), said);
  }

  @Test
  void misshapenStatisticsAreRefused() throws IOException {
    var network = network(3);
    var writer =
        writer(model(network, 1), name -> name.endsWith("running_mean") ? null : name)
            .floats("bn1.running_mean", Shape.of(2, 2), new float[4]);
    assertEquals(
        "its tensors are not the network's: misshapen \"bn1.running_mean\" is 2x2 instead of 4",
        refused(network, writer));
  }

  @Test
  void wholeNumbersAreNoWeights() throws IOException {
    var network = network(3);
    var writer =
        writer(model(network, 1), name -> name.equals("fc.bias") ? null : name)
            .longs("fc.bias", Shape.of(3), 1, 2, 3);
    String said = refused(network, writer);
    assertTrue(said.contains("\"fc.bias\" is 3 of type I64 instead of 3 of floats"), said);
  }

  @Test
  void aHeadForOtherClassesIsRefusedWithWhatToDo() throws IOException {
    var message = refused(network(3), writer(model(network(10), 1), name -> name));
    assertEquals(
        "is for other classes than the network: \"fc.weight\" is 10x36 instead of 3x36, \"fc.bias\""
            + " is 10 instead of 3; make the network for as many classes, or begin with a fresh"
            + " head: --head new, in Java Model.withNewHead",
        message);
  }

  /** The names of the tensors in which two models differ. */
  private static Set<String> differences(Model a, Model b) {
    var tensors = tensors(a);
    var others = tensors(b);
    tensors.keySet().removeIf(name -> Arrays.equals(tensors.get(name), others.get(name)));
    return tensors.keySet();
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 10})
  void aNewHeadIsFreshAndAllElseTheFiles(int classesInFile) throws IOException {
    var stored = model(network(classesInFile), 1);
    var file = written(writer(stored, name -> name));
    var model = Model.withNewHead(network(3), file, 7);
    assertEquals(Set.of("fc.weight", "fc.bias"), differences(model, stored));
    assertFalse(
        differences(model, Model.initialized(network(3), 7)).stream()
            .anyMatch(name -> name.startsWith("fc")));
    var again = Model.withNewHead(network(3), file, 7);
    assertEquals(Set.of(), differences(model, again));
    assertEquals(
        Set.of("fc.weight", "fc.bias"), differences(model, Model.withNewHead(network(3), file, 8)));
  }

  @Test
  void aNewHeadTakesThePlaceOfOneWithOtherTensors() throws IOException {
    var bare = writer(model(network(9), 1), name -> name.startsWith("fc") ? null : name);
    Model.withNewHead(network(3), written(bare), 1);
    var unbiased = of(named("conv1", conv(4, 3)), flatten(), named("fc", dense(3).noBias()));
    var biased = of(named("conv1", conv(4, 3)), flatten(), named("fc", dense(5)));
    Model.withNewHead(unbiased, written(writer(model(biased, 1), name -> name)), 1);
  }

  @Test
  void aNewHeadExcusesNoOtherLayer() throws IOException {
    var stored = of(named("conv1", conv(4, 2)), flatten(), named("fc", dense(10)));
    var asked = of(named("conv1", conv(4, 3)), flatten(), named("fc", dense(3)));
    var file = written(writer(model(stored, 1), name -> name));
    var e = assertThrows(FormatException.class, () -> Model.withNewHead(asked, file, 1));
    assertTrue(e.getMessage().contains("misshapen \"conv1.weight\" is 4x2x2x2"), e.getMessage());
    assertFalse(e.getMessage().contains("fc"), e.getMessage());
  }

  @Test
  void aConvolutionCanBeTheHead() throws IOException {
    var stored = of(conv(4, 3), named("classifier", conv(10, 1)), relu(), globalAvgPool());
    var asked = of(conv(4, 3), named("classifier", conv(3, 1)), relu(), globalAvgPool());
    var file = written(writer(model(stored, 1), name -> name));
    var model = Model.withNewHead(asked, file, 1);
    assertEquals(
        Set.of("classifier.weight", "classifier.bias"), differences(model, model(stored, 1)));
    assertArrayEquals(tensors(model(stored, 1)).get("0.weight"), tensors(model).get("0.weight"));
  }

  @Test
  void anAuxiliaryHeadForOtherClassesIsFreshToo() throws IOException {
    var stored = model(withAuxiliaryHead(10), 1);
    var file = written(writer(stored, name -> name));
    var model = Model.withNewHead(withAuxiliaryHead(3), file, 1);
    assertEquals(3, model.network().output().elements());
    assertArrayEquals(tensors(stored).get("conv1.weight"), tensors(model).get("conv1.weight"));
  }

  private static Network withAuxiliaryHead(int classes) {
    return of(
        named("conv1", conv(4, 3)),
        flatten(),
        tap("aux", named("aux", dense(classes))),
        named("fc", dense(classes)));
  }

  @Test
  void aNetworkThatEndsInASumHasNoHead() throws IOException {
    var network = of(residual(conv(2, 1)));
    var file = written(writer(model(network, 1), name -> name));
    var e = assertThrows(IllegalArgumentException.class, () -> Model.withNewHead(network, file, 1));
    assertTrue(e.getMessage().contains("has no head to replace"), e.getMessage());
  }
}
