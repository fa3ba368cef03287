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
import stride.tensor.CounterRandom;
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

  /** Sizes of images to begin with. */
  private static final List<int[]> SIDES =
      List.of(new int[] {64, 96}, new int[] {96, 128}, new int[] {160, 192});

  /** Where a small change of an image grows less on its way, no better weights are sought. */
  private static final double ENOUGH = 200;

  private static final double SMALL = 1e-6;

  /**
   * A network with weights by which all outputs differ from image to image, but hardly for images
   * that nearly are the same: otherwise no two programs would agree, as each rounds in its own way.
   */
  public static ZooModel of(String name) {
    ZooModel calmest = null;
    double least = Double.POSITIVE_INFINITY;
    for (var network : small(Zoo.find(name))) {
      var images = GeneratedWeights.images(network.input(), 3);
      var nearly = images.stream().map(ZooModel::nearly).toList();
      for (double gain : GAINS) {
        var model =
            new Model(
                network,
                GeneratedWeights.of(network.graph(), gain),
                Task.VALUES,
                List.of(),
                Preprocessing.none(network.input()));
        var outputs = outputs(model, images);
        double growth =
            differ(outputs) ? growth(outputs, outputs(model, nearly)) : Double.POSITIVE_INFINITY;
        if (growth < least) {
          calmest = new ZooModel(model, images, outputs);
          least = growth;
        }
        if (least < ENOUGH) {
          return calmest;
        }
      }
    }
    if (calmest == null) {
      throw new AssertionError(name + ": images hardly differ");
    }
    return calmest;
  }

  private static List<Map<String, Tensor>> outputs(Model model, List<Tensor> images) {
    return images.stream().map(image -> model.outputs(image, Engine.shared())).toList();
  }

  /** An image whose values are off by a millionth, up and down. */
  private static Tensor nearly(Tensor image) {
    float[] values = image.data().clone();
    long key = CounterRandom.key(1, 0, 0);
    for (int i = 0; i < values.length; i++) {
      values[i] *= (float) ((CounterRandom.bits(key, i) & 1) == 0 ? 1 + SMALL : 1 - SMALL);
    }
    return new Tensor(image.shape(), values);
  }

  /** By how much the outputs are further off than the images. */
  private static double growth(
      List<Map<String, Tensor>> outputs, List<Map<String, Tensor>> nearly) {
    double growth = 0;
    for (int n = 0; n < outputs.size(); n++) {
      for (var output : outputs.get(n).entrySet()) {
        float[] values = output.getValue().data();
        float[] others = nearly.get(n).get(output.getKey()).data();
        double apart = 0;
        for (int i = 0; i < values.length; i++) {
          apart = Math.max(apart, Math.abs(values[i] - others[i]));
        }
        growth = Math.max(growth, apart / largest(values) / SMALL);
      }
    }
    return growth;
  }

  /** The network for images of small sizes, as far as it allows them, the smallest first. */
  private static List<Network> small(Architecture architecture) {
    int channels = architecture.input().channels();
    int classes = architecture.painter() == null ? CLASSES : 3;
    var networks = new ArrayList<Network>();
    if (architecture.input().height() > 100) {
      for (int[] sides : SIDES) {
        try {
          networks.add(architecture.network(Shape.image(sides[0], sides[1], channels), classes));
        } catch (ShapeException e) {
          // It takes larger ones.
        }
      }
    }
    return networks.isEmpty()
        ? List.of(architecture.network(architecture.input(), classes))
        : networks;
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
