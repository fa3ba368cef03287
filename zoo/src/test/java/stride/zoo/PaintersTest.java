package stride.zoo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.format.FormatException;
import stride.format.SafetensorsWriter;
import stride.graph.WeightTable;
import stride.graph.Weights;
import stride.image.Image;
import stride.network.Model;
import stride.network.Task;
import stride.style.Painter;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** Networks that paint against PyTorch's: {@code tools/golden/painters.py} asks it. */
final class PaintersTest {
  /** The values are colours from 0 to 255. */
  private static final double TOLERANCE = 1e-3;

  /**
   * What PyTorch has.
   *
   * @param tensors "name shape first-values"
   * @param paintings what it paints of noise
   */
  record Original(
      String name,
      long parameters,
      long multiplyAdds,
      List<String> tensors,
      Map<Shape, double[][]> paintings) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Original> originals() {
    return Golden.paragraphs("painters.txt").entrySet().stream()
        .map(paragraph -> original(paragraph.getKey().split(" "), paragraph.getValue()));
  }

  private static Original original(String[] words, List<String> lines) {
    var tensors = new ArrayList<String>();
    var paintings = new LinkedHashMap<Shape, double[][]>();
    for (int i = 0; i < lines.size(); i++) {
      var parts = lines.get(i).split(" ");
      if (!parts[0].equals("size")) {
        tensors.add(lines.get(i));
        continue;
      }
      paintings.put(
          Shape.image(Integer.parseInt(parts[1]), Integer.parseInt(parts[2]), 3),
          new double[][] {Golden.numbers(lines.get(i + 1)), Golden.numbers(lines.get(i + 2))});
      i += 2;
    }
    return new Original(
        words[0], Long.parseLong(words[1]), Long.parseLong(words[2]), tensors, paintings);
  }

  @Test
  void everyPainterHasAnOriginal() {
    assertEquals(
        Zoo.all().stream()
            .filter(architecture -> architecture.painter() != null)
            .map(Architecture::name)
            .toList(),
        originals().map(Original::name).toList());
  }

  @ParameterizedTest
  @MethodSource("originals")
  void hasTheTensorsAndTheWorkOfItsOriginal(Original original) {
    var network = Zoo.find(original.name).network();
    assertEquals(original.parameters, network.parameters());
    assertEquals(original.multiplyAdds, network.multiplyAdds());
    var own = new TreeSet<String>();
    var first = new LinkedHashMap<String, String>();
    for (var line : original.tensors) {
      first.put(
          line.substring(0, line.lastIndexOf(' ')), line.substring(line.lastIndexOf(' ') + 1));
    }
    for (var entry : WeightTable.of(network.graph()).weights()) {
      String name = entry.name() + " " + entry.parameter().shape();
      own.add(name);
      StateDictTest.assertBegins(
          name,
          String.valueOf(first.get(name)),
          entry.parameter().initializer(),
          entry.parameter().shape());
    }
    assertEquals(new TreeSet<>(first.keySet()), own);
  }

  @ParameterizedTest
  @MethodSource("originals")
  void paintsWhatItsOriginalPaints(Original original) {
    int number = 1;
    for (var painting : original.paintings.entrySet()) {
      var size = painting.getKey();
      var network = Zoo.find(original.name).network(size, 3);
      var model = Model.of(network, golden(network.graph()));
      var picture = new Tensor(size, Golden.uniform(number++, size.elements(), 0, 255));
      float[] painted = model.logits(picture).data();
      double[] places = painting.getValue()[0];
      double[] values = painting.getValue()[1];
      for (int i = 0; i < places.length; i++) {
        assertEquals(values[i], painted[(int) places[i]], TOLERANCE, "value " + places[i]);
      }
    }
  }

  private static Map<String, Tensor> golden(stride.graph.Graph graph) {
    var tensors = new LinkedHashMap<String, Tensor>();
    for (var entry : WeightTable.of(graph).weights()) {
      String name = entry.name();
      var shape = entry.parameter().shape();
      boolean last = name.startsWith("deconv3.");
      float[] values;
      if (shape.rank() > 1) {
        values = Golden.filters(entry, last ? 6 : 0);
      } else if (("." + name).contains(".in")) {
        values =
            name.endsWith("weight")
                ? Golden.uniform(name.hashCode(), shape.elements(), 0.5, 1.5)
                : Golden.uniform(name.hashCode(), shape.elements(), -0.25, 0.25);
      } else {
        values = Golden.uniform(name.hashCode(), shape.elements(), -0.2, 0.2);
        for (int i = 0; last && i < values.length; i++) {
          values[i] += 128;
        }
      }
      tensors.put(name, new Tensor(shape, values));
    }
    return tensors;
  }

  /** A file says itself how wide its network is, under whichever name it is asked for. */
  @Test
  void aFileOfAnotherWidthIsRead(@TempDir Path folder) throws IOException {
    var narrow = Zoo.find("style_8");
    var file = folder.resolve("narrow.pth");
    Model.initialized(narrow.network(), 3).savePyTorch(file);
    var model = Zoo.find("style").load(file);
    assertEquals(narrow.network().parameters(), model.network().parameters());
    assertEquals(Task.IMAGE, model.task());
    var image = new Image(new Tensor(Shape.image(7, 9, 3), Golden.uniform(1, 189, 0, 1)));
    var saved = folder.resolve("narrow.safetensors");
    model.save(saved);
    assertArrayEquals(
        Painter.of(model).paint(image).data(), Painter.of(Model.load(saved)).paint(image).data());
  }

  /** PyTorch wrote running statistics of instance norms before 0.4.1, and never read them. */
  @Test
  void runningStatisticsOfOldFilesAreLeftOut(@TempDir Path folder) throws IOException {
    var network = Zoo.find("style_8").network();
    var weights = Weights.initialized(network.graph(), 5);
    var writer = new SafetensorsWriter();
    for (var entry : weights.table().weights()) {
      writer.floats(entry.name(), entry.parameter().shape(), weights.read(entry));
    }
    writer.floats("in1.running_mean", Shape.of(8), new float[8]);
    writer.floats("res1.in2.running_var", Shape.of(32), new float[32]);
    var file = folder.resolve("old.safetensors");
    writer.write(file);
    assertArrayEquals(weights.values(), Zoo.find("style_8").load(file).weights().values());
    writer.floats("conv1.running_mean", Shape.of(8), new float[8]);
    writer.write(file);
    var thrown = assertThrows(FormatException.class, () -> Zoo.find("style_8").load(file));
    assertTrue(
        thrown.getMessage().endsWith("unexpected \"conv1.running_mean\""), thrown.getMessage());
  }

  @Test
  void weightsOfAnotherNetworkAreRefused(@TempDir Path folder) throws IOException {
    var file = folder.resolve("other.pth");
    Model.initialized(Zoo.find("lenet5").network(), 1).savePyTorch(file);
    var thrown = assertThrows(FormatException.class, () -> Zoo.find("style").load(file));
    assertTrue(thrown.getMessage().contains("its tensors are not the network's"));
  }
}
