package stride.onnx.engine;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import stride.layer.normalization.FixedAffine;
import stride.layer.normalization.FrozenBatchNorm;
import stride.onnx.graph.OnnxNode;
import stride.onnx.tensor.OnnxTensor;

/**
 * y = scale x + shift with constants: for each channel a batch norm that is not learned, which the
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

  /** A constant as one value for each channel, or for each number of a sample. */
  record Spread(View view, float[] values) {}

  /**
   * Spreads a constant over a value: over its channels if it does not differ within one.
   *
   * @throws Unlayable if it makes the value larger
   */
  static Spread spread(Layout layout, OnnxNode node, View view, OnnxTensor constant)
      throws Unlayable {
    float[] given = Layout.floats(constant);
    int more = constant.rank() - view.rank();
    for (int d = 0; d < constant.rank(); d++) {
      int size = constant.dimension(d);
      if (size != 1 && (d < more || view.size(d - more) != size)) {
        throw new Unlayable("a constant makes it larger");
      }
    }
    if (more > 0) {
      throw new Unlayable("a constant gives it more dimensions");
    }
    if (given.length == 1) {
      var all = new float[layout.shape(view.edge()).channels()];
      Arrays.fill(all, given[0]);
      return new Spread(view, all);
    }
    var wide = IntStream.range(0, constant.rank()).filter(d -> constant.dimension(d) > 1).toArray();
    int dim = wide[0] - more;
    if (wide.length == 1 && isChannel(layout, view, dim)) {
      return new Spread(view, given);
    }
    if (wide.length == 1 && dim == 1 && view.rank() <= 4) {
      return new Spread(layout.channelwise(node, view), given);
    }
    return new Spread(view, everywhere(view, constant, given));
  }

  /** A constant's value for each number of a sample, as they lie in memory. */
  private static float[] everywhere(View view, OnnxTensor constant, float[] given) {
    int[] shape = view.shape();
    int[] places = view.places();
    var values = new float[places.length];
    var index = new int[shape.length];
    int more = constant.rank() - shape.length;
    for (int place : places) {
      int at = 0;
      for (int d = 0; d < constant.rank(); d++) {
        int size = constant.dimension(d);
        at = at * size + (size == 1 ? 0 : index[d - more]);
      }
      values[place] = given[at];
      for (int d = shape.length - 1; d >= 0 && ++index[d] == shape[d]; d--) {
        index[d] = 0;
      }
    }
    return values;
  }

  static View add(Layout layout, OnnxNode node, View view, float[] scale, float[] shift)
      throws Unlayable {
    return add(layout, layout.names.of(node), view, scale, shift);
  }

  static View add(Layout layout, String name, View view, float[] scale, float[] shift)
      throws Unlayable {
    if (scale.length != layout.shape(view.edge()).channels()) {
      int all = layout.add(name, new FixedAffine(), List.of(view.edge()));
      layout.weights.put(name + ".weight", scale);
      layout.weights.put(name + ".bias", shift);
      return view.at(all);
    }
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
