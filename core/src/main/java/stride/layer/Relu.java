package stride.layer;

import stride.graph.Binding;
import stride.graph.Step;

/**
 * y = max(x, 0), element by element, cut off at a ceiling if there is one (6 for ReLU6, Howard et
 * al. 2017); dx = dy where 0 < y < ceiling, else 0.
 *
 * @param ceiling the largest output; infinite for the plain ReLU
 */
public record Relu(float ceiling) implements PlainLayer {
  @Override
  public String kind() {
    return Float.isInfinite(ceiling) ? "relu" : "relu" + Math.round(ceiling);
  }

  @Override
  public Step compile(Binding binding) {
    var kernels = binding.kernels().elementwise();
    return Activation.step(
        binding,
        (x, xo, y, yo, n) -> kernels.relu(x, xo, y, yo, ceiling, n),
        (y, yo, dy, dyo, dx, dxo, n) -> kernels.reluGradient(y, yo, dy, dyo, dx, dxo, ceiling, n));
  }
}
