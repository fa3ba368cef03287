package stride.onnx.evaluate;

import org.jspecify.annotations.Nullable;
import stride.onnx.graph.Attributes;
import stride.onnx.tensor.ElementType;
import stride.onnx.tensor.OnnxTensor;

/** From real to quantised numbers and back. */
final class Quantization implements Family {
  @Override
  public String operators() {
    return """
    DequantizeLinear 10 13 19 21 23 24 25 28
    DynamicQuantizeLinear 11
    QuantizeLinear 10 13 19 21 23 24 25 28
    com.microsoft.DequantizeLinear 1
    com.microsoft.QuantizeLinear 1
    """;
  }

  @Override
  public OnnxTensor[] apply(Call call) {
    OnnxTensor x = call.input(0);
    if (call.operator().equals("DynamicQuantizeLinear")) {
      return dynamic(x);
    }
    Attributes attributes = call.attributes();
    OnnxTensor scale = call.input(1);
    OnnxTensor zero = call.optional(2);
    int block = attributes.small("block_size", 0);
    boolean single = scale.size() == 1 && block == 0;
    int axis = single ? 0 : Call.axis(attributes.integer("axis", 1), x.rank());
    var scales = new Scales(scale, zero, axis, block);
    return Family.one(
        call.operator().equals("QuantizeLinear")
            ? scales.quantized(x, type(attributes, zero))
            : as(scales.real(x), attributes));
  }

  private static ElementType type(Attributes attributes, @Nullable OnnxTensor zero) {
    if (zero != null) {
      return zero.type();
    }
    ElementType named = ElementType.of(attributes.small("output_dtype", 0));
    return named == null ? ElementType.UINT8 : named;
  }

  private static OnnxTensor as(OnnxTensor y, Attributes attributes) {
    ElementType named = ElementType.of(attributes.small("output_dtype", 0));
    return named == null ? y : Conversions.cast(y, named);
  }

  private static OnnxTensor[] dynamic(OnnxTensor x) {
    float least = 0;
    float greatest = 0;
    for (int i = 0; i < x.size(); i++) {
      least = Math.min(least, (float) x.real(i));
      greatest = Math.max(greatest, (float) x.real(i));
    }
    float scale = (greatest - least) / 255;
    // Of zeros alone any scale is right.
    float zero = scale == 0 ? 0 : (float) Math.rint(Math.clamp(-least / scale, 0f, 255f));
    OnnxTensor scaleTensor = OnnxTensor.of(new int[0], new float[] {scale == 0 ? 1 : scale});
    OnnxTensor zeroTensor = OnnxTensor.zeros(ElementType.UINT8);
    zeroTensor.put(0, (long) zero);
    return new OnnxTensor[] {
      Scales.single(scaleTensor, zeroTensor).quantized(x, ElementType.UINT8),
      OnnxTensor.of(new int[0], new float[] {scale}),
      zeroTensor
    };
  }
}
