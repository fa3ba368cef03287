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
    var shape = binding.outputType().shape();
    int channels = shape.channels();
    return Step.perPixel(
        shape,
        (from, to, worker) ->
            kernels.multiply(
                a.array(),
                a.at(from, channels),
                b.array(),
                b.at(from, channels),
                y.array(),
                y.at(from, channels),
                (to - from) * channels),
        (from, to, worker) -> {
          int n = (to - from) * channels;
          if (binding.wantsInputGradient(0)) {
            kernels.multiply(
                dy.array(),
                dy.at(from, channels),
                b.array(),
                b.at(from, channels),
                da.array(),
                da.at(from, channels),
                n);
          }
          if (binding.wantsInputGradient(1)) {
            kernels.multiply(
                dy.array(),
                dy.at(from, channels),
                a.array(),
                a.at(from, channels),
                db.array(),
                db.at(from, channels),
                n);
          }
        });
  }
}
