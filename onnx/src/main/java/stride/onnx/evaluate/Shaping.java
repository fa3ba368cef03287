package stride.onnx.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import stride.onnx.tensor.OnnxTensor;

/** Operators that change a tensor's dimensions and leave its elements where they are. */
final class Shaping implements Family {
  @Override
  public String operators() {
    return """
    Flatten 1 9 11 13 21 23 24 25
    Reshape 1 5 13 14 19 21 23 24 25
    Shape 1 13 15 19 21 23 24 25
    Size 1 13 19 21 23 24 25
    Squeeze 1 11 13 21 23 24 25
    Unsqueeze 1 11 13 21 23 24 25
    """;
  }

  @Override
  public OnnxTensor[] apply(Call call) {
    OnnxTensor x = call.input(0);
    return Family.one(
        switch (call.operator()) {
          case "Flatten" -> flatten(call, x);
          case "Reshape" -> reshape(call, x);
          case "Shape" -> shape(call, x);
          case "Size" -> OnnxTensor.of(new int[0], new long[] {x.size()});
          case "Squeeze" -> squeeze(call, x);
          default -> unsqueeze(call, x);
        });
  }

  private static OnnxTensor flatten(Call call, OnnxTensor x) {
    int axis = call.attributes().small("axis", 1);
    // The axis may also be the rank: all is one row then.
    int split = axis == x.rank() ? axis : Call.axis(axis, x.rank());
    int[] shape = x.shape();
    return x.reshaped(Places.product(shape, 0, split), Places.product(shape, split, shape.length));
  }

  private static OnnxTensor reshape(Call call, OnnxTensor x) {
    long[] wanted = call.integers("shape", 1);
    if (wanted == null) {
      throw new IllegalArgumentException("it has no shape");
    }
    boolean zeros = call.attributes().flag("allowzero");
    var shape = new int[wanted.length];
    int free = -1;
    for (int i = 0; i < shape.length; i++) {
      if (wanted[i] == -1 && free < 0) {
        free = i;
        shape[i] = 1;
      } else if (wanted[i] == 0 && !zeros) {
        if (i >= x.rank()) {
          throw new IllegalArgumentException(
              "dimension %d is to be kept, but is none".formatted(i));
        }
        shape[i] = x.dimension(i);
      } else {
        shape[i] = Math.toIntExact(wanted[i]);
      }
    }
    if (free >= 0) {
      int others = OnnxTensor.size(shape);
      if (others == 0 ? x.size() != 0 : x.size() % others != 0) {
        throw new IllegalArgumentException(
            "%,d elements do not fill the shape %s".formatted(x.size(), Arrays.toString(wanted)));
      }
      shape[free] = others == 0 ? 0 : x.size() / others;
    }
    return x.reshaped(shape);
  }

  private static OnnxTensor shape(Call call, OnnxTensor x) {
    int rank = x.rank();
    int start = bound(call.attributes().integer("start", 0), rank);
    int end = bound(call.attributes().integer("end", rank), rank);
    var shape = new long[Math.max(0, end - start)];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = x.dimension(start + i);
    }
    return OnnxTensor.list(shape);
  }

  private static int bound(long index, int rank) {
    return Math.clamp(index < 0 ? index + rank : index, 0, rank);
  }

  private static OnnxTensor squeeze(Call call, OnnxTensor x) {
    long[] axes = call.integers("axes", 1);
    var dropped = new boolean[x.rank()];
    if (axes == null) {
      for (int i = 0; i < dropped.length; i++) {
        dropped[i] = x.dimension(i) == 1;
      }
    } else {
      for (int axis : Places.axes(axes, x.rank())) {
        if (x.dimension(axis) != 1) {
          throw new IllegalArgumentException(
              "dimension %d is %d, not 1".formatted(axis, x.dimension(axis)));
        }
        dropped[axis] = true;
      }
    }
    List<Integer> shape = new ArrayList<>();
    for (int i = 0; i < dropped.length; i++) {
      if (!dropped[i]) {
        shape.add(x.dimension(i));
      }
    }
    return x.reshaped(shape.stream().mapToInt(Integer::intValue).toArray());
  }

  private static OnnxTensor unsqueeze(Call call, OnnxTensor x) {
    long[] axes = call.integers("axes", 1);
    if (axes == null) {
      throw new IllegalArgumentException("it has no axes");
    }
    int rank = x.rank() + axes.length;
    var shape = new int[rank];
    for (int axis : Places.axes(axes, rank)) {
      if (shape[axis] == 1) {
        throw new IllegalArgumentException("the axis %d is given twice".formatted(axis));
      }
      shape[axis] = 1;
    }
    int from = 0;
    for (int i = 0; i < rank; i++) {
      if (shape[i] == 0) {
        shape[i] = x.dimension(from++);
      }
    }
    return x.reshaped(shape);
  }
}
