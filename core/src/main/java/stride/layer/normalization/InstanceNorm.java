package stride.layer.normalization;

import java.util.List;
import java.util.Set;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.Parameter;
import stride.graph.ShapeException;
import stride.graph.TensorType;
import stride.graph.Trait;
import stride.layer.PlainLayer;
import stride.layer.support.Window;
import stride.tensor.Shape;

/**
 * Normalisation of each channel of each image by itself (Ulyanov, Vedaldi and Lempitsky 2016,
 * "Instance Normalization: The Missing Ingredient for Fast Stylization"): y = (x - mean) /
 * sqrt(variance + eps), with the mean and the biased variance of the channel's pixels. There are no
 * running statistics: it is the same in training and at inference. PyTorch's InstanceNorm2d.
 *
 * @param eps what is added to the variance, 0 or more
 * @param affine whether each channel has a weight and a bias, y = weight (...) + bias
 */
public record InstanceNorm(float eps, boolean affine) implements PlainLayer {
  public InstanceNorm {
    GroupNorm.checkEps(eps, "instance norm");
  }

  /** The same normalisation with a weight and a bias for each channel. */
  public InstanceNorm withAffine() {
    return new InstanceNorm(eps, true);
  }

  @Override
  public String kind() {
    return "instancenorm";
  }

  @Override
  public TensorType infer(TensorType input) {
    var in = Window.image(input);
    if (in.height() * in.width() == 1) {
      throw new ShapeException(
          "instance norm needs more than one pixel, the input is %s".formatted(in));
    }
    return input;
  }

  @Override
  public List<Parameter> parameters(TensorType input) {
    return affine ? GroupNorm.weightAndBias(Shape.of(input.shape().channels())) : List.of();
  }

  @Override
  public Set<Trait> traits() {
    return Set.of(
        Trait.FORGETS_OUTPUT,
        Trait.GRADIENT_IN_PLACE,
        Trait.CAN_FUSE_CONSUMERS,
        Trait.STORES_AFFINE);
  }

  @Override
  public Step compile(Binding binding) {
    int channels = binding.outputType().shape().channels();
    return new GroupNormStep(binding, channels, eps, affine).step();
  }
}
