package stride.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.graph.Weights;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;

/** Detectors with weights for COCO's classes begin to learn other classes. */
final class OwnClassesTest {
  private static final List<String> LABELS = List.of("cell", "platelet");

  static Stream<Architecture> detectors() {
    return Zoo.all().stream().filter(architecture -> architecture.detector() != null);
  }

  /** All but what says which class a box has: boxes of COCO's objects fit others, too. */
  @ParameterizedTest
  @MethodSource("detectors")
  void onlyLayersThatDependOnTheClassesAreFresh(Architecture architecture, @TempDir Path folder)
      throws Exception {
    Shape input =
        architecture.name().contains("rcnn") || architecture.name().contains("fpn")
            ? Shape.image(64, 96, 3)
            : architecture.input();
    Network published = architecture.network(input, architecture.classes());
    var weights = Weights.initialized(published.graph(), 7);
    for (int i = 0; i < weights.values().length; i++) {
      // Fresh biases are constants: no number of the file is one.
      weights.values()[i] += 0.125f;
    }
    var file = folder.resolve("weights.safetensors");
    new Model(published, weights, List.of(), stride.image.Preprocessing.none(input)).save(file);

    Model own = architecture.loadWithNewHead(file, LABELS, 1);

    assertEquals(LABELS, own.labels());
    var fresh = new TreeSet<String>();
    for (var entry : own.weights().table().weights()) {
      var before =
          weights.table().weights().stream()
              .filter(other -> other.name().equals(entry.name()))
              .findFirst()
              .orElseThrow();
      if (before.parameter().shape().equals(entry.parameter().shape())) {
        assertArrayEquals(weights.read(before), own.weights().read(entry), entry.name());
      } else {
        fresh.add(entry.name());
      }
    }
    assertFalse(fresh.isEmpty(), "nothing of the network depends on the classes");
    assertEquals(fresh, freshOfAsMany(architecture, input, file, weights));
  }

  /** The weights that differ from the file's in a network for other classes, but as many. */
  private static Set<String> freshOfAsMany(
      Architecture architecture, Shape input, Path file, Weights weights) throws Exception {
    int count = architecture.name().equals("fastestdet") ? 80 : 91;
    // Beside the background, where there is an output for it.
    var labels = IntStream.range(0, count).mapToObj(i -> "own " + i).toList();
    int more =
        architecture.networkFor(input, labels).parameters()
                == architecture.network(input, count).parameters()
            ? 0
            : 1;
    Model own = architecture.withNewHead(input, file, labels.subList(more, count), 1);
    var fresh = new TreeSet<String>();
    for (var entry : own.weights().table().weights()) {
      if (!Arrays.equals(
          weights.tensor(entry.name()).data(), own.weights().tensor(entry.name()).data())) {
        fresh.add(entry.name());
      }
    }
    return fresh;
  }
}
