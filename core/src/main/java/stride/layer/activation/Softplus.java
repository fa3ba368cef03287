package stride.layer.activation;

import java.util.Set;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.Trait;
import stride.layer.Activation;
import stride.layer.PlainLayer;

/**
 * y = ln(1 + e^(beta x)) / beta, but x where {@code beta x > threshold}, element by element; dx =
 * dy sigmoid(beta x), but dy there. PyTorch's Softplus.
 *
 * @param beta above 0
 * @param threshold where the straight line begins
 */
public record Softplus(float beta, float threshold) implements PlainLayer {
  public Softplus {
    if (!(beta > 0 && beta < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("softplus's beta is above 0, found " + beta);
    }
    if (Float.isNaN(threshold)) {
      throw new IllegalArgumentException("softplus's threshold is a number, found NaN");
    }
  }

  @Override
  public String kind() {
    return "softplus";
  }

  @Override
  public String details() {
    return "beta " + beta;
  }

  @Override
  public Set<Trait> traits() {
    return Activation.TRAITS_FROM_INPUT;
  }

  @Override
  public Step compile(Binding binding) {
    var kernels = binding.kernels().elementwise();
    return Activation.stepFromInput(
        binding,
        (x, xo, y, yo, n) -> kernels.softplus(x, xo, y, yo, beta, threshold, n),
        (x, xo, dy, dyo, dx, dxo, n) ->
            kernels.softplusGradient(x, xo, dy, dyo, dx, dxo, beta, threshold, n));
  }
}
