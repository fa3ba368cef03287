package stride.onnx.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import stride.layer.ChannelSlice;
import stride.layer.Concat;
import stride.layer.pooling.Subsample;
import stride.layer.spatial.Crop;
import stride.layer.spatial.PixelConcat;
import stride.onnx.graph.OnnxNode;
import stride.tensor.Shape;

/** What joins channels or takes some of them, or of the pixels. */
final class ChannelRules {
  private ChannelRules() {}

  static View[] concat(Layout layout, OnnxNode node) throws Unlayable {
    int axis = node.attributes().small("axis", 1);
    var blocks = axis == 1 ? BlockRules.focus(layout, node) : null;
    if (blocks != null) {
      return blocks;
    }
    var first = layout.view(node, 0);
    axis = axis < 0 ? axis + first.rank() : axis;
    if (node.inputs().size() == 1) {
      return new View[] {first};
    }
    var row = inRow(layout, node, axis);
    if (row != null) {
      return new View[] {row};
    }
    boolean last = axis == 3 && first.rank() == 4;
    if (!last && (axis != 1 || first.rank() > 4 || !first.dims().getFirst().isEmpty())) {
      return new View[] {joined(layout, node, axis)};
    }
    var edges = new ArrayList<Integer>();
    for (int i = 0; i < node.inputs().size(); i++) {
      var view = layout.view(node, i);
      edges.add(
          layout.channelwise(node, last ? view.transposed(new int[] {0, 3, 1, 2}) : view).edge());
    }
    int edge = layout.add(layout.names.of(node), new Concat(), edges);
    return new View[] {seen(layout, edge, first.rank(), last)};
  }

  /**
   * Pixels one behind another, (1, N1, C) and (1, N2, C) or (1, C, N1) and (1, C, N2), as detectors
   * join what they find on maps of several sizes; null if it is something else.
   */
  private static @Nullable View inRow(Layout layout, OnnxNode node, int axis) throws Unlayable {
    var views = new ArrayList<View>();
    for (int i = 0; i < node.inputs().size(); i++) {
      views.add(layout.view(node, i));
    }
    int rank = views.getFirst().rank();
    for (int channel = 0; channel < rank; channel++) {
      int own = channel;
      if (own != axis && views.stream().allMatch(view -> isRow(view, axis, own))) {
        var edges = new ArrayList<Integer>();
        for (var view : views) {
          int channels = view.size(own);
          boolean fits =
              layout.shape(view.edge()).isImage()
                  && layout.shape(view.edge()).channels() == channels;
          var row = Shape.image(1, view.size(axis), channels);
          edges.add(fits ? view.edge() : layout.typed(node, view.edge(), row));
        }
        int edge = layout.add(layout.names.of(node), new PixelConcat(), edges);
        var dims = new ArrayList<List<Integer>>(Collections.nCopies(rank, List.of()));
        dims.set(axis, List.of(1));
        dims.set(own, List.of(2));
        return View.of(edge, layout.shape(edge).sizes(), dims);
      }
    }
    return null;
  }

  /** Whether a value is pixels of one dimension with channels of another, in this order. */
  private static boolean isRow(View view, int pixels, int channels) {
    var order = new ArrayList<>(view.dims().get(pixels));
    order.addAll(view.dims().get(channels));
    return view.size(channels) > 1 && order.size() == view.axes().length && Layout.isSorted(order);
  }

  /** Values of any rank, joined along any dimension. */
  private static View joined(Layout layout, OnnxNode node, int axis) throws Unlayable {
    var edges = new ArrayList<Integer>();
    View seen = layout.view(node, 0);
    int all = 0;
    for (int i = 0; i < node.inputs().size(); i++) {
      seen = layout.pixelsThen(node, layout.view(node, i), axis);
      edges.add(seen.edge());
      all += seen.size(axis);
    }
    int edge = layout.add(layout.names.of(node), new Concat(), edges);
    int[] sizes = seen.shape();
    sizes[axis] = all;
    return pixelsBefore(edge, sizes, axis);
  }

