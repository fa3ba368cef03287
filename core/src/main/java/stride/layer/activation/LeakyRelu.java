package stride.layer.activation;

import java.util.Set;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.Trait;
import stride.layer.Activation;
import stride.layer.PlainLayer;

/**
 * y = x where {@code x > 0}, else slope x, element by element (Maas, Hannun and Ng 2013); dx = dy
 * where {@code y > 0}, else slope dy. PyTorch's LeakyReLU.
 *
 * @param slope 0 or more
 */
public record LeakyRelu(float slope) implements PlainLayer {
  public LeakyRelu {
    if (!(slope >= 0 && slope < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("leaky ReLU's slope is 0 or more, found " + slope);
    }
  }

  @Override
  public String kind() {
    return "leakyrelu";
  }

  @Override
  public String details() {
    return "slope " + slope;
  }

  @Override
  public Set<Trait> traits() {
    return Activation.TRAITS;
  }

  @Override
  public Step compile(Binding binding) {
    var kernels = binding.kernels().elementwise();
    return Activation.step(
        binding,
        (x, xo, y, yo, n) -> kernels.leakyRelu(x, xo, y, yo, slope, n),
        (y, yo, dy, dyo, dx, dxo, n) ->
            kernels.leakyReluGradient(y, yo, dy, dyo, dx, dxo, slope, n));
  }
}
