package outside;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import stride.data.ByteImages;
import stride.data.digits.Digit;
import stride.image.Image;
import stride.image.Normalization;
import stride.image.Preprocessing;
import stride.layer.Layers;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;
import stride.tensor.Tensor;
import stride.train.Trainer;

/**
 * A program that learns, saves, loads, and classifies a picture from bytes. It stands outside of
 * Stride's packages, so that it runs beside Stride's module, too.
 */
public final class Learner {
  private Learner() {}

  /** Runs it; the argument is the model's file. */
  public static void main(String[] arguments) throws IOException {
    var shape = Shape.image(8, 8, 1);
    var bytes = new byte[10 * 64];
    Arrays.fill(bytes, 320, 640, (byte) -1);
    var labels = new byte[10];
    Arrays.fill(labels, 5, 10, (byte) 1);
    var data =
        new ByteImages(
            bytes,
            labels,
            List.of("dark", "light"),
            new Preprocessing(new Digit(), shape, Normalization.grey(0.5, 0.5)));
    var network = Network.of(shape, Layers.sequential(Layers.flatten(), Layers.dense(2)));
    Path file = Path.of(arguments[0]);
    Trainer.of(network).epochs(2).batch(5).fit(data, data).save(file);
    var model = Model.load(file).withPreprocessing(Preprocessing.none(shape));
    var white = Image.zeros(Shape.image(9, 9, 3));
    Arrays.fill(white.data(), 1);
    System.out.println(model.classify(white.toPng()).top(1).getFirst().label());
    var gradients = model.gradients(Tensor.zeros(shape), Tensor.zeros(Shape.of(2)));
    System.out.println(gradients.input().shape());
    System.out.println(
        ModuleLayer.boot().findModule("java.desktop").isPresent() ? "AWT" : "no AWT");
  }
}
