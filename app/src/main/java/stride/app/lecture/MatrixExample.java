package stride.app.lecture;

import static stride.layer.Layers.conv;
import static stride.layer.Layers.dense;
import static stride.layer.Layers.named;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** A convolution as one product of two matrices. */
final class MatrixExample {
  private MatrixExample() {}

  /** Two filters of 2x2x3 with stride 2 over an image of 4x4x3 (blue, green, red). */
  static void im2col(LecturePage page) {
    float[][] blue = {{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10, 11, 12}, {13, 14, 15, 16}};
    float[][] green = {{16, 15, 14, 13}, {12, 11, 10, 9}, {8, 7, 6, 5}, {4, 3, 2, 1}};
    float[][] red = {{1, 0, 2, 0}, {0, 0, 0, 0}, {3, 0, 4, 0}, {0, 0, 0, 0}};
    var image = Tensor.image(blue, green, red);
    // A row is a filter: f11 f12 f21 f22 of its blue, then of its green, then of its red.
    float[][] rows = {
      {1, 0, 0, 1, 0, 1, 1, 0, 1, -1, 1, -1}, {1, 1, 1, 1, -1, -1, -1, -1, 2, 0, 0, 0}
    };
    var w = Tensor.image(rows).reshape(Shape.of(2, 12));

    // Each place of the filter stretches into a column of 12.
    var columns = new ArrayList<Tensor>();
    for (int y = 0; y < 4; y += 2) {
      for (int x = 0; x < 4; x += 2) {
        columns.add(stretch(image, y, x));
      }
    }
    // W times a column is a dense layer's output; four columns are a batch.
    var product = Network.of(Shape.of(12), named("w", dense(2).noBias()));
    var byMatrix = Model.of(product, Map.of("w.weight", w)).logits(columns, page.engine());

    var convolution = Network.of(image.shape(), named("conv", conv(2, 2).stride(2).noBias()));
    var filters = w.reshape(Shape.of(2, 3, 2, 2));
    var direct = Model.of(convolution, Map.of("conv.weight", filters)).logits(image);

    // The columns' order is that of the output's pixels, (H, W, C): put them together again.
    var reshaped = Tensor.zeros(direct.shape());
    for (int i = 0; i < 4; i++) {
      System.arraycopy(byMatrix.get(i).data(), 0, reshaped.data(), 2 * i, 2);
    }

    page.show(
        Grid.channel("blue 4x4", image, 0),
        Grid.channel("green 4x4", image, 1),
        Grid.channel("red 4x4", image, 2));
    page.show(
        Grid.of("W 2x12", w),
        "x",
        Grid.of("X 12x4", transposed(columns)),
        "=",
        Grid.of("WX 2x4", transposed(byMatrix)));
    page.show(
        "reshaped 2x2x2:",
        Grid.channel("filter 1", reshaped, 0),
        Grid.channel("filter 2", reshaped, 1));
    page.number("x_col", transposed(columns));
    page.number("wx", transposed(byMatrix));
    page.number("output", direct);
    page.check("the product is the direct convolution, bit for bit", reshaped.equals(direct));
  }

  /** The 2x2x3 block whose upper left pixel is (y, x), channel by channel, as one column. */
  private static Tensor stretch(Tensor image, int y, int x) {
    var column = Tensor.zeros(Shape.of(12));
    for (int channel = 0; channel < 3; channel++) {
      for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 2; j++) {
          column.data()[(channel * 2 + i) * 2 + j] = image.at(y + i, x + j, channel);
        }
      }
    }
    return column;
  }

  /** Vectors as the columns of a matrix. */
  private static Tensor transposed(List<Tensor> columns) {
    int rows = columns.getFirst().data().length;
    var matrix = Tensor.zeros(Shape.of(rows, columns.size()));
    for (int i = 0; i < matrix.data().length; i++) {
      matrix.data()[i] = columns.get(i % columns.size()).data()[i / columns.size()];
    }
    return matrix;
  }
}
