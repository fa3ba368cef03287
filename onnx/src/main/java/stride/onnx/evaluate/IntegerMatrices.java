package stride.onnx.evaluate;

import org.jspecify.annotations.Nullable;
import stride.onnx.graph.Attributes;
import stride.onnx.tensor.ElementType;
import stride.onnx.tensor.OnnxTensor;

/** Products of matrices of integers, whose sums are exact. */
final class IntegerMatrices implements Family {
  @Override
  public String operators() {
    return """
    MatMulInteger 10
    QLinearMatMul 10 21
    com.microsoft.QGemm 1
    """;
  }

  @Override
  public OnnxTensor[] apply(Call call) {
    return Family.one(
        switch (call.operator()) {
          case "MatMulInteger" -> integers(call);
          case "QGemm" -> gemm(call);
          default -> quantized(call);
        });
  }

  /** Takes the zero points off: one for all, or for each row of the left matrix. */
  private static double[] left(OnnxTensor a, @Nullable OnnxTensor zero) {
    return IntegerConvolutions.centred(a, zero, a.rank() == 0 ? 1 : a.dimension(a.rank() - 1));
  }

  /** Takes the zero points off: one for all, or for each column of the right matrix. */
  private static double[] right(OnnxTensor b, @Nullable OnnxTensor zero) {
    return IntegerConvolutions.centred(b, zero, 1);
  }

  private static OnnxTensor integers(Call call) {
    OnnxTensor a = call.input(0);
    OnnxTensor b = call.input(1);
    var product = Matrices.Product.of(a.shape(), b.shape());
    double[] sums = product.of(left(a, call.optional(2)), right(b, call.optional(3)));
    OnnxTensor y = OnnxTensor.zeros(ElementType.INT32, product.shape());
    for (int i = 0; i < sums.length; i++) {
      y.put(i, (long) sums[i]);
    }
    return y;
  }

  private static OnnxTensor quantized(Call call) {
    OnnxTensor a = call.input(0);
    OnnxTensor b = call.input(3);
    OnnxTensor aScale = call.input(1);
    OnnxTensor bScale = call.input(4);
    OnnxTensor yZero = call.input(7);
    var product = Matrices.Product.of(a.shape(), b.shape());
    double[] sums = product.of(left(a, call.input(2)), right(b, call.input(5)));
    OnnxTensor y = OnnxTensor.zeros(yZero.type(), product.shape());
    for (int i = 0; i < sums.length; i++) {
      int row = i / product.columns();
      float scale =
          (float) aScale.real(row % aScale.size())
              * (float) bScale.real(i % product.columns() % bScale.size())
              / (float) call.input(6).real(0);
      y.put(i, IntegerConvolutions.requantized(sums[i], scale, yZero));
    }
    return y;
  }

  private static OnnxTensor gemm(Call call) {
    Attributes attributes = call.attributes();
    boolean turned = attributes.flag("transA");
    OnnxTensor a = turned ? Matrices.transposed(call.input(0)) : call.input(0);
    OnnxTensor b = attributes.flag("transB") ? Matrices.transposed(call.input(3)) : call.input(3);
    OnnxTensor bScale = call.input(4);
    OnnxTensor c = call.optional(6);
    var product = Matrices.Product.of(a.shape(), b.shape());
    double[] sums = product.of(left(a, call.input(2)), right(b, call.input(5)));
    if (c != null) {
      c = Places.expanded(c, product.shape());
    }
    OnnxTensor yScale = call.optional(7);
    OnnxTensor yZero = call.optional(8);
    boolean real = yScale == null || yZero == null;
    OnnxTensor y =
        OnnxTensor.zeros(yZero == null || real ? ElementType.FLOAT : yZero.type(), product.shape());
    for (int i = 0; i < sums.length; i++) {
      float scale =
          attributes.real("alpha", 1)
              * (float) call.input(1).real(0)
              * (float) bScale.real(i % product.columns() % bScale.size());
      double sum = sums[i] + (c == null ? 0 : c.real(i));
      if (yScale == null || yZero == null) {
        y.put(i, (double) ((float) sum * scale));
      } else {
        y.put(i, IntegerConvolutions.requantized(sum, scale / (float) yScale.real(0), yZero));
      }
    }
    return y;
  }
}
