package stride.onnx.evaluate;

import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;
import stride.onnx.tensor.ElementType;
import stride.onnx.tensor.OnnxTensor;

/**
 * Functions element by element. Floats are computed in double and rounded once: of one addition,
 * multiplication, division or root the same bits as in the type itself, of others more exact.
 */
final class Maps {
  private Maps() {}

  /** Applies a function of floats; integers that are given nevertheless are rounded down. */
  static OnnxTensor real(OnnxTensor x, DoubleUnaryOperator function) {
    OnnxTensor y = OnnxTensor.zeros(x.type(), x.shape());
    if (x.type() == ElementType.FLOAT) {
      float[] from = x.floats();
      float[] to = y.floats();
      for (int i = 0; i < to.length; i++) {
        to[i] = (float) function.applyAsDouble(from[i]);
      }
      return y;
    }
    for (int i = 0; i < y.size(); i++) {
      y.put(i, function.applyAsDouble(x.real(i)));
    }
    return y;
  }

  /** Applies a function that floats and integers have. */
  static OnnxTensor number(OnnxTensor x, DoubleUnaryOperator real, LongUnaryOperator integer) {
    if (x.type().isReal()) {
      return real(x, real);
    }
    OnnxTensor y = OnnxTensor.zeros(x.type(), x.shape());
    long[] from = x.longs();
    for (int i = 0; i < from.length; i++) {
      y.put(i, integer.applyAsLong(from[i]));
    }
    return y;
  }

  /** Applies a function of two tensors that are broadcast to each other. */
  static OnnxTensor numbers(
      OnnxTensor a,
      OnnxTensor b,
      ElementType result,
      DoubleBinaryOperator real,
      LongBinaryOperator integer) {
    int[] shape = Places.broadcast(a.shape(), b.shape());
    OnnxTensor left = Places.expanded(a, shape);
    OnnxTensor right = Places.expanded(b, shape);
    OnnxTensor y = OnnxTensor.zeros(result, shape);
    int size = y.size();
    if (a.type() == ElementType.FLOAT && b.type() == a.type() && result == a.type()) {
      float[] l = left.floats();
      float[] r = right.floats();
      float[] to = y.floats();
      for (int i = 0; i < size; i++) {
        to[i] = (float) real.applyAsDouble(l[i], r[i]);
      }
    } else if (a.type().isReal() || b.type().isReal()) {
      for (int i = 0; i < size; i++) {
        y.put(i, real.applyAsDouble(left.real(i), right.real(i)));
      }
    } else {
      long[] l = left.longs();
      long[] r = right.longs();
      for (int i = 0; i < size; i++) {
        y.put(i, integer.applyAsLong(l[i], r[i]));
      }
    }
    return y;
  }

  /**
   * Returns the second of two inputs as the first six versions broadcast it: from the axis on that
   * the attribute says, or at the end.
   */
  static OnnxTensor aligned(Call call, OnnxTensor a, OnnxTensor b) {
    if (call.since() >= 7 || !call.attributes().has("axis")) {
      return b;
    }
    int axis = Call.axis(call.attributes().integer("axis", 0), a.rank());
    int behind = a.rank() - axis - b.rank();
    if (behind <= 0) {
      return b;
    }
    var shape = new int[b.rank() + behind];
    Arrays.fill(shape, 1);
    System.arraycopy(b.shape(), 0, shape, 0, b.rank());
    return b.reshaped(shape);
  }
}
