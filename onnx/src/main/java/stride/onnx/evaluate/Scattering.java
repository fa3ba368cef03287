package stride.onnx.evaluate;

import stride.onnx.tensor.OnnxTensor;

/** Operators that put elements at indices. */
final class Scattering implements Family {
  @Override
  public String operators() {
    return """
    Scatter 9 11
    ScatterElements 11 13 16 18
    ScatterND 11 13 16 18
    """;
  }

  @Override
  public OnnxTensor[] apply(Call call) {
    OnnxTensor x = call.input(0);
    OnnxTensor indices = call.input(1);
    OnnxTensor updates = call.input(2);
    OnnxTensor y = OnnxTensor.zeros(x.type(), x.shape());
    x.copy(0, y, 0, x.size());
    String reduction = call.attributes().text("reduction", "none");
    if (call.operator().equals("ScatterND")) {
      int depth = indices.dimension(indices.rank() - 1);
      int inner = Places.product(x.shape(), depth, x.rank());
      int[] places = Gathering.slicePlaces(x, indices, 0);
      for (int i = 0; i < places.length; i++) {
        for (int k = 0; k < inner; k++) {
          put(y, places[i] + k, updates, i * inner + k, reduction);
        }
      }
    } else {
      int axis = Call.axis(call.attributes().integer("axis", 0), x.rank());
      int[] places = Gathering.elementPlaces(x, indices, axis);
      for (int i = 0; i < places.length; i++) {
        put(y, places[i], updates, i, reduction);
      }
    }
    return Family.one(y);
  }

  private static void put(OnnxTensor y, int at, OnnxTensor updates, int from, String reduction) {
    if (reduction.equals("none")) {
      updates.copy(from, y, at, 1);
    } else if (y.type().isReal()) {
      double old = y.real(at);
      double update = updates.real(from);
      y.put(
          at,
          switch (reduction) {
            case "add" -> old + update;
            case "mul" -> old * update;
            case "max" -> Math.max(old, update);
            case "min" -> Math.min(old, update);
            default -> throw unknown(reduction);
          });
    } else {
      long old = y.longs()[at];
      long update = updates.longs()[from];
      y.put(
          at,
          switch (reduction) {
            case "add" -> old + update;
            case "mul" -> old * update;
            case "max" -> Math.max(old, update);
            case "min" -> Math.min(old, update);
            default -> throw unknown(reduction);
          });
    }
  }

  private static IllegalArgumentException unknown(String reduction) {
    return new IllegalArgumentException("its reduction is \"%s\"".formatted(reduction));
  }
}
