package stride.layer.normalization;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Set;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.EpiloguePart;
import stride.graph.RunningStatistic;
import stride.graph.TensorType;
import stride.graph.Trait;
import stride.kernel.Epilogue;
import stride.layer.PlainLayer;

/**
 * Batch norm that has been learned elsewhere, and learns nothing here: y = weight (x - mean) /
 * sqrt(variance + eps) + bias for each channel, in training too. All four are in the state dict,
 * and none is a parameter: torchvision's FrozenBatchNorm2d, which its detectors have in their
 * backbones, where batches are too small to be averaged over.
 *
 * @param eps what is added to the variance, 0 or more
 */
public record FrozenBatchNorm(float eps) implements PlainLayer {
  public FrozenBatchNorm {
    GroupNorm.checkEps(eps, "frozen batch norm");
  }

  @Override
  public String kind() {
    return "frozenbatchnorm";
  }

  @Override
  public TensorType infer(TensorType input) {
    input.requireOwnOrder("frozenBatchNorm()");
    return input;
  }

  @Override
  public List<RunningStatistic> statistics(TensorType input) {
    int channels = input.shape().channels();
    return List.of(
        RunningStatistic.of("weight", channels, 1),
        RunningStatistic.of("bias", channels, 0),
        RunningStatistic.of("running_mean", channels, 0),
        RunningStatistic.variances("running_var", channels));
  }

  @Override
  public Set<Trait> traits() {
    return Set.of(
        Trait.FORGETS_INPUT,
        Trait.FORGETS_OUTPUT,
        Trait.GRADIENT_IN_PLACE,
        Trait.CAN_FUSE_CONSUMERS,
        Trait.READS_PITCH);
  }

  /** It is affine, and so is its gradient, which needs neither its input nor its output. */
  @Override
  public EpiloguePart epiloguePart(boolean batchStatistics, boolean gradients) {
    return EpiloguePart.AFFINE;
  }

  @Override
  public Step compile(Binding binding) {
    var kernels = binding.kernels().channelwise();
    var shape = binding.outputType().shape();
    int channels = shape.channels();
    int period = kernels.period(channels);
    float[] scale = binding.keepForBatch(period);
    float[] shift = binding.keepForBatch(period);
    var backward = Epilogue.bias(binding.keepForBatch(period), 0).withScale(scale, 0);
    var dx = binding.inputGradient(0);
    var dy = binding.outputGradient();
    var gradient =
        Step.pixels(
            shape,
            (from, to, worker) -> {
              if (binding.wantsInputGradient(0)) {
                kernels.apply(
                    backward,
                    0,
                    dy.array(),
                    dy.at(from, channels),
                    to - from,
                    channels,
                    dx.array(),
                    dx.at(from, channels));
              }
            });
    if (binding.fusedInput() >= 0) {
      return Step.fused(
          before -> {
            float[] bias = before.shift();
            binding.onWeightsChange(
                () -> {
                  refresh(binding, scale, shift);
                  for (int c = 0; c < channels && bias != null; c++) {
                    shift[c] += scale[c] * requireNonNull(bias)[before.shiftOffset() + c];
                  }
                });
            return before.withScale(scale, 0).withShift(shift, 0);
          },
          gradient);
    }
    binding.onWeightsChange(() -> refresh(binding, scale, shift));
    var x = binding.input(0);
    var y = binding.output();
    var epilogue = binding.epilogue(Epilogue.bias(shift, 0).withScale(scale, 0));
    return new Step(
        List.of(
            Step.pixels(
                shape,
                (from, to, worker) ->
                    kernels.apply(
                        epilogue.get(),
                        from * channels,
                        x.array(),
                        x.at(from, channels),
                        x.pitch(channels),
                        to - from,
                        channels,
                        y.array(),
                        y.at(from, channels)))),
        List.of(gradient),
        List.of());
  }

  /** Makes scale and shift of what the model has; both are a period, of repeated channels. */
  private void refresh(Binding binding, float[] scale, float[] shift) {
    int channels = binding.outputType().shape().channels();
    for (int i = 0; i < scale.length; i++) {
      int c = i % channels;
      double variance = statistic(binding, 3, c);
      scale[i] = statistic(binding, 0, c) * (float) (1 / Math.sqrt(variance + eps));
      shift[i] = statistic(binding, 1, c) - statistic(binding, 2, c) * scale[i];
    }
  }

  private static float statistic(Binding binding, int k, int channel) {
    var statistic = binding.statistic(k);
    return statistic.array()[statistic.offset() + channel];
  }
}
