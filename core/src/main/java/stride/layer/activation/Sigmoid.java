package stride.layer.activation;

import java.util.Set;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.Trait;
import stride.layer.Activation;
import stride.layer.PlainLayer;

/** y = 1 / (1 + e^-x), element by element; dx = dy y (1 - y). */
public record Sigmoid() implements PlainLayer {
  @Override
  public String kind() {
    return "sigmoid";
  }

  @Override
  public Set<Trait> traits() {
    return Activation.TRAITS;
  }

  @Override
  public Step compile(Binding binding) {
    var kernels = binding.kernels().elementwise();
    return Activation.step(binding, kernels::sigmoid, kernels::sigmoidGradient);
  }
}
