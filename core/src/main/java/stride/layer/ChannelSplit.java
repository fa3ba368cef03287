package stride.layer;

import java.util.Arrays;
import java.util.Set;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.ShapeException;
import stride.graph.TensorType;
import stride.graph.Trait;

/**
 * One of some equal parts of an image's channels (Ma, Zhang, Zheng and Sun 2018, "ShuffleNet V2",
 * section 3; PyTorch's chunk): (H, W, C) becomes (H, W, C / parts). The other channels' gradient is
 * zero.
 *
 * @param part the part's number, from 0
 * @param parts how many there are
 */
public record ChannelSplit(int part, int parts) implements PlainLayer {
  public ChannelSplit {
    if (part < 0 || part >= parts) {
      throw new IllegalArgumentException(
          "%d parts of the channels are numbered from 0, found part %d".formatted(parts, part));
    }
  }

  @Override
  public String kind() {
    return "split";
  }

  @Override
  public String details() {
    return "part " + (part + 1) + " of " + parts;
  }

  @Override
  public TensorType infer(TensorType input) {
    var in = input.shape();
    if (in.channels() % parts != 0) {
      throw new ShapeException(
          "expects channels that fall into %d parts, the input has %d (shape %s)"
              .formatted(parts, in.channels(), in));
    }
    return input.withShape(in.withChannels(in.channels() / parts));
  }

  @Override
  public Set<Trait> traits() {
    return Set.of(Trait.FORGETS_INPUT, Trait.FORGETS_OUTPUT, Trait.STORES_PITCH, Trait.READS_PITCH);
  }

  @Override
  public Step compile(Binding binding) {
    var kernels = binding.kernels().channelwise();
    int all = binding.inputType(0).shape().channels();
    int own = all / parts;
    int first = part * own;
    var x = binding.input(0);
    var y = binding.output();
    var dx = binding.inputGradient(0);
    var dy = binding.outputGradient();
    return Step.perPixel(
        binding.outputType().shape(),
        (from, to, worker) ->
            kernels.copy(
                x.array(),
                x.at(from, all) + first,
                x.pitch(all),
                y.array(),
                y.at(from, own),
                y.pitch(own),
                to - from,
                own),
        (from, to, worker) -> {
          Arrays.fill(dx.array(), dx.at(from, all), dx.at(to, all), 0);
          kernels.copy(
              dy.array(),
              dy.at(from, own),
              own,
              dx.array(),
              dx.at(from, all) + first,
              all,
              to - from,
              own);
        });
  }
}
