package stride.onnx.engine;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import stride.graph.Operation;
import stride.layer.Add;
import stride.layer.ChannelMultiply;
import stride.layer.Multiply;
import stride.layer.Subtract;
import stride.onnx.graph.OnnxNode;
import stride.onnx.tensor.OnnxTensor;

/** Sums and products of values, and of values and constants. */
final class ArithmeticRules {
  private ArithmeticRules() {}

  static View[] add(Layout layout, OnnxNode node) throws Unlayable {
    var bias = biased(layout, node);
    return bias != null ? bias : binary(layout, node, new Add());
  }

  static View[] subtract(Layout layout, OnnxNode node) throws Unlayable {
    return binary(layout, node, new Subtract());
  }

  static View[] multiply(Layout layout, OnnxNode node) throws Unlayable {
    var gate = Gates.multiplied(layout, node);
    if (gate != null) {
      return ActivationRules.apply(layout, node, layout.view(gate.input()), gate.operation());
    }
    return binary(layout, node, new Multiply());
  }

  static View[] divide(Layout layout, OnnxNode node) throws Unlayable {
    var gate = Gates.divided(layout, node);
    if (gate != null) {
      return ActivationRules.apply(layout, node, layout.view(gate.input()), gate.operation());
    }
    var norm = WrittenNorms.divided(layout, node);
    if (norm != null) {
      return norm;
    }
    var unit = NormalizationRules.unit(layout, node);
    if (unit != null) {
      return unit;
    }
    var divisor = layout.constant(node, 1);
    var channels = Affine.spread(layout, node, layout.view(node, 0), divisor);
    float[] scales = channels.values().clone();
    for (int i = 0; i < scales.length; i++) {
      scales[i] = 1 / scales[i];
      if (!Float.isFinite(scales[i])) {
        throw new Unlayable("it divides by 0");
      }
    }
    return new View[] {Affine.add(layout, node, channels.view(), scales, new float[scales.length])};
  }

  static View[] sum(Layout layout, OnnxNode node) throws Unlayable {
    View sum = layout.view(node, 0);
    for (int i = 1; i < node.inputs().size(); i++) {
      sum = equal(layout, node, new Add(), sum, layout.view(node, i));
    }
    return new View[] {sum};
  }

  static View[] maximum(Layout layout, OnnxNode node) throws Unlayable {
    return bounded(layout, node, true);
  }

  static View[] minimum(Layout layout, OnnxNode node) throws Unlayable {
    return bounded(layout, node, false);
  }

  /** The larger of 0 and a value, or the smaller of a bound and what is cut at 0 already. */
  private static View[] bounded(Layout layout, OnnxNode node, boolean low) throws Unlayable {
    if (node.inputs().size() != 2) {
      throw new Unlayable("it compares several values");
    }
    int constant = layout.constant(Layout.input(node, 0)) != null ? 0 : 1;
    var bound = layout.constant(node, constant);
    if (bound.size() != 1) {
      throw new Unlayable("its bound differs from number to number");
    }
    float value = (float) bound.real(0);
    var input = Layout.input(node, 1 - constant);
    if (low) {
      return new View[] {
        ActivationRules.clip(
            layout,
            node,
            layout.view(input),
            new ActivationRules.Bounds(value, Float.POSITIVE_INFINITY))
      };
    }
    var before = layout.producer(input);
    boolean positive = before != null && before.operator().equals("Relu");
    if (!positive || !(value > 0)) {
      throw new Unlayable("its values may be of any sign");
    }
    return new View[] {
      ActivationRules.clip(layout, node, layout.view(input), new ActivationRules.Bounds(0, value))
    };
  }

  /** Adds a matrix product's biases to it: a dense layer has both. */
  private static View @Nullable [] biased(Layout layout, OnnxNode node) throws Unlayable {
    for (int i = 0; i < 2; i++) {
      var product = layout.producer(Layout.input(node, i));
      var bias = layout.constant(Layout.input(node, 1 - i));
      if (product != null
          && product.operator().equals("MatMul")
          && bias != null
          && layout.isLaid(product.inputs().getFirst())
          && layout.constant(product.inputs().get(1)) instanceof OnnxTensor weight
          && layout.view(product.inputs().getFirst()).rank() == 2
          && bias.size() == weight.dimension(weight.rank() - 1)
          && bias.dimension(bias.rank() - 1) == bias.size()) {
        return new View[] {ConvolutionRules.biased(layout, product, Layout.input(node, 1 - i))};
      }
    }
    return null;
  }

