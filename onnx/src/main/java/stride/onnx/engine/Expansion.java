package stride.onnx.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import stride.layer.Rearrange;
import stride.layer.Size;
import stride.layer.spatial.Upsample;
import stride.onnx.graph.OnnxNode;
import stride.tensor.Shape;

/** Values whose dimensions of 1 become larger by repeating them. */
final class Expansion {
  /** Values that one tensor may have. */
  private static final long MOST = 1L << 29;

  private Expansion() {}

  static View[] expand(Layout layout, OnnxNode node) throws Unlayable {
    long[] wanted = layout.constant(node, 1).longs();
    int[] shape = new int[wanted.length];
    for (int d = 0; d < shape.length; d++) {
      shape[d] = Math.toIntExact(wanted[d]);
    }
    return new View[] {of(layout, node, layout.view(node, 0), shape)};
  }

  /**
   * A value spread over a shape, as far as that is larger.
   *
   * @throws Unlayable if neither of two sizes is 1
   */
  static View of(Layout layout, OnnxNode node, View view, int[] shape) throws Unlayable {
    var dims = new ArrayList<>(view.dims());
    while (dims.size() < shape.length) {
      dims.addFirst(List.of());
    }
    View spread = view.withDims(dims);
    int more = dims.size() - shape.length;
    long all = 1;
    for (int d = 0; d < dims.size(); d++) {
      all *= Math.max(spread.size(d), d < more ? 1 : shape[d - more]);
      if (all > MOST) {
        throw new Unlayable("it makes more than %d values".formatted(MOST));
      }
    }
    for (int d = more; d < dims.size(); d++) {
      int size = spread.size(d);
      int wanted = shape[d - more];
      if (size != wanted && size != 1 && wanted != 1) {
        throw new Unlayable("it spreads a dimension of %d over %d".formatted(size, wanted));
      }
      if (size == 1 && wanted > 1) {
        spread = repeated(layout, node, spread, d, wanted);
      }
    }
    return spread;
  }

  /** A value whose dimension of 1 is repeated: a column of pixels that becomes an image. */
  private static View repeated(Layout layout, OnnxNode node, View view, int dim, int times)
      throws Unlayable {
    int[] sizes = view.shape();
    int before = 1;
    for (int d = 0; d < dim; d++) {
      before *= sizes[d];
    }
    var column = Shape.image(before, 1, view.elements() / before);
    var memory = IntStream.of(view.axes()).boxed().toList();
    int edge =
        layout.add(
            layout.names.beside(node, "column"),
            new Rearrange(memory, view.order(), column),
            List.of(view.edge()));
    var wide = new Upsample(new Size(before, times), 1, Upsample.Mode.NEAREST, false);
    edge = layout.add(layout.names.beside(node, "repeated"), wide, List.of(edge));
    sizes[dim] = times;
    return View.of(edge, sizes, IntStream.range(0, sizes.length).mapToObj(List::of).toList());
  }
}
