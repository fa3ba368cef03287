package stride.layer;

import java.util.Set;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.ShapeException;
import stride.graph.TensorType;
import stride.graph.Trait;

/**
 * Takes the channels of some groups in turns: the first of each group, then the second of each
 * (Zhang, Zhou, Lin and Sun 2018, "ShuffleNet", section 3.1). Each pixel's channels are a matrix of
 * a row a group, which is transposed; the gradient goes back where the values came from.
 *
 * @param groups the number of groups of equal size into which neighbouring channels fall
 */
public record ChannelShuffle(int groups) implements PlainLayer {
  public ChannelShuffle {
    if (groups < 1) {
      throw new IllegalArgumentException("a shuffle has at least 1 group, found " + groups);
    }
  }

  @Override
  public String kind() {
    return "shuffle";
  }

  @Override
  public String details() {
    return "groups " + groups;
  }

  @Override
  public TensorType infer(TensorType input) {
    var in = input.shape();
    if (in.channels() % groups != 0) {
      throw new ShapeException(
          "expects input channels in %d groups, the input has %d (shape %s)"
              .formatted(groups, in.channels(), in));
    }
    return input;
  }

  @Override
  public Set<Trait> traits() {
    return Set.of(Trait.FORGETS_INPUT, Trait.FORGETS_OUTPUT);
  }

  @Override
  public Step compile(Binding binding) {
    int channels = binding.outputType().shape().channels();
    int size = channels / groups;
    var kernels = binding.kernels().channelwise();
    var x = binding.input(0);
    var y = binding.output();
    var dx = binding.inputGradient(0);
    var dy = binding.outputGradient();
    return Step.perPixel(
        binding.outputType().shape(),
        (from, to, worker) ->
            kernels.transpose(
                x.array(),
                x.at(from, channels),
                to - from,
                groups,
                size,
                y.array(),
                y.at(from, channels)),
        (from, to, worker) ->
            kernels.transpose(
                dy.array(),
                dy.at(from, channels),
                to - from,
                size,
                groups,
                dx.array(),
                dx.at(from, channels)));
  }
}