  /** The view of an edge whose channels are a dimension, and whose pixels count all others. */
  private static View pixelsBefore(int edge, int[] sizes, int channels) {
    var memory = new ArrayList<Integer>();
    var dims = new ArrayList<List<Integer>>();
    for (int d = 0; d < sizes.length; d++) {
      if (d != channels) {
        dims.add(List.of(memory.size()));
        memory.add(sizes[d]);
      }
    }
    dims.add(channels, List.of(memory.size()));
    memory.add(sizes[channels]);
    return View.of(edge, memory.stream().mapToInt(size -> size).toArray(), dims);
  }

  private static View seen(Layout layout, int edge, int rank, boolean last) {
    var shape = layout.shape(edge);
    return switch (rank) {
      case 2 -> View.vector(edge, shape);
      case 3 -> View.sequence(edge, shape);
      default -> last ? View.channelsLast(edge, shape) : View.image(edge, shape);
    };
  }

  static View[] split(Layout layout, OnnxNode node) throws Unlayable {
    var view = layout.view(node, 0);
    int axis = node.attributes().small("axis", 0);
    axis = axis < 0 ? axis + view.rank() : axis;
    long[] sizes = node.attributes().integers("split");
    var input = layout.optional(node, 1);
    if (sizes == null && input != null) {
      sizes = input.longs();
    }
    int parts = node.outputs().size();
    if (sizes == null) {
      int each = Math.ceilDiv(view.size(axis), parts);
      sizes = new long[parts];
      Arrays.fill(sizes, each);
      sizes[parts - 1] = view.size(axis) - (long) each * (parts - 1);
    }
    var made = new View[parts];
    int from = 0;
    for (int i = 0; i < parts; i++) {
      made[i] = range(layout, node, view, axis, from, (int) (from + sizes[i]));
      from += (int) sizes[i];
    }
    return made;
  }

  /** A stretch of channels, rows or columns. */
  private static View range(Layout layout, OnnxNode node, View view, int axis, int from, int to)
      throws Unlayable {
    if (from >= to) {
      throw new Unlayable("a part of it is empty");
    }
    if (from == 0 && to == view.size(axis)) {
      return view;
    }
    if (Affine.isChannel(layout, view, axis)) {
      int edge = layout.add(node, new ChannelSlice(from, to), view.edge());
      return narrowed(layout, view, axis, edge);
    }
    var inner = ofChannels(layout, node, view, axis, from, to);
    if (inner != null) {
      return inner;
    }
    boolean image = view.rank() >= 2 && view.rank() <= 4 && view.dims().getFirst().isEmpty();
    if (!image || isLast(layout, view)) {
      var row = layout.pixelsThen(node, view, axis);
      int edge = layout.add(node, new ChannelSlice(from, to), row.edge());
      int[] sizes = view.shape();
      sizes[axis] = to - from;
      return pixelsBefore(edge, sizes, axis);
    }
    var seen = layout.channelwise(node, view);
    if (axis == 1) {
      int edge = layout.add(node, new ChannelSlice(from, to), seen.edge());
      return seen(layout, edge, view.rank(), false);
    }
    var shape = layout.shape(seen.edge());
    boolean rows = view.rank() == 4 && axis == 2;
    var crop =
        rows
            ? new Crop(from, 0, to - from, shape.width())
            : new Crop(0, from, shape.height(), to - from);
    return seen(layout, layout.add(node, crop, seen.edge()), view.rank(), false);
  }

  /** Whether a sequence has its channels last. */
  private static boolean isLast(Layout layout, View view) {
    return view.rank() == 3 && Affine.isChannel(layout, view, 2) && view.size(1) > 1;
  }

