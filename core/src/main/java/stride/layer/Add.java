package stride.layer;

import java.util.List;
import java.util.Set;
import stride.compute.Binding;
import stride.compute.CpuOperation;
import stride.compute.Step;
import stride.graph.EpiloguePart;
import stride.graph.ShapeException;
import stride.graph.TensorType;
import stride.graph.Trait;

/** y = a + b; both inputs receive dy. */
public record Add() implements CpuOperation {
  @Override
  public String kind() {
    return "add";
  }

  @Override
  public TensorType infer(List<TensorType> inputs) {
    requireInputs(inputs, 2);
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
  public Set<Trait> traits() {
    return Set.of(Trait.FORGETS_INPUT, Trait.FORGETS_OUTPUT, Trait.PASSES_GRADIENT_ON);
  }

  @Override
  public EpiloguePart epiloguePart(boolean batchStatistics, boolean gradients) {
    return EpiloguePart.SUM;
  }

  @Override
  public Step compile(Binding binding) {
    var a = binding.input(0);
    var b = binding.input(1);
    if (binding.fusedInput() >= 0) {
      var other = binding.fusedInput() == 0 ? b : a;
      return new Step(
          List.of(),
          List.of(),
          List.of(),
          epilogue -> epilogue.withResidual(other.array(), other.offset()));
    }
    var kernels = binding.kernels().elementwise();
    var y = binding.output();
    var shape = binding.outputType().shape();
    int n = shape.channels();
    return new Step(
        List.of(
            Step.pixels(
                shape,
                (from, to, worker) ->
                    kernels.add(
                        a.array(),
                        a.at(from, n),
                        b.array(),
                        b.at(from, n),
                        y.array(),
                        y.at(from, n),
                        (to - from) * n))),
        List.of(),
        List.of());
  }
}
