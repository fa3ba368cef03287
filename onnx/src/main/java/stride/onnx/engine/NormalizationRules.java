package stride.onnx.engine;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import stride.graph.Operation;
import stride.layer.normalization.BatchNorm;
import stride.layer.normalization.FrozenBatchNorm;
import stride.layer.normalization.GroupNorm;
import stride.layer.normalization.InstanceNorm;
import stride.layer.normalization.LayerNorm;
import stride.layer.normalization.LocalResponseNorm;
import stride.layer.normalization.ScaledL2Norm;
import stride.onnx.graph.OnnxNode;
import stride.onnx.tensor.OnnxTensor;

/** Normalisations. */
final class NormalizationRules {
  private static final float EPS = 1e-5f;
  private static final float KEPT = 0.9f;

  /** What keeps a norm from being 0, and spreads it. */
  private static final Set<String> LEAST = Set.of("Max", "Clip", "Expand");

  private NormalizationRules() {}

  static View[] batchNorm(Layout layout, OnnxNode node) throws Unlayable {
    if (node.attributes().flag("training_mode") || layout.wantsMore(node)) {
      throw new Unlayable("it normalises with the batch's own statistics");
    }
    var view = layout.channelwise(node, layout.view(node, 0));
    float kept = node.attributes().real("momentum", KEPT);
    float eps = node.attributes().real("epsilon", EPS);
    Operation norm =
        layout.isFrozen(Layout.input(node, 1))
            ? new FrozenBatchNorm(eps)
            : new BatchNorm(eps, 1 - kept);
    int edge =
        layout.addWeighted(
            node,
            norm,
            view.edge(),
            Map.of(
                "weight", Layout.floats(layout.constant(node, 1)),
                "bias", Layout.floats(layout.constant(node, 2)),
                "running_mean", Layout.floats(layout.constant(node, 3)),
                "running_var", Layout.floats(layout.constant(node, 4))),
            Layout.input(node, 1),
            Layout.input(node, 2),
            Layout.input(node, 3),
            Layout.input(node, 4));
    return new View[] {view.at(edge)};
  }

  static View[] instanceNorm(Layout layout, OnnxNode node) throws Unlayable {
    var groups = groups(layout, node);
    if (groups != null) {
      return groups;
    }
    var view = layout.channelwise(node, layout.view(node, 0));
    int edge =
        layout.addWeighted(
            node,
            new InstanceNorm(node.attributes().real("epsilon", EPS), true),
            view.edge(),
            Map.of(
                "weight", Layout.floats(layout.constant(node, 1)),
                "bias", Layout.floats(layout.constant(node, 2))),
            Layout.input(node, 1),
            Layout.input(node, 2));
    return new View[] {view.at(edge)};
  }

  /**
   * Group norm as PyTorch exports it, and Stride for older versions: each group's numbers as one
   * channel (1, G, C / G x H x W), without weights; those come after it. Where each channel is a
   * group, a reshape of an image tells it from an instance norm of a sequence.
   */
  private static View @Nullable [] groups(Layout layout, OnnxNode node) throws Unlayable {
    var view = layout.view(node, 0);
    var shape = layout.shape(view.edge());
    if (view.rank() != 3 || shape.channels() % view.size(1) != 0) {
      return null;
    }
    int groups = view.size(1);
    var whole = shape.isImage() ? View.image(view.edge(), shape) : View.vector(view.edge(), shape);
    var split = whole.reshaped(new int[] {1, groups, shape.elements() / groups});
    var reshape = layout.producer(Layout.input(node, 0));
    boolean several =
        groups < shape.channels() || (reshape != null && reshape.operator().equals("Reshape"));
    boolean grouped = several && split != null && view.liesAs(split);
    if (!grouped || !all(layout.constant(node, 1), 1) || !all(layout.constant(node, 2), 0)) {
      return null;
    }
    float eps = node.attributes().real("epsilon", EPS);
    int edge = layout.add(node, new GroupNorm(groups, eps, false), view.edge());
    return new View[] {
      layout.norms.lacking(view.at(edge), new GroupNorm(groups, eps, true), view.edge())
    };
  }

  private static boolean all(OnnxTensor tensor, float value) {
    for (double own : tensor.reals()) {
      if (own != value) {
        return false;
      }
    }
    return true;
  }

