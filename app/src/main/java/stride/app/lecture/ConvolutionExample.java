package stride.app.lecture;

import static stride.app.lecture.LecturePage.near;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.conv1d;
import static stride.layer.Layers.named;

import java.util.Map;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** What mathematics calls a convolution, and what networks do. */
final class ConvolutionExample {
  private ConvolutionExample() {}

  /** The integral of f(tau) g(t - tau) for two boxes, as a sum over samples. */
  static void boxes(LecturePage page) {
    float step = 0.25f;
    var f = Tensor.of(Shape.image(1, 4, 1), 1, 1, 1, 1);
    // What the integral multiplies by d tau. Flipping a box changes nothing.
    var g = Tensor.of(Shape.of(1, 1, 1, 4), step, step, step, step);
    // Three zeros on both sides, so that the boxes meet in every possible way.
    var network = Network.of(f.shape(), named("conv", conv1d(1, 4).padding(0, 3).noBias()));
    var triangle = Model.of(network, Map.of("conv.weight", g)).logits(f);

    page.show(Grid.of("f", f), "*", Grid.filter("g dt", g), "=", Grid.of("f * g", triangle));
    for (int i = 0; i < triangle.shape().width(); i++) {
      float value = triangle.at(0, i, 0);
      page.say("t = %.2f  %.2f  %s", (i + 1) * step, value, "#".repeat(Math.round(40 * value)));
    }
    page.say("");
    page.number("convolution", triangle);
    page.check(
        "the triangle rises to 1 where the boxes lie on each other",
        near(triangle, 0.25f, 0.5f, 0.75f, 1, 0.75f, 0.5f, 0.25f));
  }

  /** One bright pixel tells the two apart. */
  static void flipping(LecturePage page) {
    var dot = Tensor.zeros(Shape.image(5, 5, 1));
    dot.data()[2 * 5 + 2] = 1;
    var filter = Tensor.of(Shape.of(1, 1, 3, 3), 1, 2, 3, 4, 5, 6, 7, 8, 9);
    var flipped = Tensor.of(Shape.of(1, 1, 3, 3), 9, 8, 7, 6, 5, 4, 3, 2, 1);

    var network = Network.of(dot.shape(), named("conv", conv(1, 3).noBias()));
    var asInNetworks = Model.of(network, Map.of("conv.weight", filter)).logits(dot);
    var asInMathematics = Model.of(network, Map.of("conv.weight", flipped)).logits(dot);

    page.show(
        Grid.of("input 5x5", dot),
        "*",
        Grid.filter("filter", filter),
        "=",
        Grid.of("not flipped", asInNetworks),
        "or",
        Grid.of("flipped", asInMathematics));
    page.number("not_flipped", asInNetworks);
    page.number("flipped", asInMathematics);
    page.check(
        "not flipped, as in networks: the dot becomes the filter upside down",
        near(asInNetworks, 9, 8, 7, 6, 5, 4, 3, 2, 1));
    page.check(
        "flipped, as in the integral's g(t - tau): it becomes the filter itself",
        near(asInMathematics, 1, 2, 3, 4, 5, 6, 7, 8, 9));
  }
}
