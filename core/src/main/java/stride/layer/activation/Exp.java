package stride.layer.activation;

import java.util.Set;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.Trait;
import stride.layer.Activation;
import stride.layer.PlainLayer;

/**
 * y = e^x, element by element; dx = dy y. An x above 88 counts as 88, so that no number becomes
 * infinite. On vector kernels an x below -87 counts as -87, so that y is at least 1.6e-38; on
 * scalar kernels y becomes subnormal, and 0 from -104 down. Detectors have the sizes of their boxes
 * as logarithms.
 */
public record Exp() implements PlainLayer {
  @Override
  public String kind() {
    return "exp";
  }

  @Override
  public Set<Trait> traits() {
    return Activation.TRAITS;
  }

  @Override
  public Step compile(Binding binding) {
    var kernels = binding.kernels().elementwise();
    return Activation.step(binding, kernels::exp, kernels::multiply);
  }
}
