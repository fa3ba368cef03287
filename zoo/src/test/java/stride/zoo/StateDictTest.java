package stride.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.graph.Initializer;
import stride.graph.Initializer.Constant;
import stride.graph.Initializer.Fan;
import stride.graph.Initializer.KaimingNormal;
import stride.graph.Initializer.KaimingUniform;
import stride.graph.Initializer.Normal;
import stride.graph.Initializer.Uniform;
import stride.graph.Initializer.XavierUniform;
import stride.graph.WeightTable;
import stride.network.Network;
import stride.tensor.Shape;

/** Every network's tensors against its original's: {@code tools/golden/zoo.py} lists them. */
final class StateDictTest {
  /**
   * A network of PyTorch's.
   *
   * @param tensors "name shape first-values"
   */
  record Original(String name, long parameters, long multiplyAdds, List<String> tensors) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Original> originals() {
    return Golden.paragraphs("state_dicts.txt.gz").entrySet().stream()
        .map(
            entry -> {
              var parts = entry.getKey().split(" ");
              return new Original(
                  parts[0], Long.parseLong(parts[1]), Long.parseLong(parts[2]), entry.getValue());
            });
  }

  @Test
  void everyNetworkHasAnOriginal() {
    assertEquals(
        Zoo.all().stream()
            .filter(
                architecture -> architecture.detector() == null && architecture.painter() == null)
            .map(Architecture::name)
            .sorted()
            .toList(),
        originals().map(Original::name).sorted().toList());
  }

  @ParameterizedTest
  @MethodSource("originals")
  void hasTheParametersAndTheWorkOfItsOriginal(Original original) {
    var network = Zoo.find(original.name).network();
    assertEquals(original.parameters, network.parameters());
    assertEquals(original.multiplyAdds, network.multiplyAdds());
  }

  @ParameterizedTest
  @MethodSource("originals")
  void hasTheStateDictOfItsOriginal(Original original) {
    var expected = new TreeMap<String, String>();
    for (var line : original.tensors) {
      var parts = line.split(" ");
      expected.put(parts[0], parts[1]);
    }
    assertEquals(expected, stateDict(Zoo.find(original.name).network()));
  }

  private static TreeMap<String, String> stateDict(Network network) {
    var directory = WeightTable.of(network.graph());
    var tensors = new TreeMap<String, String>();
    for (var entry : directory.weights()) {
      tensors.put(entry.name(), entry.parameter().shape().toString());
    }
    for (var entry : directory.statistics()) {
      var shape = entry.statistic().counter() ? Shape.of() : Shape.of(entry.statistic().length());
      tensors.put(entry.name(), shape.toString());
    }
    return tensors;
  }

  @ParameterizedTest
  @MethodSource("originals")
  void weightsBeginAsInTheOriginal(Original original) {
    assertBegins(Zoo.find(original.name).network(), original.tensors);
  }

  /** Compares the first values of a network with an original's. */
  static void assertBegins(Network network, List<String> tensors) {
    var first = new TreeMap<String, String>();
    for (var line : tensors) {
      var parts = line.split(" ");
      first.put(parts[0], parts[2]);
    }
    var directory = WeightTable.of(network.graph());
    for (var entry : directory.weights()) {
      assertBegins(
          entry.name(),
          first.get(entry.name()),
          entry.parameter().initializer(),
          entry.parameter().shape());
    }
    for (var entry : directory.statistics()) {
      assertEquals(
          first.get(entry.name()), "c%.0f".formatted(entry.statistic().initial()), entry.name());
    }
  }

  /** Compares a distribution with values drawn from PyTorch's: kind and standard deviation. */
  static void assertBegins(String what, String expected, Initializer initializer, Shape shape) {
    char kind = expected.charAt(0);
    double number = Double.parseDouble(expected.substring(1));
    double deviation = deviation(initializer, shape);
    if (kind == 'c') {
      assertEquals(new Constant((float) number), initializer, what);
      return;
    }
    boolean uniform =
        initializer instanceof Uniform
            || initializer instanceof KaimingUniform
            || initializer instanceof XavierUniform;
    assertTrue(kind == 'r' || (kind == 'u') == uniform, what + ": " + initializer);
    // Five standard deviations of the measured one, and its rounding.
    double error = deviation * (5 / Math.sqrt(2.0 * shape.elements()) + 0.006);
    assertEquals(number, deviation, kind == 'r' ? 1.2 * error : error, what);
  }

  private static double deviation(Initializer initializer, Shape shape) {
    return switch (initializer) {
      case Constant _ -> 0;
      case Normal normal -> normal.standardDeviation();
      case Uniform uniform -> uniform.bound() / Math.sqrt(3);
      case KaimingNormal kaiming -> kaiming.gain() / Math.sqrt(fan(kaiming.fan(), shape));
      case KaimingUniform kaiming -> kaiming.gain() / Math.sqrt(fan(kaiming.fan(), shape));
      case XavierUniform xavier ->
          xavier.gain() * Math.sqrt(2 / (fan(Fan.IN, shape) + fan(Fan.OUT, shape)));
      default -> throw new AssertionError(initializer);
    };
  }

  private static double fan(Fan fan, Shape shape) {
    return (double) shape.elements() / shape.size(fan == Fan.IN ? 0 : 1);
  }

  @Test
  void networksWithoutTheirHeadsAreAsTheyAreUsed() {
    var image = Shape.image(224, 224, 3);
    assertEquals(6_624_904, GoogLeNet.withoutHeads(image, 1000).parameters());
    assertEquals(13_004_888, GoogLeNet.googlenet(image, 1000).parameters());
    assertEquals(23_834_568, InceptionV3.withoutHead(image, 1000).parameters());
    assertEquals(
        InceptionV3.withoutHead(image, 1000),
        InceptionV3.inceptionV3(image, 1000),
        "224 pixels are too few for the head");
    assertEquals(27_161_264, InceptionV3.inceptionV3(Shape.image(299, 320, 3), 1000).parameters());
  }
}
