package stride.onnx.engine;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import stride.layer.normalization.FrozenBatchNorm;
import stride.onnx.graph.OnnxNode;
import stride.onnx.tensor.OnnxTensor;

/**
 * y = scale x + shift with a constant for each channel: a batch norm that is not learned, which the
 * engine fuses.
 */
final class Affine {
  private Affine() {}

  /** Whether a dimension is what an edge has as its channels. */
  static boolean isChannel(Layout layout, View view, int dim) {
    var axes = view.dims().get(dim);
    int first = view.axes().length - axes.size();
    return view.size(dim) == layout.shape(view.edge()).channels()
        && IntStream.range(0, axes.size()).allMatch(i -> axes.get(i) == first + i);
  }

  /** A constant as one value for each channel. */
  record Channels(View view, float[] values) {}

  /**
   * Spreads a constant over the channels of a value.
   *
   * @throws Unlayable if it differs within a channel, or makes the value larger
   */
  static Channels channels(Layout layout, OnnxNode node, View view, OnnxTensor constant)
      throws Unlayable {
    float[] given = Layout.floats(constant);
    int more = constant.rank() - view.rank();
    if (more > 0) {
      throw new Unlayable("a constant gives it more dimensions");
    }
    if (given.length == 1) {
      var all = new float[layout.shape(view.edge()).channels()];
      Arrays.fill(all, given[0]);
      return new Channels(view, all);
    }
    int dim = -1;
    for (int d = 0; d < constant.rank(); d++) {
      if (constant.dimension(d) > 1) {
        if (dim >= 0) {
          throw new Unlayable("a constant of it differs within a channel");
        }
        dim = d - more;
      }
    }
    if (view.size(dim) != given.length) {
      throw new Unlayable("a constant makes it larger");
    }
    if (isChannel(layout, view, dim)) {
      return new Channels(view, given);
    }
    if (dim != 1) {
      throw new Unlayable("a constant of it differs within a channel");
    }
    return new Channels(layout.channelwise(node, view), given);
  }

  static View add(Layout layout, OnnxNode node, View view, float[] scale, float[] shift)
      throws Unlayable {
    return add(layout, layout.names.of(node), view, scale, shift);
  }

  static View add(Layout layout, String name, View view, float[] scale, float[] shift)
      throws Unlayable {
    int edge = layout.add(name, new FrozenBatchNorm(0), List.of(view.edge()));
    var ones = new float[scale.length];
    Arrays.fill(ones, 1);
    layout.weights.put(name + ".weight", scale);
    layout.weights.put(name + ".bias", shift);
    layout.weights.put(name + ".running_mean", new float[scale.length]);
    layout.weights.put(name + ".running_var", ones);
    return view.at(edge);
  }
}
