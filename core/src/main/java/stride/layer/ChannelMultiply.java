package stride.layer;

import java.util.List;
import java.util.Set;
import stride.compute.Binding;
import stride.compute.CpuOperation;
import stride.compute.Step;
import stride.graph.ShapeException;
import stride.graph.TensorType;
import stride.graph.Trait;
import stride.layer.support.Window;
import stride.tensor.Shape;

/**
 * y[h, w, c] = x[h, w, c] s[c]: an image (H, W, C) times one value a channel (1, 1, C). dx = dy s,
 * and ds[c] the sum of dy x over the image.
 */
public record ChannelMultiply() implements CpuOperation {
  @Override
  public String kind() {
    return "scale";
  }

  @Override
  public TensorType infer(List<TensorType> inputs) {
    requireInputs(inputs, 2);
    var x = Window.image(inputs.get(0));
    var scale = inputs.get(1).shape();
    if (!scale.equals(Shape.image(1, 1, x.channels()))) {
      throw new ShapeException(
          "a gate has one value a channel, that of an image of %s is 1x1x%d, found %s"
              .formatted(x, x.channels(), scale));
    }
    return inputs.get(0);
  }

  @Override
  public Set<Trait> traits() {
    return Set.of(Trait.FORGETS_OUTPUT);
  }

  @Override
  public Step compile(Binding binding) {
    var kernels = binding.kernels().channelwise();
    var x = binding.input(0);
    var scale = binding.input(1);
    var y = binding.output();
    int channels = binding.outputType().shape().channels();
    int pixels = y.stride() / channels;
    var dx = binding.inputGradient(0);
    var dscale = binding.inputGradient(1);
    var dy = binding.outputGradient();
    var forward =
        new Step.Rows(
            pixels,
            channels,
            (n, from, to, worker) ->
                kernels.scale(
                    x.array(),
                    x.at(n) + from * channels,
                    scale.array(),
                    scale.at(n),
                    to - from,
                    channels,
                    y.array(),
                    y.at(n) + from * channels));
    Step.SampleBody backward =
        (from, to, worker) -> {
          for (int n = from; n < to; n++) {
            if (binding.wantsInputGradient(1)) {
              kernels.sumOfProducts(
                  x.array(),
                  x.at(n),
                  dy.array(),
                  dy.at(n),
                  pixels,
                  channels,
                  dscale.array(),
                  dscale.at(n));
            }
            if (binding.wantsInputGradient(0)) {
              kernels.scale(
                  dy.array(),
                  dy.at(n),
                  scale.array(),
                  scale.at(n),
                  pixels,
                  channels,
                  dx.array(),
                  dx.at(n));
            }
          }
        };
    return new Step(List.of(forward), List.of(new Step.Samples(backward)), List.of());
  }
}
