package stride.layer;

import java.util.List;
import java.util.Set;
import stride.compute.Binding;
import stride.compute.CpuOperation;
import stride.compute.Step;
import stride.graph.ShapeException;
import stride.graph.TensorType;
import stride.graph.Trait;

/** The inputs' channels one behind another; each input receives its slice of dy. */
public record Concat() implements CpuOperation {
  @Override
  public String kind() {
    return "concat";
  }

  @Override
  public TensorType infer(List<TensorType> inputs) {
    requireInputs(inputs, Math.max(1, inputs.size()));
    var first = inputs.getFirst().shape();
    long channels = 0;
    for (var input : inputs) {
      if (!input.shape().withChannels(1).equals(first.withChannels(1))) {
        throw new ShapeException(
            "branches need equal heights and widths, found %s"
                .formatted(inputs.stream().map(i -> i.shape().toString()).toList()));
      }
      channels += input.shape().channels();
    }
    inputs.forEach(input -> input.requireOwnOrder("a join of branches"));
    if (channels > Integer.MAX_VALUE) {
      throw new ShapeException(
          "the branches have %d channels together, more than %d"
              .formatted(channels, Integer.MAX_VALUE));
    }
    return inputs.getFirst().withShape(first.withChannels((int) channels));
  }

  @Override
  public Set<Trait> traits() {
    return Set.of(Trait.FORGETS_INPUT, Trait.FORGETS_OUTPUT);
  }

  @Override
  public Step compile(Binding binding) {
    var kernels = binding.kernels().channelwise();
    var y = binding.output();
    var shape = binding.outputType().shape();
    int width = shape.channels();
    return Step.perPixel(
        shape,
        (from, to, worker) -> {
          for (int i = 0, at = 0; i < binding.inputs(); i++) {
            var x = binding.input(i);
            int c = binding.inputType(i).shape().channels();
            kernels.copy(
                x.array(),
                x.at(from, c),
                c,
                y.array(),
                y.at(from, width) + at,
                width,
                to - from,
                c);
            at += c;
          }
        },
        (from, to, worker) -> {
          var dy = binding.outputGradient();
          for (int i = 0, at = 0; i < binding.inputs(); i++) {
            int c = binding.inputType(i).shape().channels();
            if (binding.wantsInputGradient(i)) {
              var dx = binding.inputGradient(i);
              kernels.copy(
                  dy.array(),
                  dy.at(from, width) + at,
                  width,
                  dx.array(),
                  dx.at(from, c),
                  c,
                  to - from,
                  c);
            }
            at += c;
          }
        });
  }
}
