package stride.onnx.evaluate;

import org.jspecify.annotations.Nullable;
import stride.onnx.graph.Attributes;
import stride.onnx.tensor.OnnxTensor;

/** Padding on all sides; a negative width cuts off. */
final class Padding implements Family {
  @Override
  public String operators() {
    return """
    Pad 1 2 11 13 18 19 21 23 24 25
    """;
  }

  @Override
  public OnnxTensor[] apply(Call call) {
    OnnxTensor x = call.input(0);
    Attributes attributes = call.attributes();
    String mode = attributes.text("mode", "constant");
    long[] pads = call.since() == 1 ? attributes.integers("paddings") : call.integers("pads", 1);
    OnnxTensor axes = call.since() >= 18 ? call.optional(3) : null;
    int rank = x.rank();
    int padded = axes == null ? rank : axes.size();
    if (pads == null || pads.length != 2 * padded) {
      throw new IllegalArgumentException(
          "it has %d pads for %d axes".formatted(pads == null ? 0 : pads.length, padded));
    }
    var before = new int[rank];
    int[] shape = x.shape();
    for (int i = 0; i < padded; i++) {
      int axis = axes == null ? i : Call.axis(axes.integer(i), rank);
      before[axis] = Math.toIntExact(pads[i]);
      shape[axis] = Math.toIntExact(shape[axis] + pads[i] + pads[padded + i]);
    }
    int[] places = places(x.shape(), before, shape, mode);
    OnnxTensor y = x.take(shape, places);
    OnnxTensor value = value(call, x);
    if (value != null) {
      for (int i = 0; i < places.length; i++) {
        if (places[i] < 0) {
          value.copy(0, y, i, 1);
        }
      }
    }
    return Family.one(y);
  }

  private static @Nullable OnnxTensor value(Call call, OnnxTensor x) {
    if (call.since() >= 11) {
      OnnxTensor given = call.optional(2);
      return given == null || given.size() == 0 ? null : given;
    }
    OnnxTensor value = OnnxTensor.zeros(x.type(), 1);
    value.put(0, (double) call.attributes().real("value", 0));
    return value;
  }

  private static int[] places(int[] from, int[] before, int[] to, String mode) {
    var places = new int[OnnxTensor.size(to)];
    if (places.length == 0) {
      return places;
    }
    int[] strides = Places.strides(from);
    int repeat = 1;
    // From the last axis to the first, each place is the sum of what its index on each axis gives.
    for (int axis = to.length - 1; axis >= 0; axis--) {
      var moved = new int[to[axis]];
      for (int i = 0; i < moved.length; i++) {
        int index = source(i - before[axis], from[axis], mode);
        moved[i] = index < 0 ? -1 : index * strides[axis];
      }
      for (int i = 0; i < places.length; i++) {
        int step = moved[i / repeat % to[axis]];
        places[i] = places[i] < 0 || step < 0 ? -1 : places[i] + step;
      }
      repeat *= to[axis];
    }
    return places;
  }

  /** Returns which index gives the value; -1 if the constant does. */
  private static int source(int index, int size, String mode) {
    if (index >= 0 && index < size) {
      return index;
    }
    if (size == 0 && !mode.equals("constant")) {
      throw new IllegalArgumentException("there is nothing to repeat");
    }
    return switch (mode) {
      case "constant" -> -1;
      case "edge" -> index < 0 ? 0 : size - 1;
      case "wrap" -> Math.floorMod(index, size);
      case "reflect" -> {
        int period = Math.max(1, 2 * (size - 1));
        int within = Math.floorMod(index, period);
        yield within < size ? within : period - within;
      }
      default -> throw new IllegalArgumentException("its mode is \"%s\"".formatted(mode));
    };
  }
}
