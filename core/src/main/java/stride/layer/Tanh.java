package stride.layer;

import stride.graph.Binding;
import stride.graph.Step;

/** y = tanh(x), element by element; dx = dy (1 - y^2). LeNet-5's activation. */
public record Tanh() implements PlainLayer {
  @Override
  public String kind() {
    return "tanh";
  }

  @Override
  public Step compile(Binding binding) {
    return Activation.step(
        binding,
        binding.kernels().elementwise()::tanh,
        binding.kernels().elementwise()::tanhGradient);
  }
}