  private static View[] binary(Layout layout, OnnxNode node, Operation operation) throws Unlayable {
    var first = layout.constant(Layout.input(node, 0));
    var second = layout.constant(Layout.input(node, 1));
    if (first != null || second != null) {
      int value = first == null ? 0 : 1;
      var norm =
          switch (operation) {
            case Multiply _ -> layout.norms.product(node, 1 - value);
            case Add _ -> layout.norms.sum(node, 1 - value);
            default -> null;
          };
      if (norm != null) {
        return new View[] {norm};
      }
      var constant = first == null ? second : first;
      return new View[] {
        withConstant(layout, node, operation, layout.view(node, value), constant, value == 1)
      };
    }
    var a = layout.view(node, 0);
    var b = layout.view(node, 1);
    if (!Arrays.equals(a.shape(), b.shape())) {
      boolean gateFirst = a.elements() < b.elements();
      if (operation instanceof Multiply && isGate(gateFirst ? b : a, gateFirst ? a : b)) {
        return new View[] {gated(layout, node, gateFirst ? b : a, gateFirst ? a : b)};
      }
      a = Expansion.of(layout, node, a, b.shape());
      b = Expansion.of(layout, node, b, a.shape());
    }
    return new View[] {equal(layout, node, operation, a, b)};
  }

  private static View withConstant(
      Layout layout,
      OnnxNode node,
      Operation operation,
      View view,
      @Nullable OnnxTensor constant,
      boolean constantFirst)
      throws Unlayable {
    if (constant == null) {
      throw new Unlayable("it has no constant");
    }
    var channels = Affine.spread(layout, node, view, constant);
    float[] values = channels.values().clone();
    var scales = new float[values.length];
    Arrays.fill(scales, 1);
    switch (operation) {
      case Multiply _ -> {
        scales = values;
        values = new float[scales.length];
      }
      case Subtract _ -> {
        if (constantFirst) {
          Arrays.fill(scales, -1);
        } else {
          for (int i = 0; i < values.length; i++) {
            values[i] = -values[i];
          }
        }
      }
      default -> {}
    }
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new Unlayable("a constant of it is " + value);
      }
    }
    return Affine.add(layout, node, channels.view(), scales, values);
  }

  private static View equal(Layout layout, OnnxNode node, Operation operation, View a, View b)
      throws Unlayable {
    if (!Arrays.equals(a.shape(), b.shape())) {
      throw new Unlayable(
          "it spreads %s over %s"
              .formatted(Arrays.toString(b.shape()), Arrays.toString(a.shape())));
    }
    if (!a.liesAs(b) || !layout.shape(a.edge()).equals(layout.shape(b.edge()))) {
      boolean images = a.rank() >= 2 && a.rank() <= 4;
      a = images ? layout.channelwise(node, a) : layout.inOrder(node, a);
      b = images ? layout.channelwise(node, b) : layout.inOrder(node, b);
    }
    int edge = layout.add(layout.names.of(node), operation, List.of(a.edge(), b.edge()));
    return a.at(edge);
  }

  /** Whether a value has one number for each channel of an image. */
  private static boolean isGate(View image, View gate) {
    return image.rank() == 4
        && gate.rank() == 4
        && image.dims().getFirst().isEmpty()
        && (Arrays.equals(gate.shape(), new int[] {1, image.size(1), 1, 1})
            || Arrays.equals(gate.shape(), new int[] {1, 1, 1, image.size(3)}));
  }

  /** An image by a value for each of its channels. */
  private static View gated(Layout layout, OnnxNode node, View image, View gate) throws Unlayable {
    // Of (N, H, W, C), too.
    boolean last = gate.size(1) == 1 && gate.size(3) == image.size(3);
    int[] planes = {0, 3, 1, 2};
    var seen = last ? image.transposed(planes) : image;
    int wide = layout.image(node, seen);
    int narrow = layout.image(node, last ? gate.transposed(planes) : gate);
    int edge = layout.add(node, new ChannelMultiply(), wide, narrow);
    return last
        ? View.channelsLast(edge, layout.shape(edge))
        : View.image(edge, layout.shape(edge));
  }

  static Map<String, Rule> rules() {
    return Map.of(
        "Add", ArithmeticRules::add,
        "Sub", ArithmeticRules::subtract,
        "Mul", ArithmeticRules::multiply,
        "Div", ArithmeticRules::divide,
        "Sum", ArithmeticRules::sum,
        "Max", ArithmeticRules::maximum,
        "Min", ArithmeticRules::minimum);
  }
}
