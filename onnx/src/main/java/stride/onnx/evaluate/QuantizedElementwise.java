package stride.onnx.evaluate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import stride.onnx.graph.Attributes;
import stride.onnx.graph.OnnxNode;
import stride.onnx.tensor.OnnxTensor;

/**
 * ONNX Runtime's operators on quantised numbers, by their definition: the numbers become real, the
 * standard's operator runs, and its result is quantised.
 */
final class QuantizedElementwise implements Family {
  /** The version of the standard's operators that is meant by those of ONNX Runtime. */
  private static final int OPSET = 13;

  @Override
  public String operators() {
    return """
    com.microsoft.QLinearAdd 1
    com.microsoft.QLinearAveragePool 1
    com.microsoft.QLinearConcat 1
    com.microsoft.QLinearGlobalAveragePool 1
    com.microsoft.QLinearLeakyRelu 1
    com.microsoft.QLinearMul 1
    com.microsoft.QLinearReduceMean 1
    com.microsoft.QLinearSigmoid 1
    com.microsoft.QLinearSoftmax 1
    """;
  }

  @Override
  public OnnxTensor[] apply(Call call) {
    String operator = call.operator().substring("QLinear".length());
    return Family.one(
        switch (operator) {
          case "Add", "Mul" -> {
            OnnxTensor a = real(call, 0);
            OnnxTensor b = real(call, 3);
            yield quantized(run(call, operator, List.of(a, b)), call, 6, 7, 0);
          }
          case "Concat" -> {
            List<OnnxTensor> parts = new ArrayList<>();
            for (int i = 2; i < call.count(); i += 3) {
              parts.add(real(call, i));
            }
            yield quantized(run(call, operator, parts), call, 0, 1, 2);
          }
          case "AveragePool", "GlobalAveragePool" -> pooled(call, operator);
          default -> quantized(run(call, operator, List.of(real(call, 0))), call, 3, 4, 0);
        });
  }

  private static OnnxTensor real(Call call, int first) {
    return Scales.single(call.input(first + 1), call.optional(first + 2)).real(call.input(first));
  }

  private static OnnxTensor quantized(OnnxTensor y, Call call, int scale, int zero, int like) {
    OnnxTensor zeroPoint = call.optional(zero);
    return Scales.single(call.input(scale), zeroPoint)
        .quantized(y, zeroPoint == null ? call.input(like).type() : zeroPoint.type());
  }

  private static OnnxTensor pooled(Call call, String operator) {
    OnnxTensor x = real(call, 0);
    boolean last = call.attributes().flag("channels_last");
    if (last) {
      x = Moving.permuted(x, order(x.rank(), true));
    }
    OnnxTensor y = run(call, operator, List.of(x));
    if (last) {
      y = Moving.permuted(y, order(y.rank(), false));
    }
    return quantized(y, call, 3, 4, 0);
  }

  /** Returns the order of axes that brings the channels from the end to the front, or back. */
  private static int[] order(int rank, boolean toFront) {
    var order = new int[rank];
    for (int i = 1; i < rank; i++) {
      order[i] = toFront ? (i == 1 ? rank - 1 : i - 1) : (i == rank - 1 ? 1 : i + 1);
    }
    return order;
  }

  private static OnnxTensor run(Call call, String operator, List<OnnxTensor> inputs) {
    var attributes = new HashMap<String, Object>();
    for (String name : call.attributes().names()) {
      Object value = call.attributes().value(name);
      if (value != null) {
        attributes.put(name, value);
      }
    }
    var node =
        new OnnxNode(
            call.node().name(),
            operator,
            "",
            call.attributes().small("opset", OPSET),
            call.node().inputs(),
            call.node().outputs(),
            new Attributes(attributes));
    List<@Nullable OnnxTensor> given = new ArrayList<>(inputs);
    return Operators.family(node)
        .apply(new Call(node, Operators.since(node), given, call.graphs()))[0];
  }
}
