package stride.layer.activation;

import java.util.Set;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.Trait;
import stride.layer.Activation;
import stride.layer.PlainLayer;

/**
 * y = x F(x), element by element, where F is the normal distribution's function (Hendrycks and
 * Gimpel 2016, "Gaussian Error Linear Units"); dx = dy (F(x) + x F'(x)). PyTorch's GELU.
 *
 * @param approximate whether F(x) is (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2 (PyTorch's
 *     approximate="tanh"), not (1 + erf(x / sqrt 2)) / 2
 */
public record Gelu(boolean approximate) implements PlainLayer {
  @Override
  public String kind() {
    return "gelu";
  }

  @Override
  public String details() {
    return approximate ? "by tanh" : "";
  }

  @Override
  public Set<Trait> traits() {
    return Activation.TRAITS_FROM_INPUT;
  }

  @Override
  public Step compile(Binding binding) {
    var kernels = binding.kernels().elementwise();
    return approximate
        ? Activation.stepFromInput(binding, kernels::geluTanh, kernels::geluTanhGradient)
        : Activation.stepFromInput(binding, kernels::gelu, kernels::geluGradient);
  }
}
