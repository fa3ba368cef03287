package stride.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import stride.graph.Graph;
import stride.network.Model;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** Every architecture against its paper's and its PyTorch original's figures. */
final class ArchitectureTest {
  @ParameterizedTest
  @CsvSource({"resnet20, 8, 7", "resnet18, 33, 40", "mobilenet_v2, 40, 33"})
  void tellsImagesApart(String name, int height, int width) {
    assertTellsImagesApart(name, Shape.image(height, width, 3));
  }

  /** Its 138 million weights take seconds to draw and 1.2 GB to run. */
  @Test
  @Tag("slow")
  void vggTellsImagesApart() {
    assertTellsImagesApart("vgg16", Shape.image(32, 40, 3));
  }

  private static void assertTellsImagesApart(String name, Shape input) {
    var network = Zoo.find(name).network(input, 7);
    assertEquals(Shape.of(7), network.output());
    var model = Model.initialized(network, 1);
    float[] first = model.logits(image(input, 1)).data();
    float[] second = model.logits(image(input, 2)).data();
    for (float logit : first) {
      assertTrue(Float.isFinite(logit), () -> Arrays.toString(first));
    }
    assertTrue(!Arrays.equals(first, second), () -> Arrays.toString(first));
  }

  private static Tensor image(Shape shape, long seed) {
    var random = new SplittableRandom(seed);
    var values = new float[shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new Tensor(shape, values);
  }

  /** The sizes of table 1 of "Deep Residual Learning", by the last layer of each stage. */
  @Test
  void resnetHalvesTheImageFromStageToStage() {
    assertEquals("112x112x64", output("resnet18", "bn1"));
    assertEquals("56x56x64", output("resnet18", "layer1.1.bn2"));
    assertEquals("28x28x128", output("resnet18", "layer2.1.bn2"));
    assertEquals("14x14x256", output("resnet18", "layer3.1.bn2"));
    assertEquals("7x7x512", output("resnet18", "layer4.1.bn2"));
    assertEquals("32x32x16", output("resnet20", "layer1.2.bn2"));
    assertEquals("16x16x32", output("resnet20", "layer2.0.shortcut"));
    assertEquals("8x8x64", output("resnet20", "layer3.2.bn2"));
  }

  @Test
  void vggPoolsToSevenBySevenPixels() {
    assertEquals("7x7x512", output("vgg16", "features.30"));
    assertEquals("7x7x512", output("vgg16", "avgpool"));
    var small = Zoo.find("vgg16").network(Shape.image(32, 32, 3), 10);
    assertEquals(138_357_544 - 990 * 4097, small.parameters());
  }

  /** Inverted residuals have a shortcut wherever neither the size nor the channels change. */
  @Test
  void mobilenetHasTenShortcuts() {
    var kinds =
        Zoo.find("mobilenet_v2").network().summary().stream()
            .collect(Collectors.groupingBy(row -> row.kind(), Collectors.counting()));
    assertEquals(10, kinds.get("add"));
    assertEquals(35, kinds.get("relu6"));
    assertEquals(52, kinds.get("batchnorm"));
    assertEquals("7x7x1280", output("mobilenet_v2", "features.18.0"));
  }

  private static String output(String network, String layer) {
    return Zoo.find(network).network().summary().stream()
        .filter(row -> row.name().equals(layer))
        .findFirst()
        .orElseThrow()
        .output()
        .toString();
  }

  @Test
  void everyNetworkEndsInLogitsOfItsClassesAndHasARecipe() {
    var names = new TreeSet<String>();
    for (var architecture : Zoo.all()) {
      assertTrue(names.add(architecture.name()), architecture.name());
      var graph = architecture.network().graph();
      if (architecture.painter() != null) {
        assertEquals(architecture.input(), graph.type(graph.output(Graph.OUTPUT)).shape());
      } else if (architecture.detector() == null) {
        assertEquals(
            Shape.of(architecture.classes()), graph.type(graph.output(Graph.OUTPUT)).shape());
      }
      assertTrue(architecture.recipe().optimizer().learningRate() > 0);
      assertTrue(architecture.recipe().schedule().factor(0, 100) > 0);
    }
  }

  @Test
  void anUnknownNetworkIsToldTheKnownOnes() {
    var thrown = assertThrows(IllegalArgumentException.class, () -> Zoo.find("resnet19"));
    assertEquals(
        "no network is named resnet19; there are "
            + Zoo.all().stream().map(Architecture::name).collect(Collectors.joining(", ")),
        thrown.getMessage());
  }

  /** 164 epochs of 391 steps are the paper's 64,000, with its milestones at 32,000 and 48,000. */
  @Test
  void resnet20LearnsAtTheRatesOfThePaper() {
    var schedule = Zoo.find("resnet20").recipe().schedule();
    assertEquals(1, schedule.factor(0, 64_000));
    assertEquals(1, schedule.factor(31_999, 64_000));
    assertEquals(0.1, schedule.factor(32_000, 64_000), 1e-12);
    assertEquals(0.1, schedule.factor(47_999, 64_000), 1e-12);
    assertEquals(0.01, schedule.factor(48_000, 64_000), 1e-12);
    assertEquals("MultiStep[gamma=0.1, points=[0.5, 0.75]]", schedule.toString());
  }
}
