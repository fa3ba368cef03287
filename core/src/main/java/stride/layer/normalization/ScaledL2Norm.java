package stride.layer.normalization;

import java.util.List;
import java.util.Set;
import stride.compute.Binding;
import stride.compute.Buffer;
import stride.compute.Step;
import stride.graph.Initializer;
import stride.graph.Parameter;
import stride.graph.TensorType;
import stride.graph.Trait;
import stride.graph.WeightLayout;
import stride.layer.PlainLayer;
import stride.layer.support.GroupSums;
import stride.tensor.Shape;

/**
 * Each pixel's channels divided by their Euclidean norm, then scaled channel by channel (Liu,
 * Rabinovich, Berg 2015, "ParseNet"; SSD's conv4_3): y = scale x / |x|. With g = scale dy, dx = (g
 * - x (g x) / |x|^2) / |x|, and the gradient of the scale is the sum of dy x / |x|.
 *
 * @param scale the first value of each scale: 20 in SSD
 */
public record ScaledL2Norm(float scale) implements PlainLayer {
  /** Smaller norms count as this one, as in PyTorch's normalize. */
  private static final double LEAST = 1e-12;

  @Override
  public String kind() {
    return "l2norm";
  }

  @Override
  public TensorType infer(TensorType input) {
    input.requireOwnOrder("scaledL2Norm()");
    return input;
  }

  @Override
  public List<Parameter> parameters(TensorType input) {
    return List.of(
        new Parameter(
            "scale_weight",
            Shape.of(input.shape().channels()),
            new WeightLayout.Plain(),
            new Initializer.Constant(scale)));
  }

  @Override
  public Set<Trait> traits() {
    return Set.of(Trait.FORGETS_OUTPUT, Trait.GRADIENT_IN_PLACE);
  }

  @Override
  public Step compile(Binding binding) {
    var shape = binding.outputType().shape();
    int channels = shape.channels();
    int pixels = shape.elements() / channels;
    var x = binding.input(0);
    var y = binding.output();
    var weight = binding.weight(0);
    var forward =
        Step.pixels(
            shape,
            (from, to, worker) -> {
              for (int pixel = from; pixel < to; pixel++) {
                scaled(x, y, weight, pixel, channels);
              }
            });
    var dx = binding.inputGradient(0);
    var dy = binding.outputGradient();
    var backward =
        new Step.Samples(
            (from, to, worker) -> {
              for (int pixel = from * pixels;
                  pixel < to * pixels && binding.wantsInputGradient(0);
                  pixel++) {
                gradient(x, dy, weight, dx, pixel, channels);
              }
            });
    if (!binding.wantsWeightGradients()) {
      return new Step(List.of(forward), List.of(backward), List.of());
    }
    var sums =
        GroupSums.of(
            binding,
            channels,
            binding.weightGradient(0),
            (from, to, sum, at, worker) -> {
              for (int pixel = from * pixels; pixel < to * pixels; pixel++) {
                float inverse = (float) (1 / norm(x, pixel, channels));
                int in = x.at(pixel, channels);
                int out = dy.at(pixel, channels);
                for (int c = 0; c < channels; c++) {
                  sum[at + c] += dy.array()[out + c] * x.array()[in + c] * inverse;
                }
              }
            });
    return new Step(List.of(forward), List.of(sums.partial(), backward), List.of(sums.total()));
  }

  private static double norm(Buffer x, int pixel, int channels) {
    float[] values = x.array();
    int at = x.at(pixel, channels);
    double squares = 0;
    for (int c = at; c < at + channels; c++) {
      squares += (double) values[c] * values[c];
    }
    return Math.max(Math.sqrt(squares), LEAST);
  }

  private static void scaled(Buffer x, Buffer y, Buffer weight, int pixel, int channels) {
    float inverse = (float) (1 / norm(x, pixel, channels));
    int in = x.at(pixel, channels);
    int out = y.at(pixel, channels);
    for (int c = 0; c < channels; c++) {
      y.array()[out + c] = weight.array()[weight.offset() + c] * (x.array()[in + c] * inverse);
    }
  }

  private static void gradient(
      Buffer x, Buffer dy, Buffer weight, Buffer dx, int pixel, int channels) {
    double norm = norm(x, pixel, channels);
    float inverse = (float) (1 / norm);
    int in = x.at(pixel, channels);
    int out = dy.at(pixel, channels);
    int to = dx.at(pixel, channels);
    double dot = 0;
    for (int c = 0; c < channels; c++) {
      double g = (double) weight.array()[weight.offset() + c] * dy.array()[out + c];
      dot += g * x.array()[in + c];
    }
    // Below the least norm nothing but the scale is left.
    float share = norm > LEAST ? (float) (dot / norm / norm) : 0;
    for (int c = 0; c < channels; c++) {
      float g = weight.array()[weight.offset() + c] * dy.array()[out + c];
      dx.array()[to + c] = (g - x.array()[in + c] * share) * inverse;
    }
  }
}
