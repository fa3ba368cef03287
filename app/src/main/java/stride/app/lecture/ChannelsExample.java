package stride.app.lecture;

import static stride.app.lecture.LecturePage.near;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.named;

import java.util.List;
import java.util.Map;
import stride.network.Model;
import stride.network.Network;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** Images and filters with several channels. */
final class ChannelsExample {
  private ChannelsExample() {}

  /** Each filter sees all channels of the input, and makes one channel of the output. */
  static void rgb(LecturePage page) {
    float[] light = {10, 10, 10, 10, 10, 10};
    float[] dark = {0, 0, 0, 0, 0, 0};
    float[] left = {10, 10, 10, 0, 0, 0};
    float[] faint = {5, 5, 5, 0, 0, 0};
    float[][] red = {left, left, left, left, left, left};
    float[][] green = {light, light, light, dark, dark, dark};
    float[][] blue = {faint, faint, faint, faint, faint, faint};
    var image = Tensor.image(red, green, blue);
    // (2 filters, 3 channels, 3, 3): vertical edges of any colour, then horizontal ones.
    var filters = Tensor.zeros(Shape.of(2, 3, 3, 3));
    for (int channel = 0; channel < 3; channel++) {
      System.arraycopy(EdgesExample.VERTICAL.data(), 0, filters.data(), channel * 9, 9);
      System.arraycopy(EdgesExample.HORIZONTAL.data(), 0, filters.data(), (3 + channel) * 9, 9);
    }
    var network = Network.of(image.shape(), named("conv", conv(2, 3).noBias()));
    var output = Model.of(network, Map.of("conv.weight", filters)).logits(image);

    page.show(
        Grid.channel("red", image, 0),
        Grid.channel("green", image, 1),
        Grid.channel("blue", image, 2));
    for (int filter = 0; filter < 2; filter++) {
      page.show(
          Grid.filter("filter " + (filter + 1) + ": red", filters, filter, 0),
          Grid.filter("green", filters, filter, 1),
          Grid.filter("blue", filters, filter, 2),
          "->",
          Grid.channel("output " + (filter + 1), output, filter));
    }
    page.number("output", output);
    float[] edge = {0, 45, 45, 0};
    float[] all = {30, 30, 30, 30};
    float[] none = {0, 0, 0, 0};
    float[][] vertical = {edge, edge, edge, edge};
    float[][] horizontal = {none, all, all, none};
    page.check(
        "6x6x3 with two filters of 3x3x3 becomes 4x4x2",
        output.shape().equals(Shape.image(4, 4, 2)));
    page.check(
        "the first adds up the red edge of 30 and the blue one of 15, the second sees the green"
            + " one",
        near(output, Tensor.image(vertical, horizontal).data()));
  }

  /** Of a picture of a layer's input and output, without padding and with stride 1. */
  static void popQuiz(LecturePage page) {
    var input = Shape.image(14, 14, 16);
    var output = Shape.image(12, 12, 36);
    page.say(
        "A layer makes %s of %s. What is the size of each filter? How many are there?",
        output, input);
    page.say("(The scan has lost the picture's height and width, not the answers.)");
    page.say("");
    page.say("As many filters as the output has channels: %d.", output.channels());
    int found = 0;
    for (int size = 1; size <= 7; size += 2) {
      var shape = Network.of(input, conv(output.channels(), size)).output();
      boolean fits = shape.equals(output);
      page.say("Filters of %dx%d would make %s%s", size, size, shape, fits ? ": these." : ".");
      found = fits ? size : found;
    }
    var network = Network.of(input, named("conv", conv(output.channels(), found)));
    var filters = Model.initialized(network, page.seed()).weights().tensor("conv.weight").shape();
    page.say("Each filter sees all %d channels of the input.", filters.size(1));
    page.say("");
    page.number("filters", filters.size(0));
    page.number("filter", List.of(filters.size(2), filters.size(3), filters.size(1)));
    page.number("parameters", network.parameters());
    page.check("36 filters of 3x3x16", filters.equals(Shape.of(36, 16, 3, 3)));
    page.check(
        "that is 3 x 3 x 16 x 36 = 5,184 weights and 36 biases", network.parameters() == 5_220);
  }
}
