package stride.onnx.evaluate;

import java.util.Arrays;
import java.util.function.DoublePredicate;
import java.util.function.LongBinaryOperator;
import stride.onnx.tensor.ElementType;
import stride.onnx.tensor.OnnxTensor;

/** Comparisons, logic, and the choice by it. */
final class Comparisons implements Family {
  @Override
  public String operators() {
    return """
    And 1 7
    Equal 1 7 11 13 19
    Greater 1 7 9 13
    GreaterOrEqual 12 16
    IsInf 10 20
    IsNaN 9 13 20
    Less 1 7 9 13
    LessOrEqual 12 16
    Not 1
    Or 1 7
    Where 9 16
    Xor 1 7
    """;
  }

  @Override
  public OnnxTensor[] apply(Call call) {
    return Family.one(
        switch (call.operator()) {
          case "Equal" -> equal(call);
          case "Greater" -> compare(call, false, true, false);
          case "GreaterOrEqual" -> compare(call, false, true, true);
          case "Less" -> compare(call, true, false, false);
          case "LessOrEqual" -> compare(call, true, false, true);
          case "And" -> logic(call, (a, b) -> a & b);
          case "Or" -> logic(call, (a, b) -> a | b);
          case "Xor" -> logic(call, (a, b) -> a ^ b);
          case "Not" -> Maps.number(call.input(0), v -> v, v -> v ^ 1);
          case "Where" -> where(call);
          case "IsNaN" -> test(call.input(0), Double::isNaN);
          default -> {
            boolean below = call.attributes().integer("detect_negative", 1) != 0;
            boolean above = call.attributes().integer("detect_positive", 1) != 0;
            yield test(call.input(0), v -> Double.isInfinite(v) && (v < 0 ? below : above));
          }
        });
  }

  private static OnnxTensor compare(Call call, boolean less, boolean greater, boolean equal) {
    OnnxTensor a = call.input(0);
    OnnxTensor b = Maps.aligned(call, a, call.input(1));
    boolean unsigned = a.type() == ElementType.UINT64;
    return Maps.numbers(
        a,
        b,
        ElementType.BOOL,
        (x, y) -> x < y && less || x > y && greater || x == y && equal ? 1 : 0,
        (x, y) -> {
          int order = unsigned ? Long.compareUnsigned(x, y) : Long.compare(x, y);
          return order < 0 && less || order > 0 && greater || order == 0 && equal ? 1 : 0;
        });
  }

  private static OnnxTensor equal(Call call) {
    OnnxTensor a = call.input(0);
    if (a.type() != ElementType.STRING) {
      return compare(call, false, false, true);
    }
    int[] shape = Places.broadcast(a.shape(), call.input(1).shape());
    String[] left = Places.expanded(a, shape).texts();
    String[] right = Places.expanded(call.input(1), shape).texts();
    OnnxTensor y = OnnxTensor.zeros(ElementType.BOOL, shape);
    Arrays.setAll(y.longs(), i -> left[i].equals(right[i]) ? 1 : 0);
    return y;
  }

  private static OnnxTensor logic(Call call, LongBinaryOperator function) {
    OnnxTensor a = call.input(0);
    OnnxTensor b = Maps.aligned(call, a, call.input(1));
    return Maps.numbers(a, b, ElementType.BOOL, (x, y) -> 0, function);
  }

  private static OnnxTensor test(OnnxTensor x, DoublePredicate predicate) {
    OnnxTensor y = OnnxTensor.zeros(ElementType.BOOL, x.shape());
    for (int i = 0; i < y.size(); i++) {
      y.put(i, predicate.test(x.real(i)) ? 1L : 0L);
    }
    return y;
  }

  private static OnnxTensor where(Call call) {
    OnnxTensor condition = call.input(0);
    OnnxTensor yes = call.input(1);
    OnnxTensor no = call.input(2);
    int[] shape = Places.broadcast(condition.shape(), yes.shape(), no.shape());
    long[] chosen = Places.expanded(condition, shape).longs();
    OnnxTensor y = Places.expanded(yes, shape);
    OnnxTensor other = Places.expanded(no, shape);
    OnnxTensor result = OnnxTensor.zeros(yes.type(), shape);
    for (int i = 0; i < chosen.length; i++) {
      (chosen[i] != 0 ? y : other).copy(i, result, i, 1);
    }
    return result;
  }
}
