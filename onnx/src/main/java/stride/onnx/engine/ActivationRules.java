package stride.onnx.engine;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import stride.graph.Operation;
import stride.layer.activation.Elu;
import stride.layer.activation.Gelu;
import stride.layer.activation.HardSigmoid;
import stride.layer.activation.LeakyRelu;
import stride.layer.activation.Prelu;
import stride.layer.activation.Relu;
import stride.layer.activation.Softmax;
import stride.onnx.graph.OnnxNode;

/** Functions of single numbers, and softmax. */
final class ActivationRules {
  private static final int SOFTMAX_OF_ONE_AXIS = 13;
  private static final float SIXTH = 1 / 6f;
  private static final float ROUNDING = 1e-6f;

  private ActivationRules() {}

  /** A rule for an operator that is one of the engine's operations. */
  static Rule of(Operation operation) {
    return (layout, node) -> apply(layout, node, layout.view(node, 0), operation);
  }

  static View[] apply(Layout layout, OnnxNode node, View view, Operation operation)
      throws Unlayable {
    return new View[] {view.at(layout.add(node, operation, view.edge()))};
  }

  static View[] elu(Layout layout, OnnxNode node) throws Unlayable {
    return apply(
        layout, node, layout.view(node, 0), new Elu(positive(node.attributes().real("alpha", 1))));
  }

  static View[] leakyRelu(Layout layout, OnnxNode node) throws Unlayable {
    float slope = positive(node.attributes().real("alpha", 0.01f));
    return apply(layout, node, layout.view(node, 0), new LeakyRelu(slope));
  }

  private static float positive(float value) throws Unlayable {
    if (!(value >= 0 && Float.isFinite(value))) {
      throw new Unlayable("its alpha is " + value);
    }
    return value;
  }

  static View[] gelu(Layout layout, OnnxNode node) throws Unlayable {
    boolean tanh = node.attributes().text("approximate", "none").equals("tanh");
    return apply(layout, node, layout.view(node, 0), new Gelu(tanh));
  }

  static boolean isHardSigmoid(OnnxNode node) {
    return Math.abs(node.attributes().real("alpha", 0.2f) - SIXTH) < ROUNDING
        && node.attributes().real("beta", 0.5f) == 0.5f;
  }

  static View[] hardSigmoid(Layout layout, OnnxNode node) throws Unlayable {
    var view = layout.view(node, 0);
    if (isHardSigmoid(node)) {
      return apply(layout, node, view, new HardSigmoid());
    }
    var line =
        constant(
            layout,
            layout.names.beside(node, "line"),
            view,
            node.attributes().real("alpha", 0.2f),
            node.attributes().real("beta", 0.5f));
    return apply(layout, node, line, new Relu(1));
  }

  private static View constant(Layout layout, String name, View view, float scale, float shift)
      throws Unlayable {
    int channels = layout.shape(view.edge()).channels();
    var scales = new float[channels];
    Arrays.fill(scales, scale);
    var shifts = new float[channels];
    Arrays.fill(shifts, shift);
    return Affine.add(layout, name, view, scales, shifts);
  }

  /** The bounds of a Clip; infinite where it has none. */
  record Bounds(float low, float high) {}

  /** A Clip's bounds, null if they are computed. */
  static @Nullable Bounds bounds(Layout layout, OnnxNode node) {
    var attributes = node.attributes();
    float low = attributes.real("min", Float.NEGATIVE_INFINITY);
    float high = attributes.real("max", Float.POSITIVE_INFINITY);
    for (int i = 1; i < 3; i++) {
      String name = Layout.input(node, i);
      if (!name.isEmpty()) {
        var bound = layout.constant(name);
        if (bound == null || bound.size() != 1) {
          return null;
        }
        if (i == 1) {
          low = (float) bound.real(0);
        } else {
          high = (float) bound.real(0);
        }
      }
    }
    // Exporters write the largest float where they mean none.
    return new Bounds(
        low == -Float.MAX_VALUE ? Float.NEGATIVE_INFINITY : low,
        high == Float.MAX_VALUE ? Float.POSITIVE_INFINITY : high);
  }

  static View[] clip(Layout layout, OnnxNode node) throws Unlayable {
    var view = layout.view(node, 0);
    var bounds = bounds(layout, node);
    if (bounds == null) {
      throw new Unlayable("its bounds are computed");
    }
    if (Float.isInfinite(bounds.low) && Float.isInfinite(bounds.high)) {
      return new View[] {view};
    }
    return new View[] {clip(layout, node, view, bounds)};
  }

  static View clip(Layout layout, OnnxNode node, View view, Bounds bounds) throws Unlayable {
    if (!Float.isFinite(bounds.low) || !(bounds.high > bounds.low)) {
      throw new Unlayable("its bounds are %s and %s".formatted(bounds.low, bounds.high));
    }
    if (bounds.low == 0) {
      return apply(layout, node, view, new Relu(bounds.high))[0];
    }
    var moved = constant(layout, layout.names.beside(node, "down"), view, 1, -bounds.low);
    var cut = apply(layout, node, moved, new Relu(bounds.high - bounds.low))[0];
    return constant(layout, layout.names.beside(node, "up"), cut, 1, bounds.low);
  }

  static View[] prelu(Layout layout, OnnxNode node) throws Unlayable {
    var slope = layout.constant(node, 1);
    boolean single = slope.size() == 1;
    var view = layout.view(node, 0);
    float[] slopes = Layout.floats(slope);
    if (!single) {
      var channels = Affine.spread(layout, node, view, slope);
      view = channels.view();
      slopes = channels.values();
      if (slopes.length != layout.shape(view.edge()).channels()) {
        throw new Unlayable("its slopes differ within a channel");
      }
    }
    int edge =
        layout.addWeighted(
            node,
            new Prelu(!single, 0.25f),
            view.edge(),
            Map.of("weight", slopes),
            Layout.input(node, 1));
    return new View[] {view.at(edge)};
  }

  static View[] softmax(Layout layout, OnnxNode node) throws Unlayable {
    var view = layout.view(node, 0);
    boolean one = node.opset() >= SOFTMAX_OF_ONE_AXIS;
    int axis = node.attributes().small("axis", one ? -1 : 1);
    axis = axis < 0 ? axis + view.rank() : axis;
    for (int d = axis + 1; !one && d < view.rank(); d++) {
      if (view.size(d) > 1) {
        throw new Unlayable("it is over several dimensions");
      }
    }
    view = layout.channelsAt(node, view, axis);
    return new View[] {
      view.at(layout.add(layout.names.of(node), new Softmax(), List.of(view.edge())))
    };
  }
}
