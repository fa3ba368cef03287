package stride.onnx.engine;

import org.jspecify.annotations.Nullable;
import stride.graph.Operation;
import stride.layer.activation.Gelu;
import stride.layer.activation.HardSigmoid;
import stride.layer.activation.HardSwish;
import stride.layer.activation.Mish;
import stride.layer.activation.Silu;
import stride.onnx.graph.OnnxNode;

/**
 * Activations that exporters write as several nodes: x sigmoid(x), x clip(x + 3) / 6 and so on.
 * They are recognised by their last node; what the others have added to the graph nobody reads
 * then.
 */
final class Gates {
  private static final double ROUNDING = 1e-5;

  private Gates() {}

  /** An activation of a value. */
  record Gate(String input, Operation operation) {}

  /** What a product is, null if it is just one. */
  static @Nullable Gate multiplied(Layout layout, OnnxNode node) {
    for (int i = 0; i < 2; i++) {
      String x = node.inputs().get(i);
      String other = node.inputs().get(1 - i);
      var gate = gate(layout, x, other);
      if (gate == null && is(layout, other, 1.0 / 6)) {
        gate = sixth(layout, x);
      }
      if (gate == null && is(layout, other, 0.5)) {
        gate = half(layout, x);
      }
      if (gate == null) {
        gate = halfFirst(layout, x, other);
      }
      if (gate != null && layout.isLaid(gate.input)) {
        return gate;
      }
    }
    return null;
  }

  /** What a quotient is, null if it is just one. */
  static @Nullable Gate divided(Layout layout, OnnxNode node) {
    var gate = is(layout, node.inputs().get(1), 6) ? sixth(layout, node.inputs().get(0)) : null;
    return gate != null && layout.isLaid(gate.input) ? gate : null;
  }

  private static @Nullable Gate gate(Layout layout, String x, String other) {
    var gate = layout.producer(other);
    if (gate == null) {
      return null;
    }
    boolean ofX = gate.inputs().getFirst().equals(x);
    return switch (gate.operator()) {
      case "Sigmoid" -> ofX ? new Gate(x, new Silu()) : null;
      case "HardSigmoid" ->
          ofX && ActivationRules.isHardSigmoid(gate) ? new Gate(x, new HardSwish()) : null;
      case "Tanh" -> {
        var inner = layout.producer(gate.inputs().getFirst());
        yield inner != null
                && inner.operator().equals("Softplus")
                && inner.inputs().getFirst().equals(x)
            ? new Gate(x, new Mish())
            : null;
      }
      case "Div" ->
          is(layout, gate.inputs().get(1), 6) && x.equals(shifted(layout, gate.inputs().getFirst()))
              ? new Gate(x, new HardSwish())
              : null;
      case "Mul" -> x.equals(shiftedSixth(layout, gate)) ? new Gate(x, new HardSwish()) : null;
      default -> null;
    };
  }

  private static @Nullable String shiftedSixth(Layout layout, OnnxNode product) {
    for (int i = 0; i < 2; i++) {
      if (is(layout, product.inputs().get(i), 1.0 / 6)) {
        return shifted(layout, product.inputs().get(1 - i));
      }
    }
    return null;
  }

  /** What a sixth of a value is: x clip(x + 3), or clip(x + 3) by itself. */
  private static @Nullable Gate sixth(Layout layout, String value) {
    String alone = shifted(layout, value);
    if (alone != null) {
      return new Gate(alone, new HardSigmoid());
    }
    var product = layout.producer(value);
    if (product != null && product.operator().equals("Mul")) {
      for (int i = 0; i < 2; i++) {
        String x = product.inputs().get(i);
        if (x.equals(shifted(layout, product.inputs().get(1 - i)))) {
          return new Gate(x, new HardSwish());
        }
      }
    }
    return null;
  }

  /** The x of min(max(x + 3, 0), 6); null if a value is something else. */
  private static @Nullable String shifted(Layout layout, String value) {
    var clip = layout.producer(value);
    if (clip == null || !clip.operator().equals("Clip")) {
      return null;
    }
    var bounds = ActivationRules.bounds(layout, clip);
    return bounds != null && bounds.low() == 0 && bounds.high() == 6
        ? plus(layout, clip.inputs().getFirst(), 3)
        : null;
  }

  /** The x of x + a number; null if a value is something else. */
  private static @Nullable String plus(Layout layout, String value, double number) {
    var sum = layout.producer(value);
    if (sum != null && sum.operator().equals("Add")) {
      for (int i = 0; i < 2; i++) {
        if (is(layout, sum.inputs().get(1 - i), number)) {
          return sum.inputs().get(i);
        }
      }
    }
    return null;
  }

  /** What a half of x (1 + erf(x / sqrt 2)) is. */
  private static @Nullable Gate half(Layout layout, String value) {
    var product = layout.producer(value);
    if (product != null && product.operator().equals("Mul")) {
      for (int i = 0; i < 2; i++) {
        String x = product.inputs().get(i);
        if (x.equals(error(layout, product.inputs().get(1 - i)))) {
          return new Gate(x, new Gelu(false));
        }
      }
    }
    return null;
  }

  /** What x / 2 times (1 + erf(x / sqrt 2)) is. */
  private static @Nullable Gate halfFirst(Layout layout, String value, String other) {
    var half = layout.producer(value);
    if (half == null || !half.operator().equals("Mul")) {
      return null;
    }
    for (int i = 0; i < 2; i++) {
      String x = half.inputs().get(i);
      if (is(layout, half.inputs().get(1 - i), 0.5) && x.equals(error(layout, other))) {
        return new Gate(x, new Gelu(false));
      }
    }
    return null;
  }

  /** The x of 1 + erf(x / sqrt 2); null if a value is something else. */
  private static @Nullable String error(Layout layout, String value) {
    String inner = plus(layout, value, 1);
    var erf = inner == null ? null : layout.producer(inner);
    if (erf == null || !erf.operator().equals("Erf")) {
      return null;
    }
    var scaled = layout.producer(erf.inputs().getFirst());
    if (scaled == null) {
      return null;
    }
    boolean divided =
        scaled.operator().equals("Div") && is(layout, scaled.inputs().get(1), Math.sqrt(2));
    boolean multiplied =
        scaled.operator().equals("Mul") && is(layout, scaled.inputs().get(1), Math.sqrt(0.5));
    return divided || multiplied ? scaled.inputs().getFirst() : null;
  }

  private static boolean is(Layout layout, String value, double number) {
    var constant = layout.constant(value);
    return constant != null
        && constant.size() == 1
        && Math.abs(constant.real(0) - number) < ROUNDING * number;
  }
}
