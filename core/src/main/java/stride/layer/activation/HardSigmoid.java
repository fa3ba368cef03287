package stride.layer.activation;

import java.util.Set;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.Trait;
import stride.layer.Activation;
import stride.layer.PlainLayer;

/**
 * y = min(max(x + 3, 0), 6) / 6, element by element (Howard et al. 2019, "Searching for
 * MobileNetV3"); dx = dy / 6 where {@code 0 < y < 1}, else 0.
 */
public record HardSigmoid() implements PlainLayer {
  @Override
  public String kind() {
    return "hardsigmoid";
  }

  @Override
  public Set<Trait> traits() {
    return Activation.TRAITS;
  }

  @Override
  public Step compile(Binding binding) {
    var kernels = binding.kernels().elementwise();
    return Activation.step(binding, kernels::hardSigmoid, kernels::hardSigmoidGradient);
  }
}
