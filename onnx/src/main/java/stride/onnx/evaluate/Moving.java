package stride.onnx.evaluate;

import java.util.Arrays;
import stride.onnx.graph.Attributes;
import stride.onnx.tensor.OnnxTensor;

/** Operators that move, repeat, cut and join elements by their places. */
final class Moving implements Family {
  @Override
  public String operators() {
    return """
    CenterCropPad 18
    Concat 1 4 11 13
    DepthToSpace 1 11 13 28
    Expand 8 13
    ReverseSequence 10 28
    Slice 1 10 11 13
    SpaceToDepth 1 13 28
    Split 1 2 11 13 18
    Tile 1 6 13
    Transpose 1 13 21 23 24 25
    Trilu 14
    """;
  }

  @Override
  public OnnxTensor[] apply(Call call) {
    if (call.operator().equals("Split")) {
      return split(call, call.input(0));
    }
    OnnxTensor x = call.input(0);
    return Family.one(
        switch (call.operator()) {
          case "CenterCropPad" -> centerCropPad(call, x);
          case "Concat" -> concat(call);
          case "DepthToSpace" -> depthToSpace(call.attributes(), x);
          case "Expand" ->
              Places.expanded(
                  x, Places.broadcast(x.shape(), Places.dimensions(call.input(1).longs())));
          case "ReverseSequence" -> reverse(call, x);
          case "Slice" -> slice(call, x);
          case "SpaceToDepth" -> spaceToDepth(call.attributes(), x);
          case "Tile" -> tile(call, x);
          case "Transpose" -> transpose(call.attributes(), x);
          default -> triangle(call, x);
        });
  }

  private static OnnxTensor transpose(Attributes attributes, OnnxTensor x) {
    int[] order = attributes.smalls("perm");
    int rank = x.rank();
    if (order == null) {
      order = new int[rank];
      for (int i = 0; i < rank; i++) {
        order[i] = rank - 1 - i;
      }
    }
    return permuted(x, order);
  }

  /** Returns a tensor whose axis i is the axis order[i] of another. */
  static OnnxTensor permuted(OnnxTensor x, int... order) {
    int rank = x.rank();
    var seen = new boolean[rank];
    var shape = new int[rank];
    var strides = new int[rank];
    int[] own = Places.strides(x.shape());
    if (order.length != rank) {
      throw new IllegalArgumentException(
          "the order %s is not one of %d axes".formatted(Arrays.toString(order), rank));
    }
    for (int i = 0; i < rank; i++) {
      int axis = Call.axis(order[i], rank);
      if (seen[axis]) {
        throw new IllegalArgumentException(
            "the order %s has an axis twice".formatted(Arrays.toString(order)));
      }
      seen[axis] = true;
      shape[i] = x.dimension(axis);
      strides[i] = own[axis];
    }
    return x.take(shape, Places.of(shape, strides, 0));
  }

  private static OnnxTensor concat(Call call) {
    OnnxTensor first = call.input(0);
    int axis = Call.axis(call.attributes().integer("axis", call.since() < 4 ? 1 : 0), first.rank());
    int[] shape = first.shape();
    shape[axis] = 0;
    for (int i = 0; i < call.count(); i++) {
      OnnxTensor part = call.input(i);
      int[] others = part.shape();
      if (others.length != shape.length) {
        throw new IllegalArgumentException("the inputs have different ranks");
      }
      shape[axis] = Math.addExact(shape[axis], others[axis]);
      others[axis] = shape[axis];
      if (!Arrays.equals(others, shape)) {
        throw new IllegalArgumentException(
            "the inputs differ in other dimensions than %d".formatted(axis));
      }
    }
    OnnxTensor joined = OnnxTensor.zeros(first.type(), shape);
    int outer = Places.product(shape, 0, axis);
    int row = Places.product(shape, axis, shape.length);
    int at = 0;
    for (int i = 0; i < call.count(); i++) {
      OnnxTensor part = call.input(i);
      int own = outer == 0 ? 0 : part.size() / outer;
      for (int k = 0; k < outer; k++) {
        part.copy(k * own, joined, k * row + at, own);
      }
      at += own;
    }
    return joined;
  }

