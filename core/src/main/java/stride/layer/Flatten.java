package stride.layer;

import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.TensorType;

/** An image (H, W, C) as a vector of H x W x C values: the same numbers, moved nowhere. */
public record Flatten() implements PlainLayer {
  @Override
  public String kind() {
    return "flatten";
  }

  @Override
  public TensorType infer(TensorType input) {
    return input.flatten();
  }

  @Override
  public boolean isView() {
    return true;
  }

  @Override
  public Step compile(Binding binding) {
    return Step.NOTHING;
  }
}
