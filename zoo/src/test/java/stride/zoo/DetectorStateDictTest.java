package stride.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import stride.graph.WeightTable;

/** Names, shapes and numbers of parameters of torchvision's detectors with 91 classes. */
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
    assertEquals(String.join("\n", new TreeSet<>(tensors)), String.join("\n", own));
    assertEquals(Long.parseLong(words[1]), network.parameters());
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
