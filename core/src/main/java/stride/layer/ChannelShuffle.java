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
    var x = binding.input(0);
    var y = binding.output();
    var dx = binding.inputGradient(0);
    var dy = binding.outputGradient();
    return Step.perPixel(
        binding.outputType().shape(),
        (from, to, worker) ->
            transpose(
                x.array(),
                x.at(from, channels),
                groups,
                size,
                to - from,
                y.array(),
                y.at(from, channels)),
        (from, to, worker) ->
            transpose(
                dy.array(),
                dy.at(from, channels),
                size,
                groups,
                to - from,
                dx.array(),
                dx.at(from, channels)));
  }

  /** Transposes matrices of {@code height} rows and {@code width} columns, one behind another. */
  private static void transpose(
      float[] x, int xo, int height, int width, int matrices, float[] y, int yo) {
    int from = xo;
    int to = yo;
    for (int m = 0; m < matrices; m++) {
      for (int i = 0; i < height; i++) {
        for (int j = 0; j < width; j++) {
          y[to + j * height + i] = x[from + i * width + j];
        }
      }
      from += height * width;
      to += height * width;
    }
  }
}
