package stride.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.batchNorm;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.dense;
import static stride.layer.Layers.dropout;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.globalAvgPool;
import static stride.layer.Layers.named;
import static stride.layer.Layers.relu;
import static stride.layer.Layers.sequential;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import stride.format.FormatException;
import stride.format.SafetensorsWriter;
import stride.layer.Layer;
import stride.tensor.Shape;

/** Weights whose head is another than the network's: of several layers, or of another name. */
final class OtherHeadsTest {
  private static final int FEATURES = 5;

  @TempDir Path folder;

  /** Two layers, and behind them a head. */
  private static Network network(Layer head) {
    return Network.of(
        Shape.image(6, 6, 3),
        sequential(
            named("conv", conv(FEATURES, 3)),
            named("bn", batchNorm()),
            relu(),
            globalAvgPool(),
            flatten(),
            head));
  }

  /** As a ResNet's head, a MobileNet's and a VGG's. */
  private static Network network(String head) {
    return network(
        switch (head) {
          case "fc" -> named("fc", dense(3));
          case "classifier.1" -> named("classifier", sequential(dropout(0.2), dense(3)));
          case "classifier.6" ->
              named(
                  "classifier",
                  sequential(
                      dense(8), relu(), dropout(0.5), dense(6), relu(), dropout(0.5), dense(3)));
          default -> throw new IllegalArgumentException(head);
        });
  }

  /** The weights before a head, and those of the head as (out, in) of its layers by name. */
  private Path file(String prefix, Map<String, int[]> head) throws IOException {
    var writer = new SafetensorsWriter();
    writer.floats(prefix + "conv.weight", Shape.of(FEATURES, 3, 3, 3), filled(FEATURES * 27, 2));
    writer.floats(prefix + "conv.bias", Shape.of(FEATURES), filled(FEATURES, 3));
    for (var name : List.of("bn.weight", "bn.bias", "bn.running_mean", "bn.running_var")) {
      writer.floats(prefix + name, Shape.of(FEATURES), filled(FEATURES, 4));
    }
    for (var layer : head.entrySet()) {
      int[] sizes = layer.getValue();
      writer.floats(
          prefix + layer.getKey() + ".weight",
          Shape.of(sizes[0], sizes[1]),
          filled(sizes[0] * sizes[1], 5));
      writer.floats(prefix + layer.getKey() + ".bias", Shape.of(sizes[0]), filled(sizes[0], 6));
    }
    var file = folder.resolve("weights.safetensors");
    writer.write(file);
    return file;
  }

  private static float[] filled(int length, float value) {
    float[] values = new float[length];
    java.util.Arrays.fill(values, value);
    return values;
  }

  private static void assertBackboneIsRead(Model model) {
    assertArrayEquals(
        filled(FEATURES * 27, 2), model.weights().tensor("conv.weight").data(), "convolution");
    assertArrayEquals(filled(FEATURES, 4), model.weights().tensor("bn.bias").data(), "batch norm");
  }

  /** The layers of which no weight is the file's. */
  private static String fresh(Model model) {
    var fresh = new TreeSet<String>();
    for (var entry : model.weights().table().weights()) {
      boolean read = true;
      for (float value : model.weights().read(entry)) {
        read &= value >= 2;
      }
      if (!read) {
        fresh.add(entry.name().substring(0, entry.name().lastIndexOf('.')));
      }
    }
    return String.join(" ", fresh);
  }

  private static Map<String, int[]> head(String layers) {
    var head = new LinkedHashMap<String, int[]>();
    for (String layer : layers.isEmpty() ? new String[0] : layers.split(" ", -1)) {
      String[] parts = layer.split("[:x]", -1);
      head.put(parts[0], new int[] {Integer.parseInt(parts[1]), Integer.parseInt(parts[2])});
    }
    return head;
  }

  /** A head inside of the network's last layer is known for one without a word. */
  @ParameterizedTest
  @CsvSource({
    "'', fc, 'fc.1:9x5'",
    "'', fc, 'fc.0:7x5 fc.3:9x7'",
    "module., fc, 'fc.0:7x5 fc.3:9x7'",
    "model., fc, 'fc.1:9x5'",
    "net., fc, 'fc.1:9x5'",
    "state_dict.model., fc, 'fc.1:9x5'",
    "state_dict.net.module., fc, 'fc.0:7x5 fc.2:9x7'",
    "'', classifier.1, 'classifier.1.0:7x5 classifier.1.2:9x7'",
    "model_state_dict.module., classifier.1, 'classifier.1.1:9x5'",
  })
  void aHeadInTheLastLayersPlaceIsLeftOut(String prefix, String last, String layers)
      throws IOException {
    var file = file(prefix, head(layers));
    var model = Model.withNewHead(network(last), file, 1);
    assertBackboneIsRead(model);
    assertEquals(last, fresh(model));
    var named = Model.withNewHead(network(last), file, last, 1);
    assertArrayEquals(model.weights().values(), named.weights().values());
  }

