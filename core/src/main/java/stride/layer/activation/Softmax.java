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
    int rows = y.stride() / channels;
    Step.SampleBody forward =
        (from, to, worker) ->
            kernels.softmax(
                x.array(), x.at(from), (to - from) * rows, channels, y.array(), y.at(from));
    var dx = binding.inputGradient(0);
    var dy = binding.outputGradient();
    return Step.perSample(
        forward,
        (from, to, worker) ->
            kernels.softmaxGradient(
                y.array(),
                y.at(from),
                dy.array(),
                dy.at(from),
                (to - from) * rows,
                channels,
                dx.array(),
                dx.at(from)));
  }
}
