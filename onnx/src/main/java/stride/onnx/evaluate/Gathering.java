package stride.onnx.evaluate;

import java.util.Arrays;
import stride.onnx.tensor.OnnxTensor;

/** Operators that take elements at indices. */
final class Gathering implements Family {
  @Override
  public String operators() {
    return """
    Gather 1 11 13
    GatherElements 11 13
    GatherND 11 12 13
    """;
  }

  @Override
  public OnnxTensor[] apply(Call call) {
    OnnxTensor x = call.input(0);
    OnnxTensor indices = call.input(1);
    int axis =
        call.operator().equals("GatherND")
            ? 0
            : Call.axis(call.attributes().integer("axis", 0), x.rank());
    return Family.one(
        switch (call.operator()) {
          case "Gather" -> gather(x, indices, axis);
          case "GatherElements" -> elements(x, indices, axis);
          default -> slices(x, indices, call.attributes().small("batch_dims", 0));
        });
  }

  /** Returns an index counted from the front. */
  static int index(long index, int size) {
    if (index < -size || index >= size) {
      throw new IllegalArgumentException("the index %d of %d".formatted(index, size));
    }
    return (int) (index < 0 ? index + size : index);
  }

  /** Returns the slices at some indices of an axis, with the indices' dimensions in its place. */
  static OnnxTensor gather(OnnxTensor x, OnnxTensor indices, int axis) {
    int[] shape = new int[x.rank() - 1 + indices.rank()];
    System.arraycopy(x.shape(), 0, shape, 0, axis);
    System.arraycopy(indices.shape(), 0, shape, axis, indices.rank());
    System.arraycopy(x.shape(), axis + 1, shape, axis + indices.rank(), x.rank() - axis - 1);
    OnnxTensor y = OnnxTensor.zeros(x.type(), shape);
    int outer = Places.product(x.shape(), 0, axis);
    int inner = Places.product(x.shape(), axis + 1, x.rank());
    int size = x.dimension(axis);
    int at = 0;
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < indices.size(); i++) {
        int from = (o * size + index(indices.integer(i), size)) * inner;
        x.copy(from, y, at, inner);
        at += inner;
      }
    }
    return y;
  }

  private static OnnxTensor elements(OnnxTensor x, OnnxTensor indices, int axis) {
    return x.take(indices.shape(), elementPlaces(x, indices, axis));
  }

  /** Returns for each index the place in x where all but the axis are as in the indices. */
  static int[] elementPlaces(OnnxTensor x, OnnxTensor indices, int axis) {
    if (x.rank() != indices.rank()) {
      throw new IllegalArgumentException("the indices have another rank");
    }
    int[] strides = Places.strides(x.shape());
    int step = strides[axis];
    strides[axis] = 0;
    for (int i = 0; i < x.rank(); i++) {
      if (i != axis && indices.dimension(i) > x.dimension(i)) {
        throw new IllegalArgumentException("the indices are more than the elements");
      }
    }
    int[] places = Places.of(indices.shape(), strides, 0);
    for (int i = 0; i < places.length; i++) {
      places[i] += step * index(indices.integer(i), x.dimension(axis));
    }
    return places;
  }

  /** Returns where the slices begin that lists of indices (the last axis of a tensor) name. */
  static int[] slicePlaces(OnnxTensor x, OnnxTensor indices, int batchAxes) {
    int depth = indices.dimension(indices.rank() - 1);
    if (depth + batchAxes > x.rank()) {
      throw new IllegalArgumentException(
          "lists of %d indices are given for %d axes".formatted(depth, x.rank() - batchAxes));
    }
    int lists = Places.product(indices.shape(), 0, indices.rank() - 1);
    int batches = Places.product(x.shape(), 0, batchAxes);
    int perBatch = batches == 0 ? 0 : lists / batches;
    int[] strides = Places.strides(x.shape());
    int batchSize = Places.product(x.shape(), batchAxes, x.rank());
    var places = new int[lists];
    for (int i = 0; i < lists; i++) {
      int place = i / Math.max(1, perBatch) * batchSize;
      for (int k = 0; k < depth; k++) {
        int axis = batchAxes + k;
        place += index(indices.integer(i * depth + k), x.dimension(axis)) * strides[axis];
      }
      places[i] = place;
    }
    return places;
  }

  private static OnnxTensor slices(OnnxTensor x, OnnxTensor indices, int batchAxes) {
    int depth = indices.dimension(indices.rank() - 1);
    int[] places = slicePlaces(x, indices, batchAxes);
    int kept = x.rank() - batchAxes - depth;
    int[] shape = Arrays.copyOf(indices.shape(), indices.rank() - 1 + kept);
    System.arraycopy(x.shape(), batchAxes + depth, shape, indices.rank() - 1, kept);
    OnnxTensor y = OnnxTensor.zeros(x.type(), shape);
    int inner = Places.product(x.shape(), batchAxes + depth, x.rank());
    for (int i = 0; i < places.length; i++) {
      x.copy(places[i], y, i * inner, inner);
    }
    return y;
  }
}
