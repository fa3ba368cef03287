package stride.app.data;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import stride.format.FormatException;
import stride.onnx.tensor.ElementType;
import stride.onnx.tensor.OnnxTensor;

/**
 * A tensor's numbers as another type has them. Floats may be rounded to the nearest, which is told;
 * integers and booleans are the same numbers, or refused.
 *
 * @param tensor of the wanted type
 * @param note that numbers were rounded, and how many; null if all are the same
 */
public record TensorConversion(OnnxTensor tensor, @Nullable String note) {
  private static final double INT64_END = 0x1p63;
  private static final double UINT64_END = 0x1p64;

  /**
   * Converts a tensor.
   *
   * @param what the tensor for messages, such as its file
   * @param wanted the type; null for any
   * @throws FormatException if the type cannot hold a number; the message says which
   */
  public static TensorConversion of(String what, OnnxTensor given, @Nullable ElementType wanted)
      throws FormatException {
    if (wanted == null || wanted == given.type()) {
      return new TensorConversion(given, null);
    }
    if (wanted == ElementType.STRING || given.type() == ElementType.STRING) {
      throw new FormatException(
          "%s: is %s, the input takes %s, and texts are no numbers"
              .formatted(what, given.type(), wanted));
    }
    var made = OnnxTensor.zeros(wanted, given.shape());
    int rounded = 0;
    for (int i = 0; i < given.size(); i++) {
      put(given, i, made);
      if (!isSame(given, i, made)) {
        boolean isRounded =
            wanted.isReal()
                && Double.isInfinite(made.real(i)) == Double.isInfinite(given.real(i))
                && Double.isNaN(made.real(i)) == Double.isNaN(given.real(i));
        if (!isRounded) {
          throw new FormatException(
              "%s: holds %s at %s, which the input's %s cannot be"
                  .formatted(what, text(given, i), place(given, i), wanted));
        }
        rounded++;
      }
    }
    return new TensorConversion(
        made,
        rounded == 0
            ? null
            : "%s: %,d of %,d numbers of %s were rounded to the input's %s"
                .formatted(what, rounded, given.size(), given.type(), wanted));
  }

  private static void put(OnnxTensor given, int i, OnnxTensor made) {
    if (given.type().isReal() || made.type().isReal()) {
      made.put(i, given.real(i));
    } else {
      made.put(i, given.integer(i));
    }
  }

  private static boolean isSame(OnnxTensor given, int i, OnnxTensor made) {
    var from = given.type();
    var to = made.type();
    if (from.isReal()) {
      // Where a whole number's range ends, doubles have the number behind its last one.
      double end = to == ElementType.UINT64 ? UINT64_END : INT64_END;
      boolean fits = to.isReal() || given.real(i) < end;
      return fits && Double.compare(made.real(i), given.real(i)) == 0
          || made.real(i) == 0 && given.real(i) == 0;
    }
    if (!to.isReal()) {
      boolean beyond =
          from != to
              && (from == ElementType.UINT64 || to == ElementType.UINT64)
              && given.integer(i) < 0;
      return !beyond && made.integer(i) == given.integer(i);
    }
    double real = made.real(i);
    var back = OnnxTensor.zeros(from);
    back.put(0, real);
    double end = from == ElementType.UINT64 ? UINT64_END : INT64_END;
    return Double.isFinite(real) && real < end && back.integer(0) == given.integer(i);
  }

  private static String text(OnnxTensor tensor, int i) {
    return tensor.type().isReal()
        ? Double.toString(tensor.real(i))
        : tensor.type() == ElementType.UINT64
            ? Long.toUnsignedString(tensor.integer(i))
            : Long.toString(tensor.integer(i));
  }

  private static String place(OnnxTensor tensor, int i) {
    var index = new int[tensor.rank()];
    int rest = i;
    for (int d = index.length - 1; d >= 0; d--) {
      index[d] = rest % tensor.dimension(d);
      rest /= tensor.dimension(d);
    }
    return Arrays.toString(index);
  }
}
