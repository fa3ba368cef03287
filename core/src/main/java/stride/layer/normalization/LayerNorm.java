package stride.layer.normalization;

import java.util.Arrays;
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
 * Normalisation of each sample, or of each pixel's channels, by itself (Ba, Kiros and Hinton 2016,
 * "Layer Normalization"): y = weight (x - mean) / sqrt(variance + eps) + bias, element by element,
 * with the mean and the biased variance of the values that are normalised together. PyTorch's
 * LayerNorm over all dimensions of a sample, (C, H, W) or (C), or, per pixel, torchvision's
 * LayerNorm2d of ConvNeXt.
 *
 * @param perPixel whether each pixel's channels are normalised by themselves, else a whole sample
 *     is
 * @param eps what is added to the variance, 0 or more
 * @param affine whether there are weights and biases, one for each of the values that are
 *     normalised together (PyTorch's elementwise_affine)
 */
public record LayerNorm(boolean perPixel, float eps, boolean affine) implements PlainLayer {
  public LayerNorm {
    GroupNorm.checkEps(eps, "layer norm");
  }

  /** The same normalisation without weights and biases. */
  public LayerNorm noAffine() {
    return new LayerNorm(perPixel, eps, false);
  }

  @Override
  public String kind() {
    return "layernorm";
  }

  @Override
  public String details() {
    return perPixel ? "per pixel" : "";
  }

  @Override
  public List<Parameter> parameters(TensorType input) {
    if (!affine) {
      return List.of();
    }
    var in = input.shape();
    if (perPixel && in.rank() > 1) {
      return GroupNorm.weightAndBias(Shape.of(in.channels()));
    }
    var image = in.isImage() ? in : input.flattened();
    if (image == null) {
      return GroupNorm.weightAndBias(in);
    }
    var shape = in.isImage() ? Shape.of(in.channels(), in.height(), in.width()) : in;
    var layout = new WeightLayout.Image(image);
    return List.of(
        new Parameter("weight", shape, layout, new Initializer.Constant(1)),
        new Parameter("bias", shape, layout, new Initializer.Constant(0)));
  }

  @Override
  public Set<Trait> traits() {
    return Set.of(Trait.FORGETS_OUTPUT, Trait.GRADIENT_IN_PLACE);
  }

  @Override
  public Step compile(Binding binding) {
    var kernels = binding.kernels().channelwise();
    var x = binding.input(0);
    var y = binding.output();
    int length = perPixel ? binding.outputType().shape().channels() : y.stride();
    int rows = y.stride() / length;
    var moments = binding.keep(2 * rows);
    var weight = affine ? binding.weight(0) : constant(binding, length, 1);
    var bias = affine ? binding.weight(1) : constant(binding, length, 0);
    var forward =
        new Step.Pixels(
            rows,
            length,
            (from, to, worker) ->
                kernels.layerNorm(
                    x.array(),
                    x.at(from, length),
                    to - from,
                    length,
                    eps,
                    weight.array(),
                    weight.offset(),
                    bias.array(),
                    bias.offset(),
                    moments.array(),
                    moments.at(from, 2),
                    y.array(),
                    y.at(from, length)));
    var dx = binding.inputGradient(0);
    var dy = binding.outputGradient();
    Step.SampleBody backward =
        (from, to, worker) -> {
          if (binding.wantsInputGradient(0)) {
            kernels.layerNormGradient(
                x.array(),
                x.at(from),
                dy.array(),
                dy.at(from),
                (to - from) * rows,
                length,
                weight.array(),
                weight.offset(),
                moments.array(),
                moments.at(from),
                dx.array(),
                dx.at(from));
          }
        };
    if (!affine || !binding.wantsWeightGradients()) {
      return new Step(List.of(forward), List.of(new Step.Samples(backward)), List.of());
    }
    var totals = GroupSums.scratchTotal(binding, 2 * length);
    var sums =
        GroupSums.of(
            binding,
            2 * length,
            totals,
            (from, to, sum, at, worker) ->
                kernels.layerNormSums(
                    x.array(),
                    x.at(from),
                    dy.array(),
                    dy.at(from),
                    (to - from) * rows,
                    length,
                    moments.array(),
                    moments.at(from),
                    sum,
                    at));
    var total =
        Step.once(
            (task, samples, worker) -> {
              sums.total().body().run(task, samples, worker);
              addTo(binding.weightGradient(0), totals, 0, length);
              addTo(binding.weightGradient(1), totals, length, length);
            });
    return new Step(
        List.of(forward), List.of(sums.partial(), new Step.Samples(backward)), List.of(total));
  }

  private static Buffer constant(Binding binding, int length, float value) {
    float[] values = binding.keepForBatch(length);
    Arrays.fill(values, value);
    return new Buffer(values, 0, length);
  }

  /** Adds a part of the totals, and sets it back to zero. */
  private static void addTo(Buffer gradient, Buffer totals, int first, int n) {
    for (int i = 0, at = totals.offset() + first; i < n; i++, at++) {
      gradient.array()[gradient.offset() + i] += totals.array()[at];
      totals.array()[at] = 0;
    }
  }
}
