package stride.layer.activation;

import java.util.Set;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.Trait;
import stride.layer.Activation;
import stride.layer.PlainLayer;

/**
 * y = x where {@code x > 0}, else alpha (e^x - 1), element by element (Clevert, Unterthiner and
 * Hochreiter 2016); dx = dy where {@code y > 0}, else dy (y + alpha). PyTorch's ELU.
 *
 * @param alpha 0 or more
 */
public record Elu(float alpha) implements PlainLayer {
  public Elu {
    if (!(alpha >= 0 && alpha < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("ELU's alpha is 0 or more, found " + alpha);
    }
  }

  @Override
  public String kind() {
    return "elu";
  }

  @Override
  public String details() {
    return "alpha " + alpha;
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
        (x, xo, y, yo, n) -> kernels.elu(x, xo, y, yo, alpha, n),
        (y, yo, dy, dyo, dx, dxo, n) -> kernels.eluGradient(y, yo, dy, dyo, dx, dxo, alpha, n));
  }
}
