package stride.app.lecture;

import static stride.app.lecture.LecturePage.near;
import static stride.layer.Layers.sigmoid;
import static stride.layer.Layers.softmax;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;
import stride.tensor.Tensor;
import stride.train.BinaryCrossEntropy;
import stride.train.SoftmaxCrossEntropy;
import stride.train.Targets;

/** From a network's last numbers to probabilities, and to a loss with its gradient. */
final class LossExample {
  private LossExample() {}

  /** Three classes; the image is of the first. */
  static void softmaxCrossEntropy(LecturePage page) {
    var z = Tensor.of(Shape.of(3), 9, 5, 0);
    var probabilities = Model.of(Network.of(z.shape(), softmax()), Map.of()).logits(z);
    var loss = new SoftmaxCrossEntropy().of(z, Targets.ofClasses(0));

    page.show(
        Grid.of("z", z.reshape(Shape.of(3, 1))),
        "->",
        Grid.of("softmax", probabilities.reshape(Shape.of(3, 1))),
        "-",
        Grid.words("y", 1, "1", "0", "0"),
        "=",
        Grid.of("dL/dz", loss.gradient().reshape(Shape.of(3, 1))));
    page.say("L = -log(%.5f) = %.5f", probabilities.at(0), loss.loss());
    page.say("");
    page.number("softmax", probabilities);
    page.number("loss", loss.loss());
    page.number("gradient", loss.gradient());
    page.check(
        "softmax is 0.98189 0.01798 0.00012, with a sum of 1",
        near(probabilities, 0.98189f, 0.01798f, 0.00012f));
    page.check("the loss is the first one's -log, 0.01827", Math.abs(loss.loss() - 0.01827) < 1e-5);
    page.check("its gradient is softmax - y", near(loss.gradient(), -0.01811f, 0.01798f, 0.00012f));
  }

  /** Cat or not: one number is enough. */
  static void binaryCrossEntropy(LecturePage page) {
    var z = Tensor.of(Shape.of(3), -2, 0, 2);
    var yHat = Model.of(Network.of(z.shape(), sigmoid()), Map.of()).logits(z);

    page.number("z", z);
    page.number("sigmoid", yHat);
    page.say("    z  sigmoid   y      L    dL/dz");
    var losses = new ArrayList<Double>();
    var gradients = new ArrayList<Float>();
    for (int y = 1; y >= 0; y--) {
      for (int i = 0; i < 3; i++) {
        var one = Tensor.of(Shape.of(1), z.at(i));
        var loss = new BinaryCrossEntropy().of(one, Targets.ofClasses(y));
        page.say(
            "%5.0f  %7.4f  %2d  %6.4f  %7.4f",
            z.at(i), yHat.at(i), y, loss.loss(), loss.gradient().at(0));
        losses.add(loss.loss());
        gradients.add(loss.gradient().at(0));
      }
    }
    page.say("");
    page.number("loss", losses);
    page.number("gradient", gradients);
    page.check("the sigmoid is 0.1192, 0.5 and 0.8808", near(yHat, 0.119203f, 0.5f, 0.880797f));
    page.check(
        "a sure and right answer costs 0.1269, an undecided one 0.6931, a sure and wrong one"
            + " 2.1269",
        near(vector(losses), 2.126928f, 0.693147f, 0.126928f, 0.126928f, 0.693147f, 2.126928f));
    page.check(
        "the gradient is sigmoid - y",
        near(vector(gradients), -0.880797f, -0.5f, -0.119203f, 0.119203f, 0.5f, 0.880797f));
  }

  private static Tensor vector(List<? extends Number> numbers) {
    var vector = Tensor.zeros(Shape.of(numbers.size()));
    for (int i = 0; i < numbers.size(); i++) {
      vector.data()[i] = numbers.get(i).floatValue();
    }
    return vector;
  }
}
