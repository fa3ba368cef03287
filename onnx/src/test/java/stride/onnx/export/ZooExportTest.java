package stride.onnx.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.engine.Engine;
import stride.graph.ShapeException;
import stride.image.Preprocessing;
import stride.network.Model;
import stride.network.Network;
import stride.network.Task;
import stride.tensor.Shape;
import stride.tensor.Tensor;
import stride.zoo.Architecture;
import stride.zoo.Zoo;

/** What ONNX Runtime computes of the zoo's networks, written as ONNX files, against Stride. */
@Tag("slow")
class ZooExportTest {
  private static final int CLASSES = 10;

  /** Of the largest value of an output. */
  private static final double TOLERANCE = 1e-4;

  /** What filters are larger by; deep networks without shortcuts forget their input otherwise. */
  private static final double[] GAINS = {1, 1.25, 1.5, 2, 3};

  /** Sizes of images, of which the first is taken that a network allows. */
  private static final List<int[]> SIDES =
      List.of(new int[] {64, 96}, new int[] {96, 128}, new int[] {160, 192});

  static Stream<String> names() {
    return Zoo.all().stream().map(Architecture::name);
  }

  @ParameterizedTest
  @MethodSource("names")
  void onnxRuntimeComputesTheSame(String name) {
    var network = small(Zoo.find(name));
    var shape = network.input();
    var images = GeneratedWeights.images(shape, 3);
    Model model = null;
    List<Map<String, Tensor>> expected = List.of();
    for (double gain : GAINS) {
      model = model(network, gain);
      expected = outputs(model, images);
      if (differ(expected)) {
        break;
      }
    }
    assertTrue(differ(expected), "images hardly differ");
    try (var runtime = new Runtime(OnnxExport.standard().message(model))) {
      for (int batch : new int[] {1, 3}) {
        for (int from = 0; from < 3; from += batch) {
          check(
              expected.subList(from, from + batch),
              runtime.run(
                  "input",
                  planes(shape, images.subList(from, from + batch)),
                  batch,
                  shape.channels(),
                  shape.height(),
                  shape.width()));
        }
      }
    }
  }

  private static Model model(Network network, double gain) {
    return new Model(
        network,
        GeneratedWeights.of(network.graph(), gain),
        Task.VALUES,
        List.of(),
        Preprocessing.none(network.input()));
  }

  private static List<Map<String, Tensor>> outputs(Model model, List<Tensor> images) {
    var outputs = new ArrayList<Map<String, Tensor>>();
    for (var image : images) {
      outputs.add(model.outputs(image, Engine.shared()));
    }
    return outputs;
  }

  private static Network small(Architecture architecture) {
    int channels = architecture.input().channels();
    int classes = architecture.painter() == null ? CLASSES : 3;
    if (architecture.input().height() > 100) {
      for (int[] sides : SIDES) {
        try {
          return architecture.network(Shape.image(sides[0], sides[1], channels), classes);
        } catch (ShapeException e) {
          // It takes larger ones.
        }
      }
    }
    return architecture.network(architecture.input(), classes);
  }

  private static float[] planes(Shape shape, List<Tensor> images) {
    var planes = new float[images.size() * shape.elements()];
    for (int n = 0; n < images.size(); n++) {
      Planes.toPlanes(shape, images.get(n).data(), planes, n * shape.elements());
    }
    return planes;
  }

  /** Whether all outputs are others for another image, by a twentieth of the largest value. */
  private static boolean differ(List<Map<String, Tensor>> outputs) {
    for (String name : outputs.getFirst().keySet()) {
      float[] first = outputs.get(0).get(name).data();
      float[] second = outputs.get(1).get(name).data();
      double apart = 0;
      for (int i = 0; i < first.length; i++) {
        apart = Math.max(apart, Math.abs(first[i] - second[i]));
      }
      if (!(apart > 0.05 * largest(first))) {
        return false;
      }
    }
    return true;
  }

  private static double largest(float[] values) {
    double largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  private static void check(List<Map<String, Tensor>> expected, Map<String, float[]> found) {
    assertEquals(expected.getFirst().keySet(), found.keySet());
    for (String name : found.keySet()) {
      var shape = expected.getFirst().get(name).shape();
      float[] planes =
          planes(shape, expected.stream().map(outputs -> outputs.get(name)).toList());
      float[] values = found.get(name);
      assertEquals(planes.length, values.length, name);
      double bound = TOLERANCE * largest(planes);
      for (int i = 0; i < values.length; i++) {
        assertEquals(planes[i], values[i], bound, "value %d of %s".formatted(i, name));
      }
    }
  }
}
