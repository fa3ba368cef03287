package stride.layer.normalization;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.EpiloguePart;
import stride.graph.Initializer;
import stride.graph.Parameter;
import stride.graph.RunningStatistic;
import stride.graph.TensorType;
import stride.graph.Trait;
import stride.graph.WeightLayout;
import stride.layer.PlainLayer;
import stride.tensor.Shape;

/**
 * Batch normalisation (Ioffe and Szegedy 2015) of each channel: y = weight (x - mean) /
 * sqrt(variance + eps) + bias.
 *
 * <p>With batch statistics, mean and variance are those of the batch's pixels, and the running ones
 * follow: running = (1 - momentum) running + momentum batch, the variance unbiased, as PyTorch has
 * it. With running statistics the layer is a fixed affine map, and so is its gradient.
 *
 * @param eps what is added to the variance, 0 or more
 * @param momentum the batch's share in the running statistics, in [0, 1]
 */
public record BatchNorm(float eps, float momentum) implements PlainLayer {
  public BatchNorm {
    if (!(eps >= 0 && eps < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("batch norm's eps is 0 or more, found " + eps);
    }
    if (!(momentum >= 0 && momentum <= 1)) {
      throw new IllegalArgumentException("batch norm's momentum is in [0, 1], found " + momentum);
    }
  }

  @Override
  public String kind() {
    return "batchnorm";
  }

  @Override
  public TensorType infer(TensorType input) {
    input.requireOwnOrder("batchNorm()");
    return input;
  }

  @Override
  public List<Parameter> parameters(TensorType input) {
    var shape = Shape.of(input.shape().channels());
    var plain = new WeightLayout.Plain();
    return List.of(
        new Parameter("weight", shape, plain, new Initializer.Constant(1)),
        new Parameter("bias", shape, plain, new Initializer.Constant(0)));
  }

  @Override
  public List<RunningStatistic> statistics(TensorType input) {
    int channels = input.shape().channels();
    return List.of(
        RunningStatistic.of("running_mean", channels, 0),
        RunningStatistic.variances("running_var", channels),
        RunningStatistic.counter("num_batches_tracked"));
  }

  @Override
  public Set<Trait> traits() {
    return Set.of(
        Trait.FORGETS_OUTPUT,
        Trait.GRADIENT_IN_PLACE,
        Trait.CAN_FUSE_CONSUMERS,
        Trait.CAN_FUSE_CONSUMER_GRADIENT,
        Trait.READS_PITCH);
  }

  /** With running statistics it is affine; its gradient needs its input, so it has to have one. */
  @Override
  public @Nullable EpiloguePart epiloguePart(boolean batchStatistics, boolean gradients) {
    return batchStatistics || gradients ? null : EpiloguePart.AFFINE;
  }

  @Override
  public Step compile(Binding binding) {
    return new BatchNormStep(this, binding).step();
  }
}
