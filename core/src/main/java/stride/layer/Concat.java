package stride.layer;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
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
    return Set.of(
        Trait.FORGETS_INPUT,
        Trait.FORGETS_OUTPUT,
        Trait.CONCATENATES,
        Trait.STORES_PITCH,
        Trait.READS_PITCH);
  }

  @Override
  public Step compile(Binding binding) {
    var y = binding.output();
    var shape = binding.outputType().shape();
    var copied =
        IntStream.range(0, binding.inputs())
            .filter(i -> !binding.input(i).isSliceOf(y))
            .boxed()
            .toList();
    List<Step.Phase> forward =
        copied.isEmpty()
            ? List.of()
            : List.of(Step.pixels(shape, (from, to, worker) -> join(binding, copied, from, to)));
    return new Step(
        forward,
        List.of(Step.pixels(shape, (from, to, worker) -> split(binding, from, to))),
        List.of());
  }

  /** Copies some of the inputs to their places. */
  private static void join(Binding binding, List<Integer> copied, int from, int to) {
    int channels = binding.outputType().shape().channels();
    var y = binding.output();
    for (int i = 0, at = 0; i < binding.inputs(); i++) {
      var x = binding.input(i);
      int c = binding.inputType(i).shape().channels();
      if (copied.contains(i)) {
        binding
            .kernels()
            .channelwise()
            .copy(
                x.array(),
                x.at(from, c),
                x.pitch(c),
                y.array(),
                y.at(from, channels) + at,
                y.pitch(channels),
                to - from,
                c);
      }
      at += c;
    }
  }

  /** Copies each input's slice of dy. */
  private static void split(Binding binding, int from, int to) {
    int channels = binding.outputType().shape().channels();
    var dy = binding.outputGradient();
    for (int i = 0, at = 0; i < binding.inputs(); i++) {
      int c = binding.inputType(i).shape().channels();
      if (binding.wantsInputGradient(i)) {
        var dx = binding.inputGradient(i);
        binding
            .kernels()
            .channelwise()
            .copy(
                dy.array(),
                dy.at(from, channels) + at,
                channels,
                dx.array(),
                dx.at(from, c),
                c,
                to - from,
                c);
      }
      at += c;
    }
  }
}
