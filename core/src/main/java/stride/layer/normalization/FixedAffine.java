package stride.layer.normalization;

import java.util.List;
import java.util.Set;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.RunningStatistic;
import stride.graph.TensorType;
import stride.graph.Trait;
import stride.layer.PlainLayer;

/**
 * y = weight x + bias with a weight and a bias for each value of a sample, which learn nothing; dx
 * = weight dy. Grids and anchors, by which detectors make boxes of their outputs, are such numbers.
 * Both are in the state dict, in the order in which images lie in memory, (H, W, C).
 */
public record FixedAffine() implements PlainLayer {
  @Override
  public String kind() {
    return "fixedaffine";
  }

  @Override
  public TensorType infer(TensorType input) {
    input.requireOwnOrder("fixedAffine()");
    return input;
  }

  @Override
  public List<RunningStatistic> statistics(TensorType input) {
    int values = input.shape().elements();
    return List.of(
        RunningStatistic.of("weight", values, 1), RunningStatistic.of("bias", values, 0));
  }

  @Override
  public Set<Trait> traits() {
    return Set.of(Trait.FORGETS_INPUT, Trait.FORGETS_OUTPUT);
  }

  @Override
  public Step compile(Binding binding) {
    var kernels = binding.kernels().elementwise();
    var weight = binding.statistic(0);
    var bias = binding.statistic(1);
    var shape = binding.outputType().shape();
    int channels = shape.channels();
    int pixels = shape.elements() / channels;
    var x = binding.input(0);
    var y = binding.output();
    var dx = binding.inputGradient(0);
    var dy = binding.outputGradient();
    return Step.perPixel(
        shape,
        (from, to, worker) -> {
          for (int pixel = from, n; pixel < to; pixel += n) {
            int own = pixel % pixels;
            n = Math.min(pixels - own, to - pixel);
            float[] out = y.array();
            int at = y.at(pixel, channels);
            int values = n * channels;
            kernels.multiply(
                weight.array(),
                weight.offset() + own * channels,
                x.array(),
                x.at(pixel, channels),
                out,
                at,
                values);
            kernels.add(out, at, bias.array(), bias.offset() + own * channels, out, at, values);
          }
        },
        (from, to, worker) -> {
          for (int pixel = from, n; pixel < to; pixel += n) {
            int own = pixel % pixels;
            n = Math.min(pixels - own, to - pixel);
            kernels.multiply(
                weight.array(),
                weight.offset() + own * channels,
                dy.array(),
                dy.at(pixel, channels),
                dx.array(),
                dx.at(pixel, channels),
                n * channels);
          }
        });
  }
}
