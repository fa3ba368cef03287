package stride.app.lecture;

import static stride.app.lecture.LecturePage.near;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.named;

import java.util.Map;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** A 3x3 input X, a 2x2 filter F and a 2x2 output Z: forward, and both gradients, term by term. */
final class BackwardExample {
  private static final Tensor X = Tensor.image(new float[][] {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}});
  private static final Tensor F = Tensor.of(Shape.of(1, 1, 2, 2), 5, 6, 7, 8);

  /** dL/dZ, which the slides assume to be known. */
  private static final Tensor DZ = Tensor.image(new float[][] {{1, 2}, {3, 4}});

  /** The widest sum of four products in symbols, so that the numbers stand below each other. */
  private static final int SYMBOLS = "dz11 x11 + dz12 x12 + dz21 x21 + dz22 x22".length();

  private BackwardExample() {}

  private static Model layer() {
    var network = Network.of(X.shape(), named("conv", conv(1, 2).noBias()));
    return Model.of(network, Map.of("conv.weight", F));
  }

  static void forward(LecturePage page) {
    var z = layer().logits(X);

    page.show(Grid.of("X", X), "*", Grid.filter("F", F), "=", Grid.of("Z", z));
    boolean sums = forwardTerms(page, z);
    page.number("output", z);
    page.check("the library's Z is these four sums", sums && near(z, 85, 111, 163, 189));
  }

  static void filterGradient(LecturePage page) {
    var gradient = layer().gradients(X, DZ).weight("conv.weight");
    // dL/dZ slides over X as a filter would.
    var network = Network.of(X.shape(), named("conv", conv(1, 2).noBias()));
    var dz = DZ.reshape(Shape.of(1, 1, 2, 2));
    var convolved = Model.of(network, Map.of("conv.weight", dz)).logits(X);

    page.show(
        Grid.of("X", X),
        "*",
        Grid.of("dL/dZ", DZ),
        "=",
        Grid.of("X * dL/dZ", convolved),
        "and",
        Grid.filter("dL/dF", gradient));
    boolean sums = filterTerms(page, gradient);
    page.number("filter_gradient", gradient);
    page.number("convolution", convolved);
    page.check("backward gives these four sums", sums && near(gradient, 37, 47, 67, 77));
    page.check("so does the convolution of X with dL/dZ", near(convolved, gradient.data()));
  }

  static void inputGradient(LecturePage page) {
    var gradient = layer().gradients(X, DZ).input();
    // A full convolution: a ring of zeros around dL/dZ, and the filter turned upside down.
    var network = Network.of(DZ.shape(), named("conv", conv(1, 2).padding(1).noBias()));
    var flipped = Tensor.of(Shape.of(1, 1, 2, 2), 8, 7, 6, 5);
    var convolved = Model.of(network, Map.of("conv.weight", flipped)).logits(DZ);

    page.show(
        Grid.of("dL/dZ", DZ),
        "*",
        Grid.filter("F flipped", flipped),
        "=",
        Grid.of("full convolution", convolved),
        "and",
        Grid.of("dL/dX", gradient));
    boolean sums = inputTerms(page, gradient);
    page.number("input_gradient", gradient);
    page.number("convolution", convolved);
    page.check(
        "backward gives these nine sums",
        sums && near(gradient, 5, 16, 12, 22, 60, 40, 21, 52, 32));
    page.check(
        "so does the full convolution with the flipped filter", near(convolved, gradient.data()));
    page.say("(The scan has other factors in dL/dx23; the chain rule gives dz12 f22 + dz22 f12.)");
  }

  /** Shows each output as a sum; whether the library has computed the same. */
  private static boolean forwardTerms(LecturePage page, Tensor z) {
    boolean equal = true;
    for (int y = 0; y < 2; y++) {
      for (int x = 0; x < 2; x++) {
        var terms = new SumOfProducts("z" + index(y, x));
        for (int i = 0; i < 2; i++) {
          for (int j = 0; j < 2; j++) {
            terms.add(
                "f" + index(i, j),
                "x" + index(y + i, x + j),
                F.at(0, 0, i, j),
                X.at(y + i, x + j, 0));
          }
        }
        page.say(terms.line(0));
        equal &= terms.sum() == z.at(y, x, 0);
      }
    }
    page.say("");
    return equal;
  }

  /**
   * Shows each weight's gradient as a sum: every output times the pixel that the weight saw there.
   */
  private static boolean filterTerms(LecturePage page, Tensor gradient) {
    boolean equal = true;
    for (int i = 0; i < 2; i++) {
      for (int j = 0; j < 2; j++) {
        var terms = new SumOfProducts("dL/df" + index(i, j));
        for (int y = 0; y < 2; y++) {
          for (int x = 0; x < 2; x++) {
            terms.add(
                "dz" + index(y, x),
                "x" + index(y + i, x + j),
                DZ.at(y, x, 0),
                X.at(y + i, x + j, 0));
          }
        }
        page.say(terms.line(SYMBOLS));
        equal &= terms.sum() == gradient.at(0, 0, i, j);
      }
    }
    page.say("");
    return equal;
  }

  /**
   * Shows each pixel's gradient as a sum: every output that saw it times the weight it saw it with.
   */
  private static boolean inputTerms(LecturePage page, Tensor gradient) {
    boolean equal = true;
    for (int r = 0; r < 3; r++) {
      for (int c = 0; c < 3; c++) {
        var terms = new SumOfProducts("dL/dx" + index(r, c));
        // z(y, x) contains x(r, c) times f(r - y, c - x), if the filter has such a weight.
        for (int y = Math.max(0, r - 1); y <= Math.min(1, r); y++) {
          for (int x = Math.max(0, c - 1); x <= Math.min(1, c); x++) {
            terms.add(
                "dz" + index(y, x),
                "f" + index(r - y, c - x),
                DZ.at(y, x, 0),
                F.at(0, 0, r - y, c - x));
          }
        }
        page.say(terms.line(SYMBOLS));
        equal &= terms.sum() == gradient.at(r, c, 0);
      }
    }
    page.say("");
    return equal;
  }

  /** A place as the slides write it: from 1, row before column. */
  private static String index(int row, int column) {
    return "" + (row + 1) + (column + 1);
  }
}
