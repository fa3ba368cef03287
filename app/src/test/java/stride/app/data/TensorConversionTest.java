package stride.app.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import stride.format.FormatException;
import stride.onnx.tensor.ElementType;
import stride.onnx.tensor.OnnxTensor;

class TensorConversionTest {
  /** Numbers at the ends of all types' ranges, and beside them. */
  private static final List<String> NUMBERS =
      List.of(
          "0",
          "1",
          "-1",
          "2",
          "0.5",
          "0.1",
          "127",
          "128",
          "-128",
          "255",
          "256",
          "32768",
          "65504",
          "65535",
          "65536",
          "16777216",
          "16777217",
          "2147483647",
          "2147483648",
          "4294967295",
          "9007199254740993",
          "9223372036854775807",
          "9223372036854775808",
          "18446744073709549568",
          "18446744073709551615",
          "-9223372036854775808");

  /** From here on half floats are infinite. */
  private static final double HALVES_END = 65520;

  private static final List<ElementType> TYPES =
      List.of(
          ElementType.BOOL,
          ElementType.INT8,
          ElementType.INT16,
          ElementType.INT32,
          ElementType.INT64,
          ElementType.UINT8,
          ElementType.UINT16,
          ElementType.UINT32,
          ElementType.UINT64,
          ElementType.FLOAT16,
          ElementType.FLOAT,
          ElementType.DOUBLE);

  static Stream<Arguments> pairs() {
    return TYPES.stream().flatMap(from -> TYPES.stream().map(to -> Arguments.of(from, to)));
  }

  /** A number as a tensor, or null if the type has not just this one. */
  private static OnnxTensor exactly(ElementType type, BigDecimal number) {
    var tensor = OnnxTensor.zeros(type, 1);
    if (type.isReal()) {
      tensor.put(0, number.doubleValue());
    } else {
      tensor.put(0, number.longValue());
    }
    return number.compareTo(value(tensor)) == 0 ? tensor : null;
  }

  private static BigDecimal value(OnnxTensor tensor) {
    if (tensor.type().isReal()) {
      double real = tensor.real(0);
      return Double.isFinite(real) ? new BigDecimal(real) : BigDecimal.TEN.pow(99);
    }
    var whole = BigInteger.valueOf(tensor.integer(0));
    boolean wrapped = tensor.type() == ElementType.UINT64 && whole.signum() < 0;
    return new BigDecimal(wrapped ? whole.add(BigInteger.ONE.shiftLeft(64)) : whole);
  }

  /** Whether a type has a number that this one is rounded to. */
  private static boolean isNear(ElementType to, BigDecimal number) {
    return to.isReal()
        && (to != ElementType.FLOAT16 || Math.abs(number.doubleValue()) < HALVES_END);
  }

  @ParameterizedTest(name = "{0} to {1}")
  @MethodSource("pairs")
  void everyNumberIsTheSameOrToldOrRefused(ElementType from, ElementType to) throws Exception {
    for (var text : NUMBERS) {
      var number = new BigDecimal(text);
      var given = exactly(from, number);
      if (given == null) {
        continue;
      }
      if (exactly(to, number) != null) {
        var made = TensorConversion.of("x.npy", given, to);
        assertEquals(to, made.tensor().type());
        assertEquals(0, number.compareTo(value(made.tensor())), text);
        assertNull(made.note(), text);
      } else if (isNear(to, number)) {
        String note = TensorConversion.of("x.npy", given, to).note();
        assertTrue(note != null && note.contains("1 of 1 numbers"), text);
      } else {
        String message =
            assertThrows(FormatException.class, () -> TensorConversion.of("x.npy", given, to), text)
                .getMessage();
        assertTrue(message.startsWith("x.npy: holds "), message);
        assertTrue(message.contains("at [0]"), message);
      }
    }
  }

  @Test
  void whatIsNoNumberStaysNoneInFloatsAlone() throws Exception {
    double[] odd = {Double.NaN, Double.POSITIVE_INFINITY, -0.0};
    var given = OnnxTensor.of(new int[] {3}, odd);
    var floats = TensorConversion.of("x", given, ElementType.FLOAT);
    assertNull(floats.note());
    assertTrue(Float.isNaN(floats.tensor().floats()[0]));
    assertThrows(FormatException.class, () -> TensorConversion.of("x", given, ElementType.INT64));
    var huge = OnnxTensor.of(new int[] {1, 1}, new double[] {1e300});
    assertEquals(
        "x: holds 1.0E300 at [0, 0], which the input's float cannot be",
        assertThrows(FormatException.class, () -> TensorConversion.of("x", huge, ElementType.FLOAT))
            .getMessage());
  }
}
