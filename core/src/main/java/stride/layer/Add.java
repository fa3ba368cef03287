package stride.layer;

import java.util.List;
import stride.graph.Binding;
import stride.graph.Operation;
import stride.graph.ShapeException;
import stride.graph.Step;
import stride.graph.TensorType;

/** y = a + b; both inputs receive dy. */
public record Add() implements Operation {
  @Override
  public String kind() {
    return "add";
  }

  @Override
  public TensorType infer(List<TensorType> inputs) {
    var a = inputs.get(0);
    var b = inputs.get(1);
    if (!a.shape().equals(b.shape())) {
      throw new ShapeException(
          "a residual sum needs equal shapes, the body gives %s and the shortcut %s"
              .formatted(a.shape(), b.shape()));
    }
    return a;
  }

  @Override
  public Step compile(Binding binding) {
    var kernels = binding.kernels().elementwise();
    var a = binding.input(0);
    var b = binding.input(1);
    var y = binding.output();
    int n = y.stride();
    return Step.perSample(
        (from, to, worker) ->
            kernels.add(
                a.array(),
                a.at(from),
                b.array(),
                b.at(from),
                y.array(),
                y.at(from),
                (to - from) * n),
        (from, to, worker) -> {
          var dy = binding.outputGradient();
          for (int i = 0; i < 2; i++) {
            if (binding.wantsInputGradient(i)) {
              var dx = binding.inputGradient(i);
              System.arraycopy(dy.array(), dy.at(from), dx.array(), dx.at(from), (to - from) * n);
            }
          }
        });
  }
}
