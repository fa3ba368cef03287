package stride.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.dense;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.relu;
import static stride.layer.Layers.sequential;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.data.ByteImages;
import stride.data.Splits;
import stride.engine.Engine;
import stride.engine.Purpose;
import stride.graph.WeightTable;
import stride.image.Image;
import stride.image.Preprocessing;
import stride.layer.Layer;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** What debuggers and logs show of an object: a line that a person reads, however large it is. */
class OneLineTest {
  private static final int CLASSES = 1000;

  private static Model model() {
    var layers = new ArrayList<Layer>();
    for (int i = 0; i < 50; i++) {
      layers.add(conv(8, 3).padding(1));
      layers.add(relu());
    }
    layers.add(flatten());
    layers.add(dense(CLASSES));
    var network = Network.of(Shape.image(8, 8, 3), sequential(layers.toArray(Layer[]::new)));
    return Model.initialized(network, 1)
        .withLabels(IntStream.range(0, CLASSES).mapToObj(i -> "class " + i).toList());
  }

  static Stream<Object> objects() {
    var model = model();
    var images =
        new ByteImages(
            new byte[300 * 192],
            new byte[300],
            IntStream.range(0, 200).mapToObj(Integer::toString).toList(),
            Preprocessing.none(Shape.image(8, 8, 3)));
    var input = new Tensor(model.network().input(), new float[192]);
    try (var engine = Engine.withThreads(1)) {
      var answers = model.classify(List.of(new Image(input)), engine);
      var graph = model.network().graph();
      return Stream.of(
          model,
          model.network(),
          graph,
          WeightTable.of(graph),
          model.weights(),
          model.preprocessing(),
          engine,
          engine.plan(graph, model.weights(), 1, Purpose.inference().withAllOutputs()),
          Purpose.inference().withAllOutputs(),
          answers.getFirst(),
          input,
          images,
          new Splits(images, images));
    }
  }

  @ParameterizedTest
  @MethodSource("objects")
  void isShort(Object object) {
    String line = object.toString();
    assertEquals(1, line.lines().count(), line);
    assertTrue(line.length() <= 160, line);
  }

  @Test
  void saysWhatItIs() {
    assertEquals(
        "Model (single-label, 1000 labels): Network of 102 operations, input 8x8x3, output 1000,"
            + " 541,840 parameters",
        model().toString());
  }
}
