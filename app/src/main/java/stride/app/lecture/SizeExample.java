package stride.app.lecture;

import static stride.app.lecture.LecturePage.near;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.named;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** How large a convolution's output is. */
final class SizeExample {
  private static final List<Case> CASES =
      List.of(
          new Case(6, 3, 0, 1),
          new Case(6, 3, 1, 1),
          new Case(6, 5, 2, 1),
          new Case(6, 3, 0, 2),
          new Case(7, 3, 0, 2),
          new Case(7, 3, 1, 2),
          new Case(5, 5, 0, 3),
          new Case(8, 2, 0, 2),
          new Case(28, 5, 2, 1),
          new Case(14, 5, 0, 1),
          new Case(224, 7, 3, 2),
          new Case(227, 11, 0, 4));

  private SizeExample() {}

  /** Zeros around an image keep its size, and look like darkness. */
  static void padding(LecturePage page) {
    float[] row = {10, 10, 10, 0, 0, 0};
    var image = Tensor.image(new float[][] {row, row, row, row, row, row});
    var filter = Map.of("conv.weight", EdgesExample.VERTICAL);
    var valid = Network.of(image.shape(), named("conv", conv(1, 3).noBias()));
    var same = Network.of(image.shape(), named("conv", conv(1, 3).same().noBias()));
    var shrunk = Model.of(valid, filter).logits(image);
    var kept = Model.of(same, filter).logits(image);

    page.show(
        Grid.of("input 6x6", image),
        "*",
        Grid.filter("filter", EdgesExample.VERTICAL),
        "=",
        Grid.of("valid: 4x4", shrunk),
        "or",
        Grid.of("same: 6x6", kept));
    page.number("valid", shrunk);
    page.number("same", kept);
    page.check("without padding, 6x6 becomes 4x4", shrunk.shape().equals(Shape.image(4, 4, 1)));
    page.check("with a ring of zeros (8x8), it stays 6x6", kept.shape().equals(image.shape()));
    page.check(
        "the ring is a dark frame: a row far from it begins with an edge of -30",
        kept.at(2, 0, 0) == -30);
  }

  /** A filter that moves by two pixels at a time. */
  static void stride(LecturePage page) {
    var image =
        Tensor.image(
            new float[][] {
              {3, 0, 1, 2, 2, 7, 4},
              {1, 5, 8, 9, 9, 3, 1},
              {2, 7, 2, 5, 5, 1, 3},
              {0, 1, 3, 1, 1, 7, 8},
              {4, 2, 1, 6, 6, 2, 8},
              {2, 4, 5, 2, 2, 3, 9},
              {1, 3, 4, 5, 7, 8, 3},
            });
    var filter = Tensor.of(Shape.of(1, 1, 3, 3), 0, 0, 0, 1, 0, 2, -1, 0, 1);
    var network = Network.of(image.shape(), named("conv", conv(1, 3).stride(2).noBias()));
    var output = Model.of(network, Map.of("conv.weight", filter)).logits(image);

    page.show(
        Grid.of("input 7x7", image),
        "*",
        Grid.filter("filter 3x3", filter),
        "=",
        Grid.of("output 3x3", output));
    page.number("output", output);
    page.check(
        "the output begins with the slide's 17 29 9",
        near(output, 17, 29, 9, 3, 10, 19, 15, 12, 16));
  }

  /** The formula, and what comes out of the library. */
  static void formula(LecturePage page) {
    var rows = new ArrayList<Map<String, Integer>>();
    boolean equal = true;
    page.say("   n    f   p   s   (n+2p-f)/s + 1   library");
    for (var c : CASES) {
      var network = Network.of(Shape.image(c.n, c.n, 1), conv(1, c.f).padding(c.p).stride(c.s));
      var image = Tensor.zeros(network.input());
      var output = Model.initialized(network, page.seed()).logits(image);

      double exact = (c.n + 2.0 * c.p - c.f) / c.s + 1;
      int floor = (int) Math.floor(exact);
      int found = output.shape().height();
      page.say(
          "%4d  %3d  %2d  %2d   %8s -> %3d   %7s",
          c.n, c.f, c.p, c.s, Grid.number((float) exact), floor, found + "x" + found);
      rows.add(Map.of("n", c.n, "f", c.f, "p", c.p, "s", c.s, "output", found));
      equal &= output.shape().equals(Shape.image(floor, floor, 1));
    }
    page.say("");
    page.number("sizes", rows);
    page.check("every output of the library is as large as the formula says", equal);
  }

  /** An n x n image, an f x f filter, a padding and a stride. */
  private record Case(int n, int f, int p, int s) {}
}
