package stride.app.lecture;

import static stride.app.lecture.LecturePage.near;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.named;

import java.util.Map;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** A filter of nine numbers finds edges. */
final class EdgesExample {
  /** Light on the left and dark on the right; (out, in, height, width), as all filters. */
  static final Tensor VERTICAL = Tensor.of(Shape.of(1, 1, 3, 3), 1, 0, -1, 1, 0, -1, 1, 0, -1);

  /** Light above and dark below. */
  static final Tensor HORIZONTAL = Tensor.of(Shape.of(1, 1, 3, 3), 1, 1, 1, 0, 0, 0, -1, -1, -1);

  private EdgesExample() {}

  static void vertical(LecturePage page) {
    var image =
        Tensor.image(
            new float[][] {
              {10, 10, 10, 0, 0, 0},
              {10, 10, 10, 0, 0, 0},
              {10, 10, 10, 0, 0, 0},
              {10, 10, 10, 0, 0, 0},
              {10, 10, 10, 0, 0, 0},
              {10, 10, 10, 0, 0, 0},
            });
    var output = convolve(image, VERTICAL);

    page.show(
        Grid.of("input 6x6", image),
        "*",
        Grid.filter("filter 3x3", VERTICAL),
        "=",
        Grid.of("output 4x4", output));
    page.number("output", output);
    page.check(
        "every row of the output is 0 30 30 0, as on the slide",
        near(output, 0, 30, 30, 0, 0, 30, 30, 0, 0, 30, 30, 0, 0, 30, 30, 0));
  }

  static void horizontal(LecturePage page) {
    var image =
        Tensor.image(
            new float[][] {
              {10, 10, 10, 10, 10, 10},
              {10, 10, 10, 10, 10, 10},
              {10, 10, 10, 10, 10, 10},
              {0, 0, 0, 0, 0, 0},
              {0, 0, 0, 0, 0, 0},
              {0, 0, 0, 0, 0, 0},
            });
    var output = convolve(image, HORIZONTAL);

    page.show(
        Grid.of("input 6x6", image),
        "*",
        Grid.filter("filter 3x3", HORIZONTAL),
        "=",
        Grid.of("output 4x4", output));
    page.number("output", output);
    page.check(
        "the output's rows are of 0, 30, 30 and 0",
        near(output, 0, 0, 0, 0, 30, 30, 30, 30, 30, 30, 30, 30, 0, 0, 0, 0));
  }

  /** One forward pass of a network that is one convolution with one filter. */
  private static Tensor convolve(Tensor image, Tensor filter) {
    var network = Network.of(image.shape(), named("conv", conv(1, 3).noBias()));
    var model = Model.of(network, Map.of("conv.weight", filter));
    return model.logits(image);
  }
}
