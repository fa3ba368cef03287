package stride.onnx.evaluate;

import org.jspecify.annotations.Nullable;
import stride.onnx.tensor.ElementType;
import stride.onnx.tensor.OnnxTensor;

/**
 * Scales and zero points of quantised numbers: a real number is about (q - zero) * scale. Divisions
 * and products are of 32-bit floats, so that a number halfway between two is rounded as in other
 * programs.
 *
 * @param scale the scales
 * @param zero the zero points; null if they are 0
 * @param axis the axis that has a scale each, or for each block
 * @param block how many neighbours on the axis share a scale; 0 if each has its own
 */
record Scales(OnnxTensor scale, @Nullable OnnxTensor zero, int axis, int block) {
  /** One scale for all. */
  static Scales single(OnnxTensor scale, @Nullable OnnxTensor zero) {
    if (scale.size() != 1 || zero != null && zero.size() != 1) {
      throw new IllegalArgumentException("it takes one scale and one zero point only");
    }
    return new Scales(scale, zero, 0, 0);
  }

  /** Checks that there are as many scales as a tensor needs. */
  void requireFor(OnnxTensor x) {
    int needed = scale.size() == 1 && block == 0 ? 1 : block == 0 ? x.dimension(axis) : blocks(x);
    if (scale.size() != needed || zero != null && zero.size() != needed) {
      throw new IllegalArgumentException(
          "it has %d scales and %d zero points, %d are needed"
              .formatted(scale.size(), zero == null ? needed : zero.size(), needed));
    }
  }

  private int blocks(OnnxTensor x) {
    return x.dimension(axis) == 0
        ? 0
        : x.size() / x.dimension(axis) * Math.ceilDiv(x.dimension(axis), block);
  }

  /** Returns which scale an element of a tensor has. */
  int index(OnnxTensor x, int i) {
    if (scale.size() == 1) {
      return 0;
    }
    int inner = Places.product(x.shape(), axis + 1, x.rank());
    int size = x.dimension(axis);
    int along = i / inner % size;
    return block == 0
        ? along
        : (i / inner / size * Math.ceilDiv(size, block) + along / block) * inner + i % inner;
  }

  private long zero(int index) {
    return zero == null ? 0 : zero.integer(index);
  }

  /** Returns the nearest quantised number to a real one, within the type's bounds. */
  long quantized(double value, int index, ElementType type) {
    float quotient = (float) value / (float) scale.real(index);
    double rounded = Math.rint(quotient) + zero(index);
    return (long) Math.clamp(rounded, (double) type.least(), (double) type.greatest());
  }

  /** Returns the real number of a quantised one. */
  float real(long quantized, int index) {
    return (float) (quantized - zero(index)) * (float) scale.real(index);
  }

  OnnxTensor quantized(OnnxTensor x, ElementType type) {
    requireFor(x);
    OnnxTensor y = OnnxTensor.zeros(type, x.shape());
    for (int i = 0; i < y.size(); i++) {
      int index = index(x, i);
      if (type.isReal()) {
        y.put(i, (double) ((float) x.real(i) / (float) scale.real(index)));
      } else {
        y.put(i, quantized(x.real(i), index, type));
      }
    }
    return y;
  }

  OnnxTensor real(OnnxTensor x) {
    requireFor(x);
    OnnxTensor y = OnnxTensor.zeros(scale.type(), x.shape());
    for (int i = 0; i < y.size(); i++) {
      int index = index(x, i);
      if (x.type().isReal()) {
        y.put(i, x.real(i) * scale.real(index));
      } else {
        y.put(i, (double) real(x.longs()[i], index));
      }
    }
    return y;
  }
}
