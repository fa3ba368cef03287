package stride.onnx.evaluate;

import org.jspecify.annotations.Nullable;
import stride.onnx.tensor.ElementType;
import stride.onnx.tensor.OnnxTensor;

/** Convolutions of integers, whose sums are exact. */
final class IntegerConvolutions implements Family {
  @Override
  public String operators() {
    return """
    ConvInteger 10
    QLinearConv 10
    com.microsoft.QLinearConv 1
    """;
  }

  @Override
  public OnnxTensor[] apply(Call call) {
    return Family.one(call.operator().equals("ConvInteger") ? integers(call) : quantized(call));
  }

  private static OnnxTensor integers(Call call) {
    OnnxTensor x = call.input(0);
    OnnxTensor w = call.input(1);
    var y = sums(call, x, call.optional(2), w, call.optional(3));
    OnnxTensor result = OnnxTensor.zeros(ElementType.INT32, y.shape);
    for (int i = 0; i < y.sums.length; i++) {
      result.put(i, (long) y.sums[i]);
    }
    return result;
  }

  private record Sums(int[] shape, double[] sums) {}

  /** Convolves what is left when the zero points are taken off. */
  private static Sums sums(
      Call call,
      OnnxTensor x,
      @Nullable OnnxTensor xZero,
      OnnxTensor w,
      @Nullable OnnxTensor wZero) {
    int groups = call.attributes().small("group", 1);
    Convolutions.requireKernel(call.attributes(), w);
    Convolutions.requireChannels(x, w, groups);
    var windows =
        Windows.of(Windows.spatial(x.shape()), Windows.spatial(w.shape()), call.attributes());
    int[] shape = Windows.shape(x.dimension(0), w.dimension(0), windows.out());
    OnnxTensor.size(shape);
    double[] sums =
        new Correlation(windows)
            .forward(
                centred(x, xZero, x.size()),
                shape[0],
                x.dimension(1),
                centred(w, wZero, w.size() / Math.max(1, w.dimension(0))),
                shape[1],
                groups);
    return new Sums(shape, sums);
  }

  /**
   * Returns numbers less their zero points.
   *
   * @param share how many neighbours share a zero point where there are several
   */
  static double[] centred(OnnxTensor x, @Nullable OnnxTensor zero, int share) {
    double[] values = x.reals();
    if (zero != null) {
      for (int i = 0; i < values.length; i++) {
        values[i] -= zero.real(zero.size() == 1 ? 0 : i / share % zero.size());
      }
    }
    return values;
  }

  private static OnnxTensor quantized(Call call) {
    OnnxTensor x = call.input(0);
    OnnxTensor w = call.input(3);
    OnnxTensor wScale = call.input(4);
    OnnxTensor yZero = call.input(7);
    OnnxTensor bias = call.optional(8);
    var y = sums(call, x, call.input(2), w, call.input(5));
    OnnxTensor result = OnnxTensor.zeros(yZero.type(), y.shape);
    int channels = y.shape[1];
    int plane = Places.product(y.shape, 2, y.shape.length);
    for (int i = 0; i < y.sums.length; i++) {
      int c = i / plane % channels;
      float scale =
          (float) call.input(1).real(0)
              * (float) wScale.real(wScale.size() == 1 ? 0 : c)
              / (float) call.input(6).real(0);
      double sum = y.sums[i] + (bias == null ? 0 : bias.real(c));
      result.put(i, requantized(sum, scale, yZero));
    }
    return result;
  }

  /**
   * Returns an exact sum times a scale, rounded, and within the bounds of the zero point's type.
   */
  static long requantized(double sum, float scale, OnnxTensor zero) {
    double rounded = Math.rint((float) sum * scale) + zero.integer(0);
    return (long)
        Math.clamp(rounded, (double) zero.type().least(), (double) zero.type().greatest());
  }
}
