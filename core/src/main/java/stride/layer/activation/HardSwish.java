package stride.layer.activation;

import java.util.Set;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.Trait;
import stride.layer.Activation;
import stride.layer.PlainLayer;

/**
 * y = x min(max(x + 3, 0), 6) / 6, element by element (Howard et al. 2019, "Searching for
 * MobileNetV3", section 5.2); dx = 0 below -3, dy above 3, dy (2 x + 3) / 6 between.
 */
public record HardSwish() implements PlainLayer {
  @Override
  public String kind() {
    return "hardswish";
  }

  @Override
  public Set<Trait> traits() {
    return Activation.TRAITS_FROM_INPUT;
  }

  @Override
  public Step compile(Binding binding) {
    var kernels = binding.kernels().elementwise();
    return Activation.stepFromInput(binding, kernels::hardSwish, kernels::hardSwishGradient);
  }
}
