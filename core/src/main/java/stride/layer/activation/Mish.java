package stride.layer.activation;

import java.util.Set;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.Trait;
import stride.layer.Activation;
import stride.layer.PlainLayer;

/**
 * y = x tanh(ln(1 + e^x)), element by element (Misra 2019, "Mish: A Self Regularized Non-Monotonic
 * Activation Function"); dx = dy (t + x (1 - t^2) s) with t = tanh(ln(1 + e^x)) and s = sigmoid(x).
 */
public record Mish() implements PlainLayer {
  @Override
  public String kind() {
    return "mish";
  }

  @Override
  public Set<Trait> traits() {
    return Activation.TRAITS_FROM_INPUT;
  }

  @Override
  public Step compile(Binding binding) {
    var kernels = binding.kernels().elementwise();
    return Activation.stepFromInput(binding, kernels::mish, kernels::mishGradient);
  }
}
