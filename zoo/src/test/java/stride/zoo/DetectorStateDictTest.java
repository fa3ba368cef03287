package stride.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import stride.format.SafetensorsWriter;
import stride.graph.WeightTable;
import stride.graph.Weights;
import stride.tensor.Shape;

/**
 * Names, shapes, first values and numbers of parameters of torchvision's detectors with 91 classes.
 */
final class DetectorStateDictTest {
  static Stream<Arguments> originals() {
    return Golden.paragraphs("detector_state_dicts.txt.gz").entrySet().stream()
        .map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("originals")
  void tensorsAreThoseOfTorchvision(String first, List<String> tensors) {
    var words = first.split(" ");
    var network = Zoo.find(words[0]).network();
    var table = WeightTable.of(network.graph());
    var own = new TreeSet<String>();
    table.weights().forEach(entry -> own.add(entry.name() + " " + entry.parameter().shape()));
    table
        .statistics()
        .forEach(
            entry ->
                own.add(
                    entry.name()
                        + " "
                        + (entry.statistic().counter() ? "scalar" : entry.statistic().length())));
    var expected = new TreeSet<String>();
    parts(tensors).forEach(tensor -> expected.add(tensor.name + " " + tensor.shape));
    assertEquals(String.join("\n", expected), String.join("\n", own));
    assertEquals(Long.parseLong(words[1]), network.parameters());
  }

  /**
   * A tensor of torchvision's.
   *
   * @param older its name before 2022, which published weights still have
   * @param first its first values, as {@link StateDictTest} takes them
   */
  private record Stored(String name, String older, String shape, String first) {}

  private static List<Stored> parts(List<String> tensors) {
    return tensors.stream()
        .map(tensor -> tensor.split(" "))
        .map(parts -> new Stored(parts[0], parts[1], parts[2], parts[3]))
        .toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("originals")
  void weightsBeginAsThoseOfTorchvision(String first, List<String> tensors) {
    StateDictTest.assertBegins(
        Zoo.find(first.split(" ")[0]).network(),
        parts(tensors).stream()
            .map(tensor -> "%s %s %s".formatted(tensor.name, tensor.shape, tensor.first))
            .toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "retinanet_resnet50_fpn",
        "fcos_resnet50_fpn",
        "fasterrcnn_mobilenet_v3_large_320_fpn"
      })
  void filesWithOlderNamesAreRead(String name, @TempDir Path folder) throws IOException {
    var network = Zoo.find(name).network();
    var older = new HashMap<String, String>();
    Golden.paragraphs("detector_state_dicts.txt.gz")
        .forEach(
            (first, tensors) -> {
              if (first.startsWith(name + " ")) {
                parts(tensors).forEach(own -> older.put(own.name, own.older));
              }
            });
    var weights = Weights.initialized(network.graph(), 3);
    var writer = new SafetensorsWriter();
    for (var entry : weights.table().weights()) {
      String written = Objects.requireNonNull(older.get(entry.name()), entry.name());
      writer.floats(written, entry.parameter().shape(), weights.read(entry));
    }
    for (var entry : weights.table().statistics()) {
      String written = Objects.requireNonNull(older.get(entry.name()), entry.name());
      writer.floats(
          written, Shape.of(entry.statistic().length()), weights.statistics(), entry.offset());
    }
    var file = folder.resolve("weights.safetensors");
    writer.write(file);
    assertArrayEquals(weights.values(), Zoo.find(name).load(file).weights().values());
  }

  /** torchvision's documented counts. */
  @ParameterizedTest
  @CsvSource({
    "ssd300_vgg16, 35641826",
    "ssdlite320_mobilenet_v3_large, 3440060",
    "retinanet_resnet50_fpn, 34014999",
    "fcos_resnet50_fpn, 32269600",
    "fasterrcnn_resnet50_fpn, 41755286",
    "fasterrcnn_mobilenet_v3_large_fpn, 19386354",
    "fasterrcnn_mobilenet_v3_large_320_fpn, 19386354"
  })
  void parametersAreAsDocumented(String name, long parameters) {
    assertEquals(parameters, Zoo.find(name).network().parameters());
  }
}
