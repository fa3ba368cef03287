package stride.layer.normalization;

import java.util.List;
import java.util.Set;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.Initializer;
import stride.graph.Parameter;
import stride.graph.ShapeException;
import stride.graph.TensorType;
import stride.graph.Trait;
import stride.graph.WeightLayout;
import stride.layer.PlainLayer;
import stride.tensor.Shape;

/**
 * Normalisation of groups of neighbouring channels of each sample by itself (Wu and He 2018, "Group
 * Normalization"): y = weight (x - mean) / sqrt(variance + eps) + bias, with the mean and the
 * biased variance of the group's values in all pixels. The same in training and at inference.
 * PyTorch's GroupNorm.
 *
 * @param groups the channels fall into this many groups of equal size
 * @param eps what is added to the variance, 0 or more
 * @param affine whether each channel has a weight and a bias
 */
public record GroupNorm(int groups, float eps, boolean affine) implements PlainLayer {
  public GroupNorm {
    if (groups < 1) {
      throw new IllegalArgumentException("group norm has at least 1 group, found " + groups);
    }
    checkEps(eps, "group norm");
  }

  /** The same normalisation without weights and biases. */
  public GroupNorm noAffine() {
    return new GroupNorm(groups, eps, false);
  }

  static void checkEps(float eps, String what) {
    if (!(eps >= 0 && eps < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("%s's eps is 0 or more, found %s".formatted(what, eps));
    }
  }

  @Override
  public String kind() {
    return "groupnorm";
  }

  @Override
  public String details() {
    return "groups " + groups;
  }

  @Override
  public TensorType infer(TensorType input) {
    input.requireOwnOrder("groupNorm()");
    var in = input.shape();
    if (in.channels() % groups != 0) {
      throw new ShapeException(
          "expects input channels in %d groups, the input has %d (shape %s)"
              .formatted(groups, in.channels(), in));
    }
    return input;
  }

  @Override
  public List<Parameter> parameters(TensorType input) {
    return affine ? weightAndBias(Shape.of(input.shape().channels())) : List.of();
  }

  /** One weight and one bias for each channel. */
  static List<Parameter> weightAndBias(Shape shape) {
    var plain = new WeightLayout.Plain();
    return List.of(
        new Parameter("weight", shape, plain, new Initializer.Constant(1)),
        new Parameter("bias", shape, plain, new Initializer.Constant(0)));
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
    return new GroupNormStep(binding, groups, eps, affine).step();
  }
}