  /**
   * Some of an edge's channels that are no stretch of them: every n-th from one on, as networks
   * that split channels into even and odd ones take; null if it is something else.
   */
  private static @Nullable View ofChannels(
      Layout layout, OnnxNode node, View view, int axis, int from, int to) throws Unlayable {
    int[] axes = view.axes();
    int first = axes.length;
    for (int left = layout.shape(view.edge()).channels(); left > 1 && first > 0; ) {
      left /= axes[--first];
    }
    boolean two = axes.length - first == 2;
    int own = view.dims().get(axis).size() == 1 ? view.dims().get(axis).getFirst() : -1;
    if (!two
        || own < first
        || axes[first] * axes[first + 1] != layout.shape(view.edge()).channels()) {
      return null;
    }
    int other = own == first ? first + 1 : first;
    int edge = view.edge();
    if (own > first) {
      edge = layout.shuffled(node, edge, axes[first]);
    }
    int step = axes[other];
    edge = layout.add(node, new ChannelSlice(from * step, to * step), edge);
    // The taken part lies outside of the other now.
    int outer = first;
    int[] sizes = axes.clone();
    sizes[first] = to - from;
    sizes[first + 1] = step;
    var dims = new ArrayList<List<Integer>>();
    for (var dim : view.dims()) {
      dims.add(dim.stream().map(a -> a == own ? outer : a == other ? outer + 1 : a).toList());
    }
    return View.of(edge, sizes, dims);
  }

  /** The view of an edge with fewer channels, which are the innermost axes of a dimension. */
  private static View narrowed(Layout layout, View view, int axis, int edge) {
    int[] axes = view.axes();
    int first = axes.length - view.dims().get(axis).size();
    var sizes = Arrays.copyOf(axes, first + 1);
    sizes[first] = layout.shape(edge).channels();
    var dims = new ArrayList<>(view.dims());
    dims.set(axis, List.of(first));
    return View.of(edge, sizes, dims);
  }

  static View[] slice(Layout layout, OnnxNode node) throws Unlayable {
    var view = layout.view(node, 0);
    int vertical = 1;
    int horizontal = 1;
    View made = view;
    for (var cut : Cut.of(layout, node, view.rank())) {
      int axis = cut.dim();
      long step = cut.step();
      int size = view.size(axis);
      if (step < 1 || (step > 1 && (view.rank() != 4 || axis < 2))) {
        throw new Unlayable("it takes every %d-th of dimension %d".formatted(step, axis));
      }
      if (axis == 2) {
        vertical = (int) step;
      } else if (axis == 3) {
        horizontal = (int) step;
      }
      made = range(layout, node, made, axis, cut.from(size), cut.to(size));
    }
    if (vertical == 1 && horizontal == 1) {
      return new View[] {made};
    }
    if (vertical != horizontal) {
      throw new Unlayable(
          "it takes every %d-th row and every %d-th column".formatted(vertical, horizontal));
    }
    int edge = layout.image(node, made);
    edge = layout.add(node, new Subsample(vertical, layout.shape(edge).channels()), edge);
    return new View[] {View.image(edge, layout.shape(edge))};
  }

  /** Some of the channels, each by its number. */
  static View[] gather(Layout layout, OnnxNode node) throws Unlayable {
    var view = layout.view(node, 0);
    int axis = node.attributes().small("axis", 0);
    axis = axis < 0 ? axis + view.rank() : axis;
    var indices = layout.constant(node, 1);
    if (indices.rank() > 1) {
      throw new Unlayable("it gathers along dimension %d".formatted(axis));
    }
    var parts = new ArrayList<View>();
    for (int i = 0; i < indices.size(); i++) {
      int index = (int) indices.integer(i);
      index = index < 0 ? index + view.size(axis) : index;
      parts.add(range(layout, node, view, axis, index, index + 1));
    }
    if (indices.rank() == 0) {
      var one = parts.getFirst();
      var dims = new ArrayList<>(one.dims());
      dims.remove(axis);
      return new View[] {one.withDims(dims)};
    }
    if (parts.size() == 1) {
      return new View[] {parts.getFirst()};
    }
    if (axis != 1 || view.rank() > 4) {
      throw new Unlayable("it gathers pixels");
    }
    var edges = new ArrayList<Integer>();
    for (var part : parts) {
      edges.add(layout.channelwise(node, part).edge());
    }
    int edge = layout.add(layout.names.of(node), new Concat(), edges);
    return new View[] {seen(layout, edge, view.rank(), false)};
  }

  static Map<String, Rule> rules() {
    return Map.of(
        "Concat", ChannelRules::concat,
        "Split", ChannelRules::split,
        "Slice", ChannelRules::slice,
        "Gather", ChannelRules::gather);
  }
}
