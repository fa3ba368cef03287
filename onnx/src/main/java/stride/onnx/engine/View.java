package stride.onnx.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import stride.tensor.Shape;

/**
 * A value of ONNX as a way to look at an edge of the engine, whose numbers stay where they are.
 * What lies in memory is a row-major array of axes; each of ONNX's dimensions is made of some of
 * these axes, in an order of its own. An image (H, W, C) is seen as (N, C, H, W) by naming its axes
 * in that order; transposing, splitting and joining dimensions only changes the names, until an
 * operation needs the numbers themselves in another order.
 *
 * <p>The engine computes sample by sample: the first dimension, of samples, is 1.
 *
 * @param edge the edge
 * @param axes the sizes of the axes of a sample in memory, all above 1, the innermost last
 * @param dims for each of ONNX's dimensions the axes it is made of, the innermost last; none for a
 *     dimension of 1
 */
record View(int edge, int[] axes, List<List<Integer>> dims) {
  /** A view of an edge with no axes of size 1 and none that could be one with the next. */
  static View of(int edge, int[] sizes, List<List<Integer>> dims) {
    var places = new int[sizes.length];
    var kept = new ArrayList<Integer>();
    for (int i = 0; i < sizes.length; i++) {
      places[i] = kept.size();
      if (sizes[i] > 1) {
        kept.add(sizes[i]);
      }
    }
    var moved = new ArrayList<List<Integer>>();
    for (var dim : dims) {
      moved.add(dim.stream().filter(axis -> sizes[axis] > 1).map(axis -> places[axis]).toList());
    }
    return new View(edge, kept.stream().mapToInt(size -> size).toArray(), moved).joined();
  }

  /** An image (H, W, C) as (1, C, H, W). */
  static View image(int edge, Shape image) {
    return of(edge, image.sizes(), List.of(List.of(), List.of(2), List.of(0), List.of(1)));
  }

  /** An image (H, W, C) as (1, H, W, C). */
  static View channelsLast(int edge, Shape image) {
    return of(edge, image.sizes(), List.of(List.of(), List.of(0), List.of(1), List.of(2)));
  }

  /** An image (1, L, C) as (1, C, L). */
  static View sequence(int edge, Shape image) {
    return of(edge, image.sizes(), List.of(List.of(), List.of(2), List.of(1)));
  }

  /** A vector, or an image of one pixel, as (1, C). */
  static View vector(int edge, Shape shape) {
    return of(edge, new int[] {shape.elements()}, List.of(List.of(), List.of(0)));
  }

  /** The same look at another edge, whose numbers lie alike. */
  View at(int other) {
    return new View(other, axes, dims);
  }

  int rank() {
    return dims.size();
  }

  int size(int dim) {
    return dims.get(dim).stream().mapToInt(axis -> axes[axis]).reduce(1, (a, b) -> a * b);
  }

  /** ONNX's shape. */
  int[] shape() {
    return IntStream.range(0, rank()).map(this::size).toArray();
  }

  int elements() {
    return Arrays.stream(axes).reduce(1, (a, b) -> a * b);
  }

  /** Axes that lie beside each other wherever they are become one. */
  private View joined() {
    for (int axis = 0; axis + 1 < axes.length; axis++) {
      for (int d = 0; d < rank(); d++) {
        int at = dims.get(d).indexOf(axis);
        if (at >= 0 && at + 1 < dims.get(d).size() && dims.get(d).get(at + 1) == axis + 1) {
          return without(axis, d, at).joined();
        }
      }
    }
    return this;
  }

  /** Joins an axis with the next one, which stands behind it in a dimension. */
  private View without(int axis, int dim, int at) {
    var fewer = new int[axes.length - 1];
    for (int i = 0; i < fewer.length; i++) {
      fewer[i] = i < axis ? axes[i] : i == axis ? axes[axis] * axes[axis + 1] : axes[i + 1];
    }
    var moved = new ArrayList<List<Integer>>();
    for (int d = 0; d < rank(); d++) {
      var all = new ArrayList<>(dims.get(d));
      if (d == dim) {
        all.remove(at + 1);
      }
      moved.add(all.stream().map(a -> a > axis ? a - 1 : a).toList());
    }
    return new View(edge, fewer, moved);
  }

  /** The dimensions in another order. */
  View transposed(int[] permutation) {
    return new View(edge, axes, Arrays.stream(permutation).mapToObj(dims::get).toList()).joined();
  }

  /** Other dimensions of the same numbers; null if one would begin within an axis. */
  @Nullable View reshaped(int[] shape) {
    var sizes = new ArrayList<Integer>();
    Arrays.stream(axes).forEach(sizes::add);
    var order = new ArrayList<Integer>();
    dims.forEach(order::addAll);
    var made = new ArrayList<List<Integer>>();
    int next = 0;
    for (int size : shape) {
      var dim = new ArrayList<Integer>();
      int left = size;
      while (left > 1) {
        if (next == order.size()) {
          return null;
        }
        int axis = order.get(next);
        int own = sizes.get(axis);
        if (left % own == 0) {
          left /= own;
        } else if (own % left == 0) {
          // The axis becomes two: its outer part belongs to this dimension.
          sizes.set(axis, left);
          sizes.add(axis + 1, own / left);
          order.replaceAll(a -> a > axis ? a + 1 : a);
          made.replaceAll(before -> before.stream().map(a -> a > axis ? a + 1 : a).toList());
          dim.replaceAll(a -> a > axis ? a + 1 : a);
          order.add(next + 1, axis + 1);
          left = 1;
        } else {
          return null;
        }
        dim.add(axis);
        next++;
      }
      made.add(dim);
    }
    return next == order.size()
        ? of(edge, sizes.stream().mapToInt(size -> size).toArray(), made)
        : null;
  }

  /** The dimensions with ones put in or taken out, at places of dimensions of size 1 only. */
  View withDims(List<List<Integer>> other) {
    return new View(edge, axes, other);
  }

  /** Whether another value lies in memory as this one does, seen in the same way. */
  boolean liesAs(View other) {
    return Arrays.equals(axes, other.axes) && dims.equals(other.dims);
  }

  /** The axes of all dimensions, in ONNX's order. */
  List<Integer> order() {
    var order = new ArrayList<Integer>();
    dims.forEach(order::addAll);
    return order;
  }

  /** Whether the numbers lie in ONNX's order. */
  boolean liesInOrder() {
    var order = order();
    return IntStream.range(0, order.size()).allMatch(i -> order.get(i) == i);
  }

  /** For each number in ONNX's order its place in memory. */
  int[] places() {
    var order = order();
    var strides = new int[axes.length];
    for (int i = axes.length - 1, stride = 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= axes[i];
    }
    var places = new int[elements()];
    var index = new int[order.size()];
    int at = 0;
    for (int i = 0; i < places.length; i++) {
      places[i] = at;
      for (int d = order.size() - 1; d >= 0; d--) {
        int axis = order.get(d);
        at += strides[axis];
        if (++index[d] < axes[axis]) {
          break;
        }
        at -= index[d] * strides[axis];
        index[d] = 0;
      }
    }
    return places;
  }
}
