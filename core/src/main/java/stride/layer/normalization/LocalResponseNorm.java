package stride.layer.normalization;

import java.util.Set;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.Trait;
import stride.layer.PlainLayer;

/**
 * Local response normalisation across channels (Krizhevsky et al. 2012, section 3.3), as PyTorch's
 * LocalResponseNorm: y = x (k + alpha / size * sum of x^2 over the {@code size} channels
 * around)^-beta.
 *
 * @param size how many channels a sum has, at least 1; those beyond the first and last count as 0
 * @param alpha 0 or more
 * @param beta 0 or more
 * @param k 0 or more
 */
public record LocalResponseNorm(int size, float alpha, float beta, float k) implements PlainLayer {
  public LocalResponseNorm {
    if (size < 1) {
      throw new IllegalArgumentException("local response norm's size is at least 1, found " + size);
    }
    if (!(isPlain(alpha) && isPlain(beta) && isPlain(k))) {
      throw new IllegalArgumentException(
          "local response norm's alpha, beta and k are numbers of 0 or more, found %s, %s and %s"
              .formatted(alpha, beta, k));
    }
  }

  private static boolean isPlain(float value) {
    return value >= 0 && value < Float.POSITIVE_INFINITY;
  }

  @Override
  public String kind() {
    return "lrn";
  }

  @Override
  public String details() {
    return "size " + size;
  }

  @Override
  public Set<Trait> traits() {
    return Set.of(Trait.FORGETS_OUTPUT);
  }

  @Override
  public Step compile(Binding binding) {
    var kernels = binding.kernels().channelwise();
    var x = binding.input(0);
    var y = binding.output();
    int channels = binding.outputType().shape().channels();
    Step.PixelBody forward =
        (from, to, worker) ->
            kernels.localResponse(
                x.array(),
                x.at(from, channels),
                to - from,
                channels,
                size,
                alpha,
                beta,
                k,
                y.array(),
                y.at(from, channels));
    var dx = binding.inputGradient(0);
    var dy = binding.outputGradient();
    return Step.perPixel(
        binding.outputType().shape(),
        forward,
        (from, to, worker) ->
            kernels.localResponseGradient(
                x.array(),
                x.at(from, channels),
                dy.array(),
                dy.at(from, channels),
                to - from,
                channels,
                size,
                alpha,
                beta,
                k,
                dx.array(),
                dx.at(from, channels)));
  }
}
