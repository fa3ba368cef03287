package stride.onnx.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import stride.onnx.graph.OnnxNode;
import stride.onnx.tensor.ElementType;

/** What looks at the same numbers in another way: nothing is computed. */
final class ViewRules {
  private ViewRules() {}

  static View[] same(Layout layout, OnnxNode node) throws Unlayable {
    if (layout.wantsMore(node)) {
      throw new Unlayable("what it drops is wanted");
    }
    return new View[] {layout.view(node, 0)};
  }

  static View[] cast(Layout layout, OnnxNode node) throws Unlayable {
    var type = ElementType.of(node.attributes().small("to", 1));
    if (type == null || !type.isReal()) {
      throw new Unlayable("it makes other numbers than floats");
    }
    return new View[] {layout.view(node, 0)};
  }

  static View[] transpose(Layout layout, OnnxNode node) throws Unlayable {
    var view = layout.view(node, 0);
    int[] permutation = node.attributes().smalls("perm");
    if (permutation == null) {
      int last = view.rank() - 1;
      permutation = IntStream.rangeClosed(0, last).map(d -> last - d).toArray();
    }
    return new View[] {view.transposed(permutation)};
  }

  static View[] flatten(Layout layout, OnnxNode node) throws Unlayable {
    var view = layout.view(node, 0);
    int axis = node.attributes().small("axis", 1);
    axis = axis < 0 ? axis + view.rank() : axis;
    var sizes = new int[] {1, 1};
    for (int d = 0; d < view.rank(); d++) {
      sizes[d < axis ? 0 : 1] *= view.size(d);
    }
    return new View[] {reshaped(layout, node, view, sizes)};
  }

  static View[] reshape(Layout layout, OnnxNode node) throws Unlayable {
    var view = layout.view(node, 0);
    long[] wanted = node.attributes().integers("shape");
    if (wanted == null) {
      wanted = layout.constant(node, 1).longs().clone();
    }
    boolean zeros = node.attributes().flag("allowzero");
    for (int d = 0; d < wanted.length; d++) {
      if (wanted[d] == 0 && !zeros && d < view.rank()) {
        wanted[d] = view.size(d);
      }
    }
    int batch = layout.batch();
    int[] sizes = sizes(wanted, view.elements());
    if (sizes == null && wanted.length > 0 && wanted[0] == batch) {
      // Exporters write the number of samples of their example into the shape.
      wanted[0] = 1;
      sizes = sizes(wanted, view.elements());
    }
    if (sizes == null) {
      throw new Unlayable(
          "it makes %s of %s".formatted(Arrays.toString(wanted), Arrays.toString(view.shape())));
    }
    return new View[] {reshaped(layout, node, view, sizes)};
  }

  private static int @Nullable [] sizes(long[] wanted, int elements) {
    var sizes = new int[wanted.length];
    long known = 1;
    int open = -1;
    for (int d = 0; d < sizes.length; d++) {
      if (wanted[d] == -1 && open < 0) {
        open = d;
      } else if (wanted[d] < 1 || wanted[d] > elements) {
        return null;
      } else {
        sizes[d] = (int) wanted[d];
        known *= sizes[d];
      }
    }
    if (open >= 0 && elements % known == 0) {
      sizes[open] = (int) (elements / known);
      known *= sizes[open];
    }
    return known == elements ? sizes : null;
  }

  private static View reshaped(Layout layout, OnnxNode node, View view, int[] sizes)
      throws Unlayable {
    var seen = view.reshaped(sizes);
    if (seen == null) {
      // Numbers that lie in ONNX's order can be seen in any shape.
      var ordered = view.liesInOrder() ? view : layout.inOrder(node, view);
      var flat = ordered.reshaped(new int[] {view.elements()});
      seen = flat == null ? null : flat.reshaped(sizes);
    }
    if (seen == null) {
      throw new Unlayable(
          "it makes %s of %s".formatted(Arrays.toString(sizes), Arrays.toString(view.shape())));
    }
    return seen;
  }

  static View[] squeeze(Layout layout, OnnxNode node) throws Unlayable {
    var view = layout.view(node, 0);
    var axes = axes(layout, node, view.rank());
    var dims = new ArrayList<List<Integer>>();
    for (int d = 0; d < view.rank(); d++) {
      boolean gone = axes == null ? d > 0 && view.size(d) == 1 : axes.contains(d);
      if (!gone) {
        dims.add(view.dims().get(d));
      } else if (view.size(d) != 1) {
        throw new Unlayable("it takes out a dimension of %d".formatted(view.size(d)));
      }
    }
    return new View[] {view.withDims(dims)};
  }

  static View[] unsqueeze(Layout layout, OnnxNode node) throws Unlayable {
    var view = layout.view(node, 0);
    int[] given = node.attributes().smalls("axes");
    int more = given == null ? layout.constant(node, 1).size() : given.length;
    var axes = axes(layout, node, view.rank() + more);
    if (axes == null) {
      throw new Unlayable("it does not say where");
    }
    var dims = new ArrayList<List<Integer>>();
    for (int d = 0, own = 0; d < view.rank() + more; d++) {
      dims.add(axes.contains(d) ? List.of() : view.dims().get(own++));
    }
    return new View[] {view.withDims(dims)};
  }

  private static @Nullable List<Integer> axes(Layout layout, OnnxNode node, int rank)
      throws Unlayable {
    long[] axes = node.attributes().integers("axes");
    var input = layout.optional(node, 1);
    if (axes == null && input != null) {
      axes = input.longs();
    }
    return axes == null
        ? null
        : Arrays.stream(axes).mapToInt(a -> (int) (a < 0 ? a + rank : a)).boxed().toList();
  }

  static Map<String, Rule> rules() {
    return Map.of(
        "Identity", ViewRules::same,
        "Dropout", ViewRules::same,
        "Cast", ViewRules::cast,
        "Expand", Expansion::expand,
        "Transpose", ViewRules::transpose,
        "Flatten", ViewRules::flatten,
        "Reshape", ViewRules::reshape,
        "Squeeze", ViewRules::squeeze,
        "Unsqueeze", ViewRules::unsqueeze);
  }
}
