package stride.layer.activation;

import java.util.Set;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.Trait;
import stride.layer.Activation;
import stride.layer.PlainLayer;

/** y = tanh(x), element by element; dx = dy (1 - y^2). LeNet-5's activation. */
public record Tanh() implements PlainLayer {
  @Override
  public String kind() {
    return "tanh";
  }

  @Override
  public Set<Trait> traits() {
    return Activation.TRAITS;
  }

  @Override
  public Step compile(Binding binding) {
    var kernels = binding.kernels().elementwise();
    return Activation.step(binding, kernels::tanh, kernels::tanhGradient);
  }
}