  static View[] groupNorm(Layout layout, OnnxNode node) throws Unlayable {
    var view = layout.channelwise(node, layout.view(node, 0));
    int channels = layout.shape(view.edge()).channels();
    int groups = node.attributes().small("num_groups", 1);
    float eps = node.attributes().real("epsilon", EPS);
    var weight = layout.constant(node, 1);
    var bias = layout.constant(node, 2);
    var norm = new GroupNorm(groups, eps, true);
    // The first version has a weight for each group: PyTorch's exports leave it at 1, and multiply.
    if (weight.size() == groups && groups < channels && all(weight, 1) && all(bias, 0)) {
      int edge = layout.add(node, norm.noAffine(), view.edge());
      return new View[] {layout.norms.lacking(view.at(edge), norm, view.edge())};
    }
    int edge =
        layout.addWeighted(
            node,
            norm,
            view.edge(),
            Map.of("weight", repeated(weight, channels), "bias", repeated(bias, channels)),
            Layout.input(node, 1),
            Layout.input(node, 2));
    return new View[] {view.at(edge)};
  }

  /** A group's value for each of its channels. */
  private static float[] repeated(OnnxTensor values, int channels) throws Unlayable {
    float[] given = Layout.floats(values);
    if (given.length == 0 || channels % given.length != 0) {
      throw new Unlayable("it has %d weights for %d channels".formatted(given.length, channels));
    }
    var each = new float[channels];
    for (int c = 0; c < channels; c++) {
      each[c] = given[c / (channels / given.length)];
    }
    return each;
  }

  /** A value over the norm of its channels, with scales of 1; null if a quotient is another. */
  static View @Nullable [] unit(Layout layout, OnnxNode node) throws Unlayable {
    String x = Layout.input(node, 0);
    var norm = layout.producer(Layout.input(node, 1));
    while (norm != null && LEAST.contains(norm.operator())) {
      norm = layout.producer(Layout.input(norm, 0));
    }
    if (norm == null
        || !norm.operator().equals("ReduceL2")
        || !Layout.input(norm, 0).equals(x)
        || !layout.isLaid(x)) {
      return null;
    }
    long[] axes = norm.attributes().integers("axes");
    var input = layout.constant(Layout.input(norm, 1));
    if (axes == null && input != null) {
      axes = input.longs();
    }
    if (axes == null || axes.length != 1 || axes[0] != 1) {
      return null;
    }
    var view = layout.channelwise(node, layout.view(x));
    var ones = new float[layout.shape(view.edge()).channels()];
    Arrays.fill(ones, 1);
    int edge =
        layout.addWeighted(
            node, new ScaledL2Norm(1), view.edge(), Map.of("scale_weight", ones), node.name());
    return new View[] {layout.norms.lacking(view.at(edge), new ScaledL2Norm(1), view.edge())};
  }

  static View[] localResponseNorm(Layout layout, OnnxNode node) throws Unlayable {
    var attributes = node.attributes();
    int size = attributes.small("size", 1);
    if (size % 2 == 0) {
      throw new Unlayable("it looks at an even number of channels");
    }
    var view = layout.channelwise(node, layout.view(node, 0));
    int edge =
        layout.add(
            node,
            new LocalResponseNorm(
                size,
                attributes.real("alpha", 1e-4f),
                attributes.real("beta", 0.75f),
                attributes.real("bias", 1)),
            view.edge());
    return new View[] {view.at(edge)};
  }

  static View[] layerNorm(Layout layout, OnnxNode node) throws Unlayable {
    var view = layout.view(node, 0);
    var weight = layout.constant(node, 1);
    var bias = layout.optional(node, 2);
    int axis = node.attributes().small("axis", -1);
    axis = axis < 0 ? axis + view.rank() : axis;
    if (layout.wantsMore(node)) {
      throw new Unlayable("its means are wanted");
    }
    boolean pixels = axis == view.rank() - 1 && Affine.isChannel(layout, view, axis);
    var seen = pixels ? view : layout.channelwise(node, view);
    if (!pixels && axis != 1) {
      throw new Unlayable("it normalises neither a pixel's channels nor a whole sample");
    }
    float[] scales = Layout.floats(weight);
    int edge =
        layout.addWeighted(
            node,
            new LayerNorm(pixels, node.attributes().real("epsilon", EPS), true),
            seen.edge(),
            Map.of(
                "weight",
                scales,
                "bias",
                bias == null ? new float[scales.length] : Layout.floats(bias)),
            Layout.input(node, 1),
            Layout.input(node, 2));
    return new View[] {seen.at(edge)};
  }
}
