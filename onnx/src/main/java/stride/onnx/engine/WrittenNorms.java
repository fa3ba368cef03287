package stride.onnx.engine;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import stride.graph.Operation;
import stride.layer.normalization.InstanceNorm;
import stride.layer.normalization.LayerNorm;
import stride.onnx.graph.OnnxNode;

/**
 * Normalisations that exporters write as several nodes: (x - mean) / sqrt(mean of (x - mean)^2 +
 * eps), with means over a whole sample, over an image's pixels or over the channels of each. They
 * are recognised by their last node; weights and biases follow as products and sums with constants.
 */
final class WrittenNorms {
  private WrittenNorms() {}

  /** What a mean is over. */
  private enum Over {
    SAMPLE,
    PIXELS,
    CHANNELS_FIRST,
    CHANNELS_LAST
  }

  /** The normalisation that a quotient is; null if it is just one. */
  static View @Nullable [] divided(Layout layout, OnnxNode quotient) throws Unlayable {
    var centred = producer(layout, Layout.input(quotient, 0), "Sub");
    var root = producer(layout, Layout.input(quotient, 1), "Sqrt");
    if (centred == null || root == null) {
      return null;
    }
    String x = Layout.input(centred, 0);
    var sum = producer(layout, Layout.input(root, 0), "Add");
    if (sum == null || !layout.isLaid(x)) {
      return null;
    }
    var view = layout.view(x);
    int constant = layout.constant(Layout.input(sum, 0)) == null ? 1 : 0;
    var eps = layout.constant(Layout.input(sum, constant));
    var squares = squares(layout, Layout.input(sum, 1 - constant), view);
    var mean = over(layout, producer(layout, Layout.input(centred, 1), "ReduceMean"), x, view);
    if (eps == null
        || eps.size() != 1
        || mean == null
        || squares == null
        || !squares.of.equals(Layout.input(quotient, 0))
        || squares.over != mean) {
      return null;
    }
    float least = (float) eps.real(0);
    if (mean == Over.CHANNELS_LAST && !Affine.isChannel(layout, view, view.rank() - 1)) {
      return null;
    }
    var seen = mean == Over.CHANNELS_LAST ? view : layout.channelwise(quotient, view);
    boolean instance = mean == Over.PIXELS;
    boolean perPixel = mean != Over.SAMPLE;
    Operation norm =
        instance ? new InstanceNorm(least, false) : new LayerNorm(perPixel, least, false);
    return new View[] {
      layout.norms.lacking(
          seen.at(layout.add(quotient, norm, seen.edge())),
          instance ? new InstanceNorm(least, true) : new LayerNorm(perPixel, least, true),
          seen.edge())
    };
  }

  /** Returns the node that a value is of, null if that is another operator's. */
  private static @Nullable OnnxNode producer(Layout layout, String value, String operator) {
    var node = layout.producer(value);
    return node != null && is(node, operator) ? node : null;
  }

  private static boolean is(OnnxNode node, String operator) {
    return node.domain().isEmpty() && node.operator().equals(operator);
  }

  /**
   * A mean of squares.
   *
   * @param of whose squares they are
   */
  private record Squares(String of, Over over) {}

  private static @Nullable Squares squares(Layout layout, String mean, View view) {
    var reduced = producer(layout, mean, "ReduceMean");
    if (reduced == null) {
      return null;
    }
    String value = Layout.input(reduced, 0);
    var reshape = producer(layout, value, "Reshape");
    String squared = reshape == null ? value : Layout.input(reshape, 0);
    var square = layout.producer(squared);
    if (square == null) {
      return null;
    }
    String of = Layout.input(square, 0);
    var power = layout.constant(Layout.input(square, 1));
    boolean isSquare =
        is(square, "Mul")
            ? of.equals(Layout.input(square, 1))
            : is(square, "Pow") && power != null && power.size() == 1 && power.real(0) == 2;
    var over = isSquare ? over(layout, reduced, squared, view) : null;
    return over == null ? null : new Squares(of, over);
  }

  /**
   * What the mean of a value is over.
   *
   * @param value the value's name
   * @param view a value of its shape
   * @return null if it is no mean of it, or one over other dimensions
   */
  private static @Nullable Over over(
      Layout layout, @Nullable OnnxNode mean, String value, View view) {
    if (mean == null
        || (mean.attributes().has("keepdims") && !mean.attributes().flag("keepdims"))) {
      return null;
    }
    long[] axes = mean.attributes().integers("axes");
    var input = layout.constant(Layout.input(mean, 1));
    if (axes == null && input != null) {
      axes = input.longs();
    }
    if (axes == null) {
      return null;
    }
    if (!Layout.input(mean, 0).equals(value)) {
      var reshape = producer(layout, Layout.input(mean, 0), "Reshape");
      return reshape != null && isPlanes(layout, reshape, value, view, axes) ? Over.PIXELS : null;
    }
    int rank = view.rank();
    var dims = Arrays.stream(axes).map(a -> a < 0 ? a + rank : a).sorted().boxed().toList();
    if (rank == 4 && dims.equals(List.of(2L, 3L))) {
      return Over.PIXELS;
    }
    if (rank >= 2
        && rank <= 4
        && view.dims().getFirst().isEmpty()
        && dims.equals(LongStream.range(1, rank).boxed().toList())) {
      return Over.SAMPLE;
    }
    if (dims.equals(List.of(rank - 1L)) && rank >= 3) {
      return Over.CHANNELS_LAST;
    }
    return rank == 4 && dims.equals(List.of(1L)) ? Over.CHANNELS_FIRST : null;
  }

  /** Whether the last dimension of a reshaped image holds all pixels of a channel. */
  private static boolean isPlanes(
      Layout layout, OnnxNode reshape, String value, View view, long[] axes) {
    if (!Layout.input(reshape, 0).equals(value) || view.rank() != 4) {
      return false;
    }
    var shape = layout.constant(Layout.input(reshape, 1));
    if (shape == null || shape.size() < 3) {
      return false;
    }
    long[] sizes = shape.longs();
    int last = sizes.length - 1;
    boolean planes = sizes[1] == 0 || sizes[1] == view.size(1);
    for (int d = 2; d < last; d++) {
      planes &= sizes[d] == 1;
    }
    return planes
        && (sizes[last] == -1 || sizes[last] == (long) view.size(2) * view.size(3))
        && axes.length == 1
        && (axes[0] == last || axes[0] == -1);
  }
}
