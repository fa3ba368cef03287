package stride.layer.activation;

import java.util.Set;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.EpiloguePart;
import stride.graph.Trait;
import stride.kernel.Elementwise;
import stride.layer.Activation;
import stride.layer.PlainLayer;

/**
 * y = max(x, 0), element by element, cut off at a ceiling if there is one (6 for ReLU6, Howard et
 * al. 2017); dx = dy where {@code 0 < y < ceiling}, else 0.
 *
 * @param ceiling the largest output, above 0; infinite for the plain ReLU
 */
public record Relu(float ceiling) implements PlainLayer {
  public Relu {
    if (!(ceiling > 0)) {
      throw new IllegalArgumentException("a ReLU's ceiling is above 0, found " + ceiling);
    }
  }

  @Override
  public String kind() {
    if (Float.isInfinite(ceiling)) {
      return "relu";
    }
    return ceiling == Math.rint(ceiling) ? "relu" + (long) ceiling : "relu" + ceiling;
  }

  @Override
  public Set<Trait> traits() {
    return Set.of(Trait.FORGETS_INPUT, Trait.GRADIENT_IN_PLACE, Trait.BOUNDS_GRADIENT);
  }

  @Override
  public EpiloguePart epiloguePart(boolean batchStatistics, boolean gradients) {
    return EpiloguePart.BOUNDS;
  }

  @Override
  public Step compile(Binding binding) {
    var kernels = binding.kernels().elementwise();
    Elementwise.Gradient gradient =
        (y, yo, dy, dyo, dx, dxo, n) -> kernels.reluGradient(y, yo, dy, dyo, dx, dxo, ceiling, n);
    return binding.fusedInput() >= 0
        ? Step.fused(
            epilogue -> epilogue.withBounds(0, ceiling), Activation.backward(binding, gradient))
        : Activation.step(
            binding, (x, xo, y, yo, n) -> kernels.relu(x, xo, y, yo, ceiling, n), gradient);
  }
}
