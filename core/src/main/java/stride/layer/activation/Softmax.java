package stride.layer.activation;

import java.util.Set;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.Trait;
import stride.layer.PlainLayer;

/**
 * y = e^x / sum of e^x over the innermost dimension; dx = y (dy - sum of dy y). Networks that train
 * end in logits.
 */
public record Softmax() implements PlainLayer {
  @Override
  public String kind() {
    return "softmax";
  }

  @Override
  public Set<Trait> traits() {
    return Set.of(Trait.FORGETS_INPUT);
  }

  @Override
  public Step compile(Binding binding) {
    var kernels = binding.kernels().channelwise();
    var x = binding.input(0);
    var y = binding.output();
    int channels = binding.outputType().shape().channels();
    Step.PixelBody forward =
        (from, to, worker) ->
            kernels.softmax(
                x.array(),
                x.at(from, channels),
                to - from,
                channels,
                y.array(),
                y.at(from, channels));
    var dx = binding.inputGradient(0);
    var dy = binding.outputGradient();
    return Step.perPixel(
        binding.outputType().shape(),
        forward,
        (from, to, worker) ->
            kernels.softmaxGradient(
                y.array(),
                y.at(from, channels),
                dy.array(),
                dy.at(from, channels),
                to - from,
                channels,
                dx.array(),
                dx.at(from, channels)));
  }
}
