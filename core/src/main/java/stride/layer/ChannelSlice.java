package stride.layer;

import java.util.Arrays;
import java.util.Set;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.ShapeException;
import stride.graph.TensorType;
import stride.graph.Trait;

/**
 * The channels from {@code from} to {@code to}, that one not included: PyTorch's x[:, from:to]. The
 * gradient of the other channels is zero.
 */
public record ChannelSlice(int from, int to) implements PlainLayer {
  public ChannelSlice {
    if (from < 0 || from >= to) {
      throw new IllegalArgumentException(
          "a slice has at least 1 channel from 0 on, found %d to %d".formatted(from, to));
    }
  }

  @Override
  public String kind() {
    return "slice";
  }

  @Override
  public String details() {
    return "channels %d to %d".formatted(from, to);
  }

  @Override
  public TensorType infer(TensorType input) {
    input.requireOwnOrder("slice()");
    var in = input.shape();
    if (to > in.channels()) {
      throw new ShapeException(
          "expects at least %d input channels, the input has %d (shape %s)"
              .formatted(to, in.channels(), in));
    }
    return input.withShape(in.withChannels(to - from));
  }

  @Override
  public Set<Trait> traits() {
    return Set.of(Trait.FORGETS_INPUT, Trait.FORGETS_OUTPUT, Trait.STORES_PITCH, Trait.READS_PITCH);
  }

  @Override
  public Step compile(Binding binding) {
    var kernels = binding.kernels().channelwise();
    int all = binding.inputType(0).shape().channels();
    int own = to - from;
    var x = binding.input(0);
    var y = binding.output();
    var dx = binding.inputGradient(0);
    var dy = binding.outputGradient();
    return Step.perPixel(
        binding.outputType().shape(),
        (first, end, worker) ->
            kernels.copy(
                x.array(),
                x.at(first, all) + from,
                x.pitch(all),
                y.array(),
                y.at(first, own),
                y.pitch(own),
                end - first,
                own),
        (first, end, worker) -> {
          Arrays.fill(dx.array(), dx.at(first, all), dx.at(end, all), 0);
          kernels.copy(
              dy.array(),
              dy.at(first, own),
              own,
              dx.array(),
              dx.at(first, all) + from,
              all,
              end - first,
              own);
        });
  }
}
