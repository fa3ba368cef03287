package stride.app.lecture;

import static stride.app.lecture.LecturePage.near;
import static stride.layer.Layers.avgPool;
import static stride.layer.Layers.maxPool;

import java.util.Map;
import stride.layer.Layer;
import stride.network.Gradients;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Tensor;

/** Pooling sums up each window in one number, and learns nothing. */
final class PoolingExample {
  private static final Tensor INPUT =
      Tensor.image(new float[][] {{1, 3, 2, 4}, {2, 9, 1, 1}, {1, 3, 2, 3}, {5, 6, 1, 2}});

  /** The loss's gradient at the output: a different number at each window, to see where it goes. */
  private static final Tensor DZ = Tensor.image(new float[][] {{1, 2}, {3, 4}});

  private PoolingExample() {}

  static void max(LecturePage page) {
    var model = pooling(maxPool(2));
    var output = model.logits(INPUT);
    var gradients = model.gradients(INPUT, DZ);

    show(page, "max 2x2", output, gradients);
    page.check("the output is 9 4 and 6 3", near(output, 9, 4, 6, 3));
    page.check(
        "each window's gradient goes to its maximum, the others get 0",
        near(gradients.input(), 0, 0, 0, 2, 0, 1, 0, 0, 0, 0, 0, 4, 0, 3, 0, 0));

    var flat = Tensor.zeros(INPUT.shape());
    page.check(
        "where several are largest, the first gets it",
        near(model.gradients(flat, DZ).input(), 1, 0, 2, 0, 0, 0, 0, 0, 3, 0, 4, 0, 0, 0, 0, 0));
  }

  static void average(LecturePage page) {
    var model = pooling(avgPool(2));
    var output = model.logits(INPUT);
    var gradients = model.gradients(INPUT, DZ);

    show(page, "average 2x2", output, gradients);
    page.check(
        "the output is 3.75 2 and 3.75 2 (the scan has 1.25 and 4)",
        near(output, 3.75f, 2, 3.75f, 2));
    float[] above = {0.25f, 0.25f, 0.5f, 0.5f};
    float[] below = {0.75f, 0.75f, 1, 1};
    float[][] quarters = {above, above, below, below};
    page.check(
        "each pixel gets a quarter of its window's gradient",
        near(gradients.input(), Tensor.image(quarters).data()));
  }

  private static Model pooling(Layer layer) {
    return Model.of(Network.of(INPUT.shape(), layer), Map.of());
  }

  private static void show(LecturePage page, String name, Tensor output, Gradients gradients) {
    page.show(Grid.of("input X", INPUT), "->", Grid.of(name + ": Z", output));
    page.show(Grid.of("dL/dZ", DZ), "->", Grid.of("dL/dX", gradients.input()));
    page.number("output", output);
    page.number("input_gradient", gradients.input());
  }
}
