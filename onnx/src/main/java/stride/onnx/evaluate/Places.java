package stride.onnx.evaluate;

import java.util.Arrays;
import stride.onnx.tensor.OnnxTensor;

/** Places of elements in row-major order. */
final class Places {
  private Places() {}

  /** Returns how far apart neighbours along each axis are. */
  static int[] strides(int[] shape) {
    var strides = new int[shape.length];
    int stride = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= shape[axis];
    }
    return strides;
  }

  /** Returns for each element of a shape the place {@code offset + sum of index * stride}. */
  static int[] of(int[] shape, int[] strides, int offset) {
    var places = new int[OnnxTensor.size(shape)];
    if (places.length == 0) {
      return places;
    }
    int rank = shape.length;
    if (rank == 0) {
      places[0] = offset;
      return places;
    }
    var index = new int[rank];
    int last = shape[rank - 1];
    int step = strides[rank - 1];
    int row = offset;
    for (int i = 0; i < places.length; i += last) {
      for (int k = 0; k < last; k++) {
        places[i + k] = row + k * step;
      }
      for (int axis = rank - 2; axis >= 0; axis--) {
        row += strides[axis];
        if (++index[axis] < shape[axis]) {
          break;
        }
        row -= index[axis] * strides[axis];
        index[axis] = 0;
      }
    }
    return places;
  }

  /** Returns the shape that all of some shapes can be broadcast to (NumPy's rules). */
  static int[] broadcast(int[]... shapes) {
    int rank = 0;
    for (int[] shape : shapes) {
      rank = Math.max(rank, shape.length);
    }
    var common = new int[rank];
    Arrays.fill(common, 1);
    for (int[] shape : shapes) {
      for (int i = 0; i < shape.length; i++) {
        int axis = rank - shape.length + i;
        if (common[axis] != shape[i]) {
          if (common[axis] != 1 && shape[i] != 1) {
            throw new IllegalArgumentException(
                "shapes that do not broadcast: "
                    + String.join(" and ", Arrays.stream(shapes).map(Arrays::toString).toList()));
          }
          common[axis] = shape[i] == 1 ? common[axis] : shape[i];
        }
      }
    }
    return common;
  }

  /** Returns for each element of a shape the place of the element that is broadcast to it. */
  static int[] broadcastPlaces(int[] from, int[] to) {
    var strides = new int[to.length];
    int[] own = strides(from);
    for (int i = 0; i < from.length; i++) {
      int axis = to.length - from.length + i;
      strides[axis] = from[i] == 1 ? 0 : own[i];
    }
    return of(to, strides, 0);
  }

  /** Returns a tensor broadcast to a shape; itself if it has that shape. */
  static OnnxTensor expanded(OnnxTensor tensor, int[] shape) {
    return Arrays.equals(tensor.shape(), shape)
        ? tensor
        : tensor.take(shape, broadcastPlaces(tensor.shape(), shape));
  }

  /** Returns the product of the dimensions from one axis to before another. */
  static int product(int[] shape, int from, int to) {
    int product = 1;
    for (int axis = from; axis < to; axis++) {
      product = Math.multiplyExact(product, shape[axis]);
    }
    return product;
  }

  /** Returns numbers as dimensions. */
  static int[] dimensions(long[] numbers) {
    var dimensions = new int[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      if (numbers[i] < 0 || numbers[i] > OnnxTensor.MOST_ELEMENTS) {
        throw new IllegalArgumentException("a dimension of " + numbers[i]);
      }
      dimensions[i] = (int) numbers[i];
    }
    return dimensions;
  }

  /** Returns axes counted from the front, sorted. */
  static int[] axes(long[] axes, int rank) {
    return Arrays.stream(axes).mapToInt(axis -> Call.axis(axis, rank)).sorted().toArray();
  }
}
