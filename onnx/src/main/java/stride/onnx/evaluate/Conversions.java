package stride.onnx.evaluate;

import stride.onnx.tensor.ElementType;
import stride.onnx.tensor.OnnxTensor;

/** Conversions of the elements' type, and operators that give their input. */
final class Conversions implements Family {
  @Override
  public String operators() {
    return """
    Cast 1 6 9 13 19 21 23 24 25 28
    CastLike 15 19 21 23 24 25
    Dropout 1 6 7 10 12 13 22
    Identity 1 13 14 16 19 21 23 24 25
    """;
  }

  @Override
  public OnnxTensor[] apply(Call call) {
    OnnxTensor x = call.input(0);
    return switch (call.operator()) {
      case "Cast" -> Family.one(cast(x, target(call), isSaturated(call)));
      case "CastLike" -> Family.one(cast(x, call.input(1).type(), isSaturated(call)));
      case "Dropout" -> dropout(call, x);
      default -> Family.one(x);
    };
  }

  private static ElementType target(Call call) {
    // The first version has the type's name, later ones its number.
    if (call.attributes().value("to") instanceof String name) {
      return ElementType.valueOf(name);
    }
    ElementType type = ElementType.of(call.attributes().small("to", 0));
    if (type == null) {
      throw new IllegalArgumentException(
          "it converts to the type %d, which Stride does not have"
              .formatted(call.attributes().integer("to", 0)));
    }
    return type;
  }

  /** Whether numbers beyond those of a small float become its largest, not NaN or an infinity. */
  private static boolean isSaturated(Call call) {
    return call.attributes().integer("saturate", 1) != 0;
  }

  private static OnnxTensor cast(OnnxTensor x, ElementType to, boolean saturated) {
    OnnxTensor y = cast(x, to);
    for (int i = 0; !saturated && x.type().isReal() && i < y.size(); i++) {
      y.putBeyond(i, x.real(i));
    }
    return y;
  }

  /** Converts elements: floats to integers by dropping the fraction, to bool by not being 0. */
  static OnnxTensor cast(OnnxTensor x, ElementType to) {
    if (x.type() == to) {
      return x;
    }
    OnnxTensor y = OnnxTensor.zeros(to, x.shape());
    for (int i = 0; i < y.size(); i++) {
      if (to == ElementType.STRING) {
        y.texts()[i] = text(x, i);
      } else if (x.type() == ElementType.STRING) {
        fromText(x.texts()[i], y, i);
      } else if (x.type().isReal() || to.isReal()) {
        y.put(i, x.real(i));
      } else {
        y.put(i, x.longs()[i]);
      }
    }
    return y;
  }

  private static void fromText(String text, OnnxTensor y, int index) {
    try {
      if (y.type().isReal()) {
        y.put(
            index,
            switch (text.strip()) {
              case "INF", "+INF", "inf", "+inf" -> Double.POSITIVE_INFINITY;
              case "-INF", "-inf" -> Double.NEGATIVE_INFINITY;
              case "NaN", "nan" -> Double.NaN;
              default -> Double.parseDouble(text);
            });
      } else {
        y.put(index, Long.parseLong(text.strip()));
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("the text \"%s\" is no number".formatted(text), e);
    }
  }

  /**
   * Returns a number as Java writes it; the standard says no more than that it is plain or
   * scientific.
   */
  private static String text(OnnxTensor x, int index) {
    if (!x.type().isReal()) {
      return x.type() == ElementType.UINT64
          ? Long.toUnsignedString(x.longs()[index])
          : Long.toString(x.longs()[index]);
    }
    double value = x.real(index);
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "INF" : "-INF";
    }
    return x.type() == ElementType.DOUBLE ? Double.toString(value) : Float.toString((float) value);
  }

  /** Dropout as at inference: the input itself, and a mask that keeps all. */
  private static OnnxTensor[] dropout(Call call, OnnxTensor x) {
    OnnxTensor training = call.since() >= 12 ? call.optional(2) : null;
    OnnxTensor ratio = call.since() >= 12 ? call.optional(1) : null;
    if (training != null && training.integer(0) != 0 && (ratio == null || ratio.real(0) != 0)) {
      throw new IllegalArgumentException(
          "it is in training mode, whose values depend on chance: export the model for inference");
    }
    // Before version 10 the mask has the input's type.
    OnnxTensor mask = OnnxTensor.zeros(call.since() >= 10 ? ElementType.BOOL : x.type(), x.shape());
    for (int i = 0; i < mask.size(); i++) {
      mask.put(i, 1L);
    }
    return new OnnxTensor[] {x, mask};
  }
}
