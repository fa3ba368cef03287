package stride.onnx.evaluate;

import stride.onnx.tensor.OnnxTensor;

/**
 * Softmax and kin. Before version 13 they work on the matrix that the tensor is when it is
 * flattened at the axis, afterwards along the axis alone.
 */
final class Softmaxes implements Family {
  @Override
  public String operators() {
    return """
    Hardmax 1 11 13
    LogSoftmax 1 11 13
    Softmax 1 11 13
    """;
  }

  @Override
  public OnnxTensor[] apply(Call call) {
    OnnxTensor x = call.input(0);
    OnnxTensor y = OnnxTensor.zeros(x.type(), x.shape());
    boolean flat = call.since() < 13;
    int axis = Call.axis(call.attributes().integer("axis", flat ? 1 : -1), x.rank());
    int size =
        flat ? Places.product(x.shape(), axis, x.rank()) : x.rank() == 0 ? 1 : x.dimension(axis);
    int step = flat || x.rank() == 0 ? 1 : Places.product(x.shape(), axis + 1, x.rank());
    if (x.size() == 0) {
      return Family.one(y);
    }
    for (int line = 0; line < x.size() / size; line++) {
      int first = line / step * size * step + line % step;
      switch (call.operator()) {
        case "Hardmax" -> hardmax(x, y, first, size, step);
        case "Softmax" -> softmax(x, y, first, size, step, false);
        default -> softmax(x, y, first, size, step, true);
      }
    }
    return Family.one(y);
  }

  private static void hardmax(OnnxTensor x, OnnxTensor y, int first, int size, int step) {
    int best = 0;
    for (int i = 1; i < size; i++) {
      best = x.real(first + i * step) > x.real(first + best * step) ? i : best;
    }
    y.put(first + best * step, 1L);
  }

  private static void softmax(
      OnnxTensor x, OnnxTensor y, int first, int size, int step, boolean logarithm) {
    double greatest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < size; i++) {
      greatest = Math.max(greatest, x.real(first + i * step));
    }
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += Math.exp(x.real(first + i * step) - greatest);
    }
    for (int i = 0; i < size; i++) {
      double shifted = x.real(first + i * step) - greatest;
      y.put(first + i * step, logarithm ? shifted - Math.log(sum) : Math.exp(shifted) / sum);
    }
  }
}
