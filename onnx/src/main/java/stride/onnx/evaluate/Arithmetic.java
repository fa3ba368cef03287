package stride.onnx.evaluate;

import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;
import stride.onnx.tensor.ElementType;
import stride.onnx.tensor.OnnxTensor;

/** Arithmetic of two or more tensors that are broadcast to each other. */
final class Arithmetic implements Family {
  @Override
  public String operators() {
    return """
    Add 1 6 7 13 14
    BitShift 11 28
    BitwiseAnd 18
    BitwiseOr 18
    BitwiseXor 18
    Div 1 6 7 13 14
    Max 1 6 8 12 13
    Mean 1 6 8 13
    Min 1 6 8 12 13
    Mod 10 13 28
    Mul 1 6 7 13 14
    PRelu 1 6 7 9 16
    Pow 1 7 12 13 15
    Sub 1 6 7 13 14
    Sum 1 6 8 13
    """;
  }

  @Override
  public OnnxTensor[] apply(Call call) {
    return Family.one(
        switch (call.operator()) {
          case "Add" -> two(call, Double::sum, Long::sum);
          case "Sub" -> two(call, (a, b) -> a - b, (a, b) -> a - b);
          case "Mul" -> two(call, (a, b) -> a * b, (a, b) -> a * b);
          case "Div" -> two(call, (a, b) -> a / b, quotient(call));
          case "Mod" -> modulo(call);
          case "Pow" -> two(call, Math::pow, Arithmetic::power);
          case "PRelu" -> parametricRelu(call);
          case "BitwiseAnd" -> integers(call, (a, b) -> a & b);
          case "BitwiseOr" -> integers(call, (a, b) -> a | b);
          case "BitwiseXor" -> integers(call, (a, b) -> a ^ b);
          case "BitShift" -> shift(call);
          case "Max" -> all(call, Math::max, greater(call));
          case "Min" -> all(call, Math::min, smaller(call));
          case "Sum" -> sum(call, 1);
          default -> sum(call, call.count());
        });
  }

  private static boolean unsigned(Call call) {
    return call.input(0).type() == ElementType.UINT64;
  }

  private static LongBinaryOperator quotient(Call call) {
    if (unsigned(call)) {
      return Long::divideUnsigned;
    }
    return (a, b) -> a / b;
  }

  private static LongBinaryOperator greater(Call call) {
    if (unsigned(call)) {
      return (a, b) -> Long.compareUnsigned(a, b) > 0 ? a : b;
    }
    return Math::max;
  }

  private static LongBinaryOperator smaller(Call call) {
    if (unsigned(call)) {
      return (a, b) -> Long.compareUnsigned(a, b) < 0 ? a : b;
    }
    return Math::min;
  }

  private static OnnxTensor shift(Call call) {
    boolean left = call.attributes().text("direction", "").equals("LEFT");
    var type = call.input(0).type();
    // Beyond all bits nothing is left but the sign of a shift to the right.
    return integers(
        call,
        (a, b) -> {
          boolean beyond = b < 0 || b >= type.bits();
          if (left) {
            return beyond ? 0 : a << b;
          }
          return type.isUnsigned() ? (beyond ? 0 : a >>> b) : a >> (beyond ? Long.SIZE - 1 : b);
        });
  }

  private static OnnxTensor two(Call call, DoubleBinaryOperator real, LongBinaryOperator integer) {
    OnnxTensor a = call.input(0);
    OnnxTensor b = Maps.aligned(call, a, call.input(1));
    return Maps.numbers(a, b, a.type(), real, integer);
  }

  private static OnnxTensor integers(Call call, LongBinaryOperator integer) {
    OnnxTensor a = call.input(0);
    return Maps.numbers(
        a,
        call.input(1),
        a.type(),
        (x, y) -> {
          throw new IllegalArgumentException("the bits of floats are not operated on");
        },
        integer);
  }

  private static OnnxTensor all(Call call, DoubleBinaryOperator real, LongBinaryOperator integer) {
    OnnxTensor result = call.input(0);
    for (int i = 1; i < call.count(); i++) {
      result = Maps.numbers(result, call.input(i), result.type(), real, integer);
    }
    return result;
  }

  /** Sums up in double, so that the mean of many is rounded once. */
  private static OnnxTensor sum(Call call, int divisor) {
    var shapes = new int[call.count()][];
    for (int i = 0; i < shapes.length; i++) {
      shapes[i] = call.input(i).shape();
    }
    int[] shape = Places.broadcast(shapes);
    OnnxTensor sum = OnnxTensor.zeros(call.input(0).type(), shape);
    var sums = new double[sum.size()];
    for (int i = 0; i < shapes.length; i++) {
      OnnxTensor input = Places.expanded(call.input(i), shape);
      for (int k = 0; k < sums.length; k++) {
        sums[k] += input.real(k);
      }
    }
    for (int k = 0; k < sums.length; k++) {
      sum.put(k, sums[k] / divisor);
    }
    return sum;
  }

  private static OnnxTensor modulo(Call call) {
    // C's remainder has the sign of the dividend, Python's that of the divisor.
    if (call.attributes().flag("fmod")) {
      return two(call, (a, b) -> a % b, (a, b) -> a % b);
    }
    LongBinaryOperator remainder = Math::floorMod;
    return two(call, Arithmetic::floored, unsigned(call) ? Long::remainderUnsigned : remainder);
  }

  /** The exact remainder with the sign of the divisor, zeros too. */
  private static double floored(double a, double b) {
    double rest = a % b;
    return rest == 0 ? Math.copySign(0, b) : rest < 0 == b < 0 ? rest : rest + b;
  }

  private static long power(long base, long exponent) {
    if (exponent < 0) {
      return base == 1 ? 1 : base == -1 ? ((exponent & 1) == 0 ? 1 : -1) : 0;
    }
    long power = 1;
    long square = base;
    for (long rest = exponent; rest > 0; rest >>= 1) {
      power = (rest & 1) == 1 ? power * square : power;
      square *= square;
    }
    return power;
  }

  private static OnnxTensor parametricRelu(Call call) {
    OnnxTensor x = call.input(0);
    OnnxTensor slope = call.input(1);
    // The first versions have one slope a channel, which newer ones write as (C, 1, 1).
    if (call.since() < 7 && slope.rank() == 1 && x.rank() > 2 && slope.size() > 1) {
      var shape = new int[x.rank() - 1];
      Arrays.fill(shape, 1);
      shape[0] = slope.size();
      slope = slope.reshaped(shape);
    }
    OnnxTensor y =
        Maps.numbers(x, slope, x.type(), (v, s) -> v < 0 ? v * s : v, (v, s) -> v < 0 ? v * s : v);
    if (y.size() != x.size()) {
      throw new IllegalArgumentException("the slopes do not broadcast to the input");
    }
    return y;
  }
}
