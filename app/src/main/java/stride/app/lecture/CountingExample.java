package stride.app.lecture;

import static stride.app.lecture.LecturePage.near;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.dense;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.named;
import static stride.layer.Layers.sequential;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import stride.graph.TensorType;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;
import stride.tensor.Tensor;
import stride.zoo.Zoo;

/** How many numbers a layer learns. */
final class CountingExample {
  private CountingExample() {}

  /** One layer on an image of 100x100x3: dense, and convolutional. */
  static void oneLayer(LecturePage page) {
    var image = Shape.image(100, 100, 3);
    page.say("One dense layer on %s = %,d numbers:", image, image.elements());
    var counts = new ArrayList<Long>();
    for (int units : new int[] {1_000, 10_000, 100_000}) {
      // A dense layer multiplies with each weight once, so this counts weights, also those of a
      // layer too large for any array.
      long weights = dense(units).noBias().multiplyAdds(TensorType.of(image).flatten());
      counts.add(weights);
      page.say("%,9d units  %,15d weights", units, weights);
    }
    var convolution = Network.of(image, conv(100, 3));
    page.say("100 filters of 3x3x3, each with a bias:");
    page.say("%25s  %,d parameters", "(27 + 1) x 100 =", convolution.parameters());
    page.say("");
    page.number("dense", counts);
    page.number("convolution", convolution.parameters());
    page.check(
        "30 million, 300 million and 3 billion weights",
        counts.equals(List.of(30_000_000L, 300_000_000L, 3_000_000_000L)));
    page.check("against 2,800", convolution.parameters() == 2_800);
  }

  /** A 2x2 filter is a 16x4 matrix that is mostly zeros, and repeats itself. */
  static void sharing(LecturePage page) {
    var image = Shape.image(4, 4, 1);
    var filter = Tensor.of(Shape.of(1, 1, 2, 2), 1, 2, 3, 4);
    var convolution = Network.of(image, named("conv", conv(1, 2).stride(2).noBias()));
    var shared = Model.of(convolution, Map.of("conv.weight", filter));

    // What the filter makes of each single pixel is a column of the dense layer's (out, in).
    var matrix = Tensor.zeros(Shape.of(4, 16));
    for (int pixel = 0; pixel < 16; pixel++) {
      var one = Tensor.zeros(image);
      one.data()[pixel] = 1;
      var seen = shared.logits(one).data();
      for (int out = 0; out < 4; out++) {
        matrix.data()[out * 16 + pixel] = seen[out];
      }
    }
    var fullyConnected = Network.of(image, sequential(flatten(), named("fc", dense(4).noBias())));
    var dense = Model.of(fullyConnected, Map.of("fc.weight", matrix));

    var input = Tensor.of(image, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
    var byFilter = shared.logits(input);
    var byMatrix = dense.logits(input);

    page.show(
        Grid.of("input 4x4", input),
        Grid.filter("filter 2x2", filter),
        Grid.of("output, stride 2", byFilter));
    page.say("The same as a dense layer, its 16 inputs across and its 4 outputs down:");
    page.show(
        Grid.words("", 16, dotted(matrix)), "=", Grid.of("", byMatrix.reshape(Shape.of(4, 1))));
    page.number("output", byFilter);
    page.number("matrix", matrix);
    page.number("convolution", convolution.parameters());
    page.number("dense", fullyConnected.parameters());
    page.check(
        "both make 44 64 124 144",
        near(byFilter, 44, 64, 124, 144) && near(byMatrix, 44, 64, 124, 144));
    page.check(
        "the filter learns 4 numbers, the dense layer 16 x 4 = 64",
        convolution.parameters() == 4 && fullyConnected.parameters() == 64);
  }

  /** Dots for zeros. */
  private static String[] dotted(Tensor matrix) {
    var words = new String[matrix.data().length];
    for (int i = 0; i < words.length; i++) {
      words[i] = matrix.data()[i] == 0 ? "." : Grid.number(matrix.data()[i]);
    }
    return words;
  }

  /** LeNet-5, row by row. */
  static void lenet5(LecturePage page) {
    var network = Zoo.find("lenet5").network();
    var rows = new ArrayList<Map<String, Object>>();
    page.say(
        "%-6s %-8s %-17s %-9s %14s %11s",
        "layer", "", "", "output", "weights + bias", "parameters");
    for (var row : network.summary()) {
      int sum = row.parameters().stream().mapToInt(count -> count).sum();
      page.say(
          "%-6s %-8s %-17s %-9s %14s %11s",
          sum == 0 ? "" : row.name(),
          row.kind(),
          row.details(),
          row.output(),
          row.parameters().stream().map(String::valueOf).collect(Collectors.joining(" + ")),
          sum == 0 ? "" : "%,d".formatted(sum));
      if (sum > 0) {
        rows.add(Map.of("layer", row.name(), "parameters", row.parameters()));
      }
    }
    page.say("%58s %,11d", "", network.parameters());
    page.say("");
    page.number("layers", rows);
    page.number("parameters", network.parameters());
    page.check("61,706 parameters", network.parameters() == 61_706);
  }
}
