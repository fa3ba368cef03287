package stride.onnx.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import stride.layer.ChannelSlice;
import stride.layer.Concat;
import stride.layer.pooling.Subsample;
import stride.layer.spatial.Crop;
import stride.onnx.graph.OnnxNode;

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
    boolean last = axis == 3 && first.rank() == 4;
    if (axis != 1 && !last) {
      throw new Unlayable("it joins along dimension %d".formatted(axis));
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
    if (axis == 0) {
      throw new Unlayable("it takes some of the samples");
    }
    return seen(layout, layout.add(node, crop, seen.edge()), view.rank(), false);
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
    if (axis == 0 || indices.rank() > 1) {
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
    if (axis != 1) {
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