  private static OnnxTensor[] split(Call call, OnnxTensor x) {
    int axis = Call.axis(call.attributes().integer("axis", 0), x.rank());
    int size = x.dimension(axis);
    long[] given = call.integers("split", 1);
    int count = call.node().outputs().size();
    int[] sizes;
    if (given != null) {
      sizes = Places.dimensions(given);
    } else {
      // Equal parts; from version 18 on the last may be smaller.
      count = call.attributes().small("num_outputs", count);
      int part = count < 1 ? 0 : (size + count - 1) / count;
      sizes = new int[Math.max(0, count)];
      for (int i = 0; i < sizes.length; i++) {
        sizes[i] = Math.clamp(size - (long) i * part, 0, part);
      }
    }
    if (Arrays.stream(sizes).sum() != size) {
      throw new IllegalArgumentException(
          "the parts %s are not the %d that there are".formatted(Arrays.toString(sizes), size));
    }
    var parts = new OnnxTensor[sizes.length];
    int[] strides = Places.strides(x.shape());
    int at = 0;
    for (int i = 0; i < parts.length; i++) {
      int[] shape = x.shape();
      shape[axis] = sizes[i];
      parts[i] = x.take(shape, Places.of(shape, strides, at * strides[axis]));
      at += sizes[i];
    }
    return parts;
  }

  private static OnnxTensor slice(Call call, OnnxTensor x) {
    long[] starts = call.integers("starts", 1);
    long[] ends = call.integers("ends", 2);
    long[] axes = call.integers("axes", 3);
    long[] steps = call.since() < 10 ? null : call.integers("steps", 4);
    if (starts == null || ends == null || starts.length != ends.length) {
      throw new IllegalArgumentException("its starts and ends are not as many");
    }
    int[] shape = x.shape();
    int[] strides = Places.strides(shape);
    int offset = 0;
    for (int i = 0; i < starts.length; i++) {
      int axis = Call.axis(axes == null ? i : axes[i], x.rank());
      long size = x.dimension(axis);
      long step = steps == null ? 1 : steps[i];
      if (step == 0) {
        throw new IllegalArgumentException("a step is 0");
      }
      long start = starts[i] < 0 ? starts[i] + size : starts[i];
      long end = ends[i] < 0 ? ends[i] + size : ends[i];
      // Going backwards, the element before the first is where the end may lie.
      start = step > 0 ? Math.clamp(start, 0, size) : Math.clamp(start, 0, Math.max(0, size - 1));
      end = step > 0 ? Math.clamp(end, 0, size) : Math.clamp(end, -1, size);
      long distance = step > 0 ? end - start : start - end;
      long stride = step == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(step);
      long count = distance <= 0 || size == 0 ? 0 : (distance - 1) / stride + 1;
      shape[axis] = (int) count;
      offset += (int) start * strides[axis];
      strides[axis] = count > 1 ? Math.toIntExact(step * strides[axis]) : 0;
    }
    return x.take(shape, Places.of(shape, strides, offset));
  }

  private static OnnxTensor tile(Call call, OnnxTensor x) {
    var repeats = new int[x.rank()];
    Arrays.fill(repeats, 1);
    if (call.since() < 6) {
      repeats[Call.axis(call.input(2).integer(0), x.rank())] = (int) call.input(1).integer(0);
    } else {
      repeats = Places.dimensions(call.input(1).longs());
    }
    if (repeats.length != x.rank()) {
      throw new IllegalArgumentException(
          "%d repeats are given for %d axes".formatted(repeats.length, x.rank()));
    }
    // Axes of repeats between those of the tensor, on which nothing moves.
    var wide = new int[2 * repeats.length];
    var strides = new int[wide.length];
    var shape = new int[repeats.length];
    int[] own = Places.strides(x.shape());
    for (int i = 0; i < repeats.length; i++) {
      wide[2 * i] = repeats[i];
      wide[2 * i + 1] = x.dimension(i);
      strides[2 * i + 1] = own[i];
      shape[i] = Math.multiplyExact(repeats[i], x.dimension(i));
    }
    return x.take(shape, Places.of(wide, strides, 0));
  }

