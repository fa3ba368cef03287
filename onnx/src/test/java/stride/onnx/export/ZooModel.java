package stride.onnx.export;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

/**
 * A network of the zoo for small images with generated weights, and what it gives.
 *
 * @param images three images
 * @param outputs all outputs of each
 */
public record ZooModel(Model model, List<Tensor> images, List<Map<String, Tensor>> outputs) {
  private static final int CLASSES = 10;

  /** What filters are larger by; deep networks without shortcuts forget their input otherwise. */
  private static final double[] GAINS = {1, 1.1, 1.25, 1.5, 2, 3};

  /** Sizes of images, of which the first is taken that a network allows. */
  private static final List<int[]> SIDES =
      List.of(new int[] {64, 96}, new int[] {96, 128}, new int[] {160, 192});

  /** A network with weights by which all outputs differ from image to image. */
  public static ZooModel of(String name) {
    var network = small(Zoo.find(name));
    var images = GeneratedWeights.images(network.input(), 3);
    for (double gain : GAINS) {
      var model =
          new Model(
              network,
              GeneratedWeights.of(network.graph(), gain),
              Task.VALUES,
              List.of(),
              Preprocessing.none(network.input()));
      var outputs = new ArrayList<Map<String, Tensor>>();
      for (var image : images) {
        outputs.add(model.outputs(image, Engine.shared()));
      }
      if (differ(outputs)) {
        return new ZooModel(model, images, outputs);
      }
    }
    throw new AssertionError(name + ": images hardly differ");
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

  /** The largest value, without its sign. */
  public static double largest(float[] values) {
    double largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }
}