  /** Other heads are named: what is of their shape is read, but for the last layer. */
  @ParameterizedTest
  @CsvSource({
    "'', fc, last_linear, 'last_linear:9x5', fc",
    "module., fc, head, 'head.0:7x5 head.2:9x7', fc",
    "'', classifier.1, classifier, 'classifier:9x5', classifier.1",
    "'', classifier.1, classifier, 'classifier.0:7x5 classifier.3:9x7', classifier.1",
    "'', classifier.6, classifier, 'classifier:9x5', 'classifier.0 classifier.3 classifier.6'",
    "'', classifier.6, classifier, 'classifier.0:8x5 classifier.3:9x8', 'classifier.3"
        + " classifier.6'",
    "'', classifier.6, classifier, 'classifier.0:8x5 classifier.3:6x8 classifier.6:9x6',"
        + " classifier.6",
    "model., classifier.6, classifier, '', 'classifier.0 classifier.3 classifier.6'",
    "'', classifier.6, classifier.3, 'classifier.0:8x5 classifier.3:4x8 classifier.6:9x4',"
        + " 'classifier.3 classifier.6'",
  })
  void aHeadOfAnotherFormIsNamed(
      String prefix, String last, String head, String layers, String fresh) throws IOException {
    var file = file(prefix, head(layers));
    var model = Model.withNewHead(network(last), file, head, 1);
    assertBackboneIsRead(model);
    assertEquals(fresh, fresh(model));
    assertEquals(Optional.empty(), model.weights().flaw());
    var again = Model.withNewHead(network(last), file, head, 1);
    assertArrayEquals(model.weights().values(), again.weights().values());
    assertFalse(
        java.util.Arrays.equals(
            model.weights().values(),
            Model.withNewHead(network(last), file, head, 2).weights().values()));
  }

  @ParameterizedTest
  @CsvSource({
    "fc, 'last_linear:9x5', last_linear",
    "classifier.1, 'classifier:9x5', classifier",
    "classifier.6, 'classifier.0:8x5 classifier.3:9x8', classifier",
  })
  void withoutANameTheMessageSaysOne(String last, String layers, String head) throws IOException {
    var file = file("", head(layers));
    var thrown =
        assertThrows(FormatException.class, () -> Model.withNewHead(network(last), file, 1));
    assertTrue(
        thrown
            .getMessage()
            .endsWith("train --weights FILE --head %s, in Java Model.withNewHead".formatted(head)),
        thrown.getMessage());
  }

  @Test
  void weightsWithAnOwnHeadAreNotTheNetworksAndSaySo() throws IOException {
    var file = file("", head("fc.0:7x5 fc.3:9x7"));
    var thrown = assertThrows(FormatException.class, () -> Model.of(network("fc"), file));
    assertTrue(thrown.getMessage().contains("unexpected \"fc.0.weight\""), thrown.getMessage());
    assertTrue(thrown.getMessage().contains("--head fc"), thrown.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"fc", "last_linear"})
  void aNameExcusesNothingBeforeTheHead(String head) throws IOException {
    var file = file("", head("last_linear:9x5 other:2x2"));
    var network =
        Network.of(
            Shape.image(6, 6, 3),
            sequential(
                named("conv", conv(FEATURES + 1, 3)),
                named("bn", batchNorm()),
                globalAvgPool(),
                flatten(),
                named("fc", dense(3))));
    var thrown =
        assertThrows(FormatException.class, () -> Model.withNewHead(network, file, head, 1));
    assertTrue(thrown.getMessage().contains("misshapen \"conv.weight\""), thrown.getMessage());
    assertTrue(thrown.getMessage().contains("\"other.weight\""), thrown.getMessage());
  }

  @Test
  void aNameThatNothingHasIsRefused() throws IOException {
    var file = file("", head("fc:9x5"));
    var thrown =
        assertThrows(
            IllegalArgumentException.class,
            () -> Model.withNewHead(network("classifier.1"), file, "clasifier", 1));
    assertEquals(
        "neither the network nor %s has layers named clasifier, where the head could begin; the network's last one is classifier.1"
            .formatted(file),
        thrown.getMessage());
  }

  @Test
  void aNetworkIsCutWhereAHeadBegins() {
    var network = network("classifier.6");
    assertEquals(Shape.of(FEATURES), network.backbone("classifier").output());
    assertEquals(Shape.of(FEATURES), network.head("classifier").input());
    assertEquals(Shape.of(3), network.head("classifier").output());
    // A dropout right before a head belongs to it.
    assertEquals("classifier.2", network.head("classifier.3").graph().nodes().getFirst().name());
    assertEquals(
        network.parameters(),
        network.backbone("classifier.3").parameters() + network.head("classifier.3").parameters());
    for (var wrong : List.of("conv", "class", "classifier.7", "")) {
      var thrown = assertThrows(IllegalArgumentException.class, () -> network.head(wrong));
      assertTrue(
          thrown
              .getMessage()
              .equals(
                  wrong.equals("conv")
                      ? "the head cannot begin with conv, which the network begins with"
                      : "the network has no layers named "
                          + wrong
                          + ", where its head could begin; its last one is classifier.6"),
          thrown.getMessage());
    }
  }
}
