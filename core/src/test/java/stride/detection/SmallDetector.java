package stride.detection;

import static stride.layer.Layers.conv;
import static stride.layer.Layers.relu;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import stride.box.AnchorGenerator;
import stride.graph.Initializer;
import stride.image.Contained;
import stride.image.Image;
import stride.image.Normalization;
import stride.image.Preprocessing;
import stride.image.Resampling;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.CounterRandom;
import stride.tensor.Shape;

/** Detectors of one layer with fresh weights, whose boxes are many and of no use. */
final class SmallDetector {
  static final Shape INPUT = Shape.image(64, 96, 3);
  static final List<String> LABELS = List.of("a", "b", "c");

  private SmallDetector() {}

  /** FCOS on one map, for pictures that become at most 64 by 96 pixels. */
  static Model fcos(long seed) {
    var network =
        Network.of(
            INPUT,
            (graph, edge) -> {
              int map = graph.named("map", conv(8, 8).stride(8), edge);
              map = graph.named("active", relu(), map);
              graph.output("classes0", graph.named("classes0", conv(LABELS.size(), 1), map));
              graph.output("centers0", graph.named("centers0", conv(1, 1), map));
              var distances = conv(4, 1).biasInitializer(new Initializer.Constant(1.5f));
              int boxes = graph.named("boxes0", distances, map);
              boxes = graph.named("positive", relu(), boxes);
              graph.output("boxes0", boxes);
              return boxes;
            });
    var method =
        new FcosMethod(
            new Resizing(64, 96),
            new AnchorGenerator(List.of(List.of(8f)), List.of(List.of(1f))),
            0.6,
            1000,
            new Limits(0.2, 100));
    return Model.initialized(network, seed)
        .withMethod(method, LABELS)
        .withPreprocessing(
            new Preprocessing(new Contained(Resampling.BILINEAR), INPUT, Normalization.IMAGENET));
  }

  /** Writes a picture of noise in squares. */
  static Path picture(Path file, int key, int height, int width) throws Exception {
    return Files.write(file, image(key, height, width).toPng());
  }

  static Image image(int key, int height, int width) {
    var image = Image.zeros(Shape.image(height, width, 3));
    for (int i = 0; i < image.data().length; i++) {
      int square = i / 3 % width / 12 + i / 3 / width / 12 * 100;
      long bits = CounterRandom.bits(key, 3L * square + i % 3);
      image.data()[i] = CounterRandom.below(bits, 256) / 255f;
    }
    return image;
  }
}