  private static int blockSize(Attributes attributes, OnnxTensor x) {
    int block = attributes.small("blocksize", 0);
    if (x.rank() != 4 || block < 1) {
      throw new IllegalArgumentException("its blocksize is %d".formatted(block));
    }
    return block;
  }

  private static OnnxTensor depthToSpace(Attributes attributes, OnnxTensor x) {
    int block = blockSize(attributes, x);
    int n = x.dimension(0);
    int c = x.dimension(1) / (block * block);
    int h = x.dimension(2);
    int w = x.dimension(3);
    OnnxTensor moved =
        attributes.text("mode", "DCR").equals("DCR")
            ? permuted(x.reshaped(n, block, block, c, h, w), 0, 3, 4, 1, 5, 2)
            : permuted(x.reshaped(n, c, block, block, h, w), 0, 1, 4, 2, 5, 3);
    return moved.reshaped(n, c, h * block, w * block);
  }

  private static OnnxTensor spaceToDepth(Attributes attributes, OnnxTensor x) {
    int block = blockSize(attributes, x);
    int n = x.dimension(0);
    int c = x.dimension(1);
    int h = x.dimension(2) / block;
    int w = x.dimension(3) / block;
    OnnxTensor blocks = x.reshaped(n, c, h, block, w, block);
    OnnxTensor moved =
        attributes.text("mode", "DCR").equals("DCR")
            ? permuted(blocks, 0, 3, 5, 1, 2, 4)
            : permuted(blocks, 0, 1, 3, 5, 2, 4);
    return moved.reshaped(n, c * block * block, h, w);
  }

  private static OnnxTensor triangle(Call call, OnnxTensor x) {
    if (x.rank() < 2) {
      throw new IllegalArgumentException("it needs matrices");
    }
    boolean upper = call.attributes().integer("upper", 1) != 0;
    long diagonal = call.has(1) ? call.input(1).integer(0) : 0;
    int columns = x.dimension(x.rank() - 1);
    int rows = x.dimension(x.rank() - 2);
    var places = new int[x.size()];
    for (int i = 0; i < places.length; i++) {
      long above = i % columns - i / columns % rows - diagonal;
      places[i] = (upper ? above >= 0 : above <= 0) ? i : -1;
    }
    return x.take(x.shape(), places);
  }

  private static OnnxTensor centerCropPad(Call call, OnnxTensor x) {
    long[] wanted = call.input(1).longs();
    long[] axes = call.attributes().integers("axes");
    int[] shape = x.shape();
    var shift = new int[x.rank()];
    for (int i = 0; i < wanted.length; i++) {
      int axis = Call.axis(axes == null ? i : axes[i], x.rank());
      int size = x.dimension(axis);
      shape[axis] = Math.toIntExact(wanted[i]);
      // Of an odd difference the smaller part lies in front.
      shift[axis] = shape[axis] < size ? (size - shape[axis]) / 2 : -((shape[axis] - size) / 2);
    }
    var places = new int[OnnxTensor.size(shape)];
    int[] strides = Places.strides(x.shape());
    for (int i = 0; i < places.length; i++) {
      int rest = i;
      int place = 0;
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        int index = rest % shape[axis] + shift[axis];
        rest /= shape[axis];
        place =
            place < 0 || index < 0 || index >= x.dimension(axis)
                ? -1
                : place + index * strides[axis];
      }
      places[i] = place;
    }
    return x.take(shape, places);
  }

  private static OnnxTensor reverse(Call call, OnnxTensor x) {
    int time = Call.axis(call.attributes().integer("time_axis", 0), x.rank());
    int batch = Call.axis(call.attributes().integer("batch_axis", 1), x.rank());
    long[] lengths = call.input(1).longs();
    int[] shape = x.shape();
    int[] strides = Places.strides(shape);
    var places = new int[x.size()];
    for (int i = 0; i < places.length; i++) {
      int step = i / strides[time] % shape[time];
      int length = (int) lengths[i / strides[batch] % shape[batch]];
      places[i] = step < length ? i + (length - 1 - 2 * step) * strides[time] : i;
    }
    return x.take(shape, places);
  }
}
