package stride.train;

import static stride.layer.Layers.*;

import java.util.List;
import java.util.SplittableRandom;
import stride.data.ByteImages;
import stride.data.ImageDataset;
import stride.image.Fit;
import stride.image.Normalization;
import stride.image.Preprocessing;
import stride.image.Resampling;
import stride.layer.Layer;
import stride.network.Network;
import stride.tensor.Shape;

/** A data set made by a few lines of code, and small networks that learn it. */
final class Toy {
  static final Shape SHAPE = Shape.image(8, 8, 1);
  private static final List<String> LABELS = List.of("rows", "columns", "slope", "spot");

  private Toy() {}

  /** Noisy images of stripes along rows, columns or the diagonal, or of a spot. */
  static ImageDataset images(int count, long seed) {
    return images(count, seed, LABELS);
  }

  /** The same with other names of the four classes. */
  static ImageDataset images(int count, long seed, List<String> labels) {
    var random = new SplittableRandom(seed);
    var pixels = new byte[count * SHAPE.elements()];
    var classes = new byte[count];
    for (int i = 0; i < count; i++) {
      int kind = i % labels.size();
      classes[i] = (byte) kind;
      int phase = random.nextInt(8);
      for (int y = 0; y < 8; y++) {
        for (int x = 0; x < 8; x++) {
          boolean light =
              switch (kind) {
                case 0 -> (y + phase) % 4 < 2;
                case 1 -> (x + phase) % 4 < 2;
                case 2 -> (x + y + phase) % 4 < 2;
                default -> Math.abs(x - 3 - phase % 3) + Math.abs(y - 2 - phase / 3) < 3;
              };
          pixels[(i * 8 + y) * 8 + x] = (byte) ((light ? 150 : 0) + random.nextInt(100));
        }
      }
    }
    return new ByteImages(
        pixels,
        classes,
        labels,
        new Preprocessing(
            new Fit.Stretch(Resampling.BILINEAR), SHAPE, Normalization.grey(0.45, 0.3)));
  }

  /** Convolutions, tanh and average pooling, as LeNet-5. */
  static Network lenet() {
    return Network.of(
        SHAPE,
        sequential(
            conv(6, 3).padding(1),
            tanh(),
            avgPool(2),
            conv(8, 3),
            tanh(),
            flatten(),
            dense(16),
            tanh(),
            dense(4)));
  }

  /** Everything that keeps something from step to step, or draws: batch norm, dropout. */
  static Network modern() {
    return modern(relu6());
  }

  /** The same with another activation before its last layers, and as many weights. */
  static Network modern(Layer activation) {
    return Network.of(
        SHAPE,
        sequential(
            conv(8, 3).padding(1).noBias(),
            batchNorm(),
            relu(),
            residual(sequential(conv(8, 3).padding(1).noBias(), batchNorm(), dropout(0.2))),
            maxPool(2),
            branches(conv(5, 1), conv(6, 3).padding(1)),
            activation,
            globalAvgPool(),
            flatten(),
            dropout(0.1),
            dense(4)));
  }
}
