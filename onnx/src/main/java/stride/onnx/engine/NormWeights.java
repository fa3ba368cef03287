package stride.onnx.engine;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import stride.graph.Operation;
import stride.layer.normalization.LayerNorm;
import stride.layer.normalization.ScaledL2Norm;
import stride.onnx.graph.OnnxNode;
import stride.onnx.tensor.OnnxTensor;

/**
 * Weights and biases that follow a normalisation as a product and a sum with constants: they become
 * the normalisation's own, so that a training changes them.
 */
final class NormWeights {
  private final Layout layout;

  /** The normalisations that have no weights of their own, by their edges. */
  private final Map<Integer, Bare> bare = new HashMap<>();

  NormWeights(Layout layout) {
    this.layout = layout;
  }

  /**
   * A normalisation that has no weights of its own.
   *
   * @param whole the same one with weights
   * @param input the edge that it reads
   */
  private record Bare(Operation whole, int input) {}

  /** Says that an edge is a normalisation without weights, and what it is with them. */
  View lacking(View view, Operation whole, int input) {
    bare.put(view.edge(), new Bare(whole, input));
    return view;
  }

  /**
   * The normalisation with weights that a product is: one with a constant whose biases no sum
   * brings.
   *
   * @param at which of the product's inputs the constant is
   * @return null if it is another product
   */
  @Nullable View product(OnnxNode product, int at) throws Unlayable {
    var scaled = scaled(product, at);
    if (scaled == null || isBiased(product)) {
      return null;
    }
    float[] weight = scaled.weight;
    var whole = scaled.bare.whole;
    return scaled.view.at(
        layout.addWeighted(
            product,
            whole,
            scaled.bare.input,
            whole instanceof ScaledL2Norm
                ? Map.of("scale_weight", weight)
                : Map.of("weight", weight, "bias", new float[weight.length]),
            Layout.input(product, at)));
  }

  /**
   * The normalisation with weights and biases that a sum of a product and a constant is.
   *
   * @param at which of the sum's inputs the constant is
   * @return null if it is another sum
   */
  @Nullable View sum(OnnxNode sum, int at) throws Unlayable {
    var product = layout.producer(Layout.input(sum, 1 - at));
    if (product == null || !isPlain(product, "Mul")) {
      return null;
    }
    int scale = layout.constant(Layout.input(product, 0)) == null ? 1 : 0;
    var scaled = scaled(product, scale);
    if (scaled == null || scaled.bare.whole instanceof ScaledL2Norm) {
      return null;
    }
    float[] bias = values(scaled.bare, scaled.view, layout.constant(Layout.input(sum, at)));
    return bias == null
        ? null
        : scaled.view.at(
            layout.addWeighted(
                sum,
                scaled.bare.whole,
                scaled.bare.input,
                Map.of("weight", scaled.weight, "bias", bias),
                Layout.input(product, scale),
                Layout.input(sum, at)));
  }

  private static boolean isPlain(OnnxNode node, String operator) {
    return node.domain().isEmpty() && node.operator().equals(operator);
  }

  /** Whether nothing reads a product but a sum with a constant, which brings the biases. */
  private boolean isBiased(OnnxNode product) {
    var reader = layout.onlyReader(product.outputs().getFirst());
    return reader != null
        && isPlain(reader, "Add")
        && reader.inputs().stream().anyMatch(input -> layout.constant(input) != null);
  }

  /** A normalisation as it is seen where it is multiplied by its weights. */
  private record Scaled(Bare bare, View view, float[] weight) {}

  private @Nullable Scaled scaled(OnnxNode product, int at) throws Unlayable {
    String value = Layout.input(product, 1 - at);
    if (!layout.isLaid(value)) {
      return null;
    }
    var view = layout.view(value);
    var norm = bare.get(view.edge());
    if (norm == null) {
      return null;
    }
    float[] weight = values(norm, view, layout.constant(Layout.input(product, at)));
    return weight == null ? null : new Scaled(norm, view, weight);
  }

  /** A constant as a normalisation's weights; null if it has not one for each that it needs. */
  private float @Nullable [] values(Bare norm, View view, @Nullable OnnxTensor constant) {
    if (constant == null || constant.rank() > view.rank()) {
      return null;
    }
    var shape = layout.shape(view.edge());
    int more = view.rank() - constant.rank();
    if (norm.whole instanceof LayerNorm layer && !layer.perPixel()) {
      boolean whole =
          view.liesAs(
              shape.isImage() ? View.image(view.edge(), shape) : View.vector(view.edge(), shape));
      int[] sample = Arrays.copyOfRange(view.shape(), 1, view.rank());
      int[] given = constant.shape();
      boolean batch = given.length == view.rank() && given[0] == 1;
      return whole
              && Arrays.equals(sample, batch ? Arrays.copyOfRange(given, 1, given.length) : given)
          ? Layout.floats(constant)
          : null;
    }
    boolean each =
        constant.size() == shape.channels()
            && IntStream.range(0, constant.rank())
                .filter(d -> constant.dimension(d) > 1)
                .allMatch(d -> Affine.isChannel(layout, view, d + more));
    return each ? Layout.floats(constant) : null;
  }
}
