package stride.layer;

import java.util.List;
import java.util.Set;
import stride.compute.Binding;
import stride.compute.CpuOperation;
import stride.compute.Step;
import stride.graph.ShapeException;
import stride.graph.TensorType;
import stride.graph.Trait;

/** y = a b, element by element; da = dy b and db = dy a. */
public record Multiply() implements CpuOperation {
  @Override
  public String kind() {
    return "multiply";
  }

  @Override
  public TensorType infer(List<TensorType> inputs) {
    requireInputs(inputs, 2);
    if (!inputs.get(0).shape().equals(inputs.get(1).shape())) {
      throw new ShapeException(
          "a product needs equal shapes, found %s and %s"
              .formatted(inputs.get(0).shape(), inputs.get(1).shape()));
    }
    return inputs.get(0);
  }

  @Override
  public Set<Trait> traits() {
    return Set.of(Trait.FORGETS_OUTPUT);
  }

  @Override
  public Step compile(Binding binding) {
    var kernels = binding.kernels().elementwise();
    var a = binding.input(0);
    var b = binding.input(1);
    var y = binding.output();
    var da = binding.inputGradient(0);
    var db = binding.inputGradient(1);
    var dy = binding.outputGradient();
    int stride = y.stride();
    return Step.perSample(
        (from, to, worker) ->
            kernels.multiply(
                a.array(),
                a.at(from),
                b.array(),
                b.at(from),
                y.array(),
                y.at(from),
                (to - from) * stride),
        (from, to, worker) -> {
          int n = (to - from) * stride;
          if (binding.wantsInputGradient(0)) {
            kernels.multiply(
                dy.array(), dy.at(from), b.array(), b.at(from), da.array(), da.at(from), n);
          }
          if (binding.wantsInputGradient(1)) {
            kernels.multiply(
                dy.array(), dy.at(from), a.array(), a.at(from), db.array(), db.at(from), n);
          }
        });
  }
}
