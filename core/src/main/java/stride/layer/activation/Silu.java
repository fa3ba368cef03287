package stride.layer.activation;

import java.util.Set;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.Trait;
import stride.layer.Activation;
import stride.layer.PlainLayer;

/**
 * y = x sigmoid(x), element by element: SiLU (Elfwing, Uchibe and Doya 2018), also named swish
 * (Ramachandran, Zoph and Le 2017); dx = dy s (1 + x (1 - s)) with s = sigmoid(x).
 */
public record Silu() implements PlainLayer {
  @Override
  public String kind() {
    return "silu";
  }

  @Override
  public Set<Trait> traits() {
    return Activation.TRAITS_FROM_INPUT;
  }

  @Override
  public Step compile(Binding binding) {
    var kernels = binding.kernels().elementwise();
    return Activation.stepFromInput(binding, kernels::silu, kernels::siluGradient);
  }
}
