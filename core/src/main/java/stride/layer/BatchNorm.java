package stride.layer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import stride.graph.Binding;
import stride.graph.Buffer;
import stride.graph.Initializer;
import stride.graph.Parameter;
import stride.graph.Ride;
import stride.graph.Statistic;
import stride.graph.Step;
import stride.graph.TensorType;
import stride.graph.Trait;
import stride.graph.WeightLayout;
import stride.kernel.Epilogue;
import stride.tensor.Shape;

/**
 * Batch normalisation (Ioffe and Szegedy 2015) of each channel: y = weight (x - mean) /
 * sqrt(variance + eps) + bias.
 *
 * <p>With batch statistics, mean and variance are those of the batch's pixels, and the running ones
 * follow: running = (1 - momentum) running + momentum batch, the variance unbiased, as PyTorch has
 * it. With running statistics the layer is a fixed affine map, and so is its gradient.
 */
public record BatchNorm(float eps, float momentum) implements PlainLayer {
  @Override
  public String kind() {
    return "batchnorm";
  }

  @Override
  public List<Parameter> parameters(TensorType input) {
    var shape = Shape.of(input.shape().channels());
    var plain = new WeightLayout.Plain();
    return List.of(
        new Parameter("weight", shape, plain, new Initializer.Constant(1)),
        new Parameter("bias", shape, plain, new Initializer.Constant(0)));
  }

  @Override
  public List<Statistic> statistics(TensorType input) {
    int channels = input.shape().channels();
    return List.of(
        new Statistic("running_mean", channels, 0, false),
        new Statistic("running_var", channels, 1, false),
        new Statistic("num_batches_tracked", 1, 0, true));
  }

  @Override
  public Set<Trait> traits() {
    return Set.of(Trait.FORGETS_OUTPUT, Trait.CARRIES);
  }

  /** With running statistics it is affine; its gradient needs its input, so it has to have one. */
  @Override
  public @Nullable Ride ride(boolean batchStatistics, boolean gradients) {
    return batchStatistics || gradients ? null : Ride.AFFINE;
  }

  @Override
  public Step compile(Binding binding) {
    return new Pass(binding).step();
  }

  /** One plan's buffers for this layer. */
  private final class Pass {
    final Binding binding;
    final int channels;
    final int rows;
    final float[] mean;
    final float[] inverseDeviation;
    final float[] scale;
    final float[] shift;

    Pass(Binding binding) {
      this.binding = binding;
      channels = binding.outputType().shape().channels();
      rows = binding.output().stride() / channels;
      mean = binding.keepForBatch(channels);
      inverseDeviation = binding.keepForBatch(channels);
      scale = binding.keepForBatch(channels);
      shift = binding.keepForBatch(channels);
    }

    Step step() {
      if (binding.riddenInput() >= 0) {
        return new Step(List.of(), List.of(), List.of(), this::ride);
      }
      var forward = new ArrayList<Step.Phase>();
      if (binding.batchStatistics()) {
        forward.addAll(batchMoments());
      } else {
        binding.onWeightsChange(this::runningMoments);
      }
      var x = binding.input(0);
      var y = binding.output();
      var kernels = binding.kernels().channelwise();
      var epilogue = binding.epilogue(Epilogue.bias(shift, 0).withScale(scale, 0));
      forward.add(
          new Step.Samples(
              (from, to, worker) ->
                  kernels.apply(
                      epilogue.get(),
                      from * rows * channels,
                      x.array(),
                      x.at(from),
                      (to - from) * rows,
                      channels,
                      y.array(),
                      y.at(from))));
      return new Step(forward, backward(), List.of());
    }

    /** Scale and shift of a sum that already has a bias: scale (z + b) + shift. */
    Epilogue ride(Epilogue before) {
      float[] bias = before.shift();
      binding.onWeightsChange(
          () -> {
            runningMoments();
            for (int c = 0; c < channels && bias != null; c++) {
              shift[c] += scale[c] * bias[before.shiftOffset() + c];
            }
          });
      return before.withScale(scale, 0).withShift(shift, 0);
    }

    void runningMoments() {
      var runningMean = binding.statistic(0);
      var runningVariance = binding.statistic(1);
      for (int c = 0; c < channels; c++) {
        setMoments(
            c,
            runningMean.array()[runningMean.offset() + c],
            runningVariance.array()[runningVariance.offset() + c]);
      }
    }

    void setMoments(int c, float mu, double variance) {
      mean[c] = mu;
      inverseDeviation[c] = (float) (1 / Math.sqrt(variance + eps));
      scale[c] = binding.weight(0).array()[binding.weight(0).offset() + c] * inverseDeviation[c];
      shift[c] = binding.weight(1).array()[binding.weight(1).offset() + c] - mu * scale[c];
    }

    /**
     * Two passes over the batch: the mean, then the squared deviations from it, which do not
     * cancel.
     */
    List<Step.Phase> batchMoments() {
      var kernels = binding.kernels().channelwise();
      var x = binding.input(0);
      var sums = GroupSums.scratchTotal(binding, channels);
      var squares = GroupSums.scratchTotal(binding, channels);
      var phases = new ArrayList<Step.Phase>();
      phases.addAll(
          GroupSums.of(
                  binding,
                  channels,
                  sums,
                  (from, to, sum, at, worker) ->
                      kernels.sum(x.array(), x.at(from), (to - from) * rows, channels, sum, at))
              .phases());
      phases.add(
          Step.once(
              (task, samples, worker) -> {
                for (int c = 0; c < channels; c++) {
                  mean[c] = sums.array()[c] / (samples * rows);
                }
              }));
      phases.addAll(
          GroupSums.of(
                  binding,
                  channels,
                  squares,
                  (from, to, sum, at, worker) ->
                      kernels.squaredDeviations(
                          x.array(), x.at(from), (to - from) * rows, channels, mean, 0, sum, at))
              .phases());
      phases.add(
          Step.once((task, samples, worker) -> useBatch(sums.array(), squares.array(), samples)));
      return phases;
    }

    void useBatch(float[] sums, float[] squares, int samples) {
      double count = (double) samples * rows;
      if (count < 2) {
        Arrays.fill(sums, 0);
        Arrays.fill(squares, 0);
        throw new IllegalArgumentException(
            "batch norm with batch statistics needs more than one value per channel, found a batch"
                + " of 1 with 1 pixel: use a larger batch or running statistics");
      }
      for (int c = 0; c < channels; c++) {
        double variance = squares[c] / count;
        setMoments(c, mean[c], variance);
        follow(binding.statistic(0), c, mean[c]);
        follow(binding.statistic(1), c, (float) (variance * count / (count - 1)));
        sums[c] = 0;
        squares[c] = 0;
      }
      binding.statistic(2).array()[binding.statistic(2).offset()]++;
    }

    void follow(Buffer running, int c, float batch) {
      int at = running.offset() + c;
      running.array()[at] = (1 - momentum) * running.array()[at] + momentum * batch;
    }

    /**
     * With g = dy and x' = x - mean: dbias = sum g; dweight = sum(g x') / deviation; with running
     * statistics dx = scale g, with the batch's dx = scale (g - dbias / N - x' sum(g x') /
     * (deviation^2 N)).
     */
    List<Step.Phase> backward() {
      var kernels = binding.kernels().channelwise();
      var x = binding.input(0);
      var dy = binding.outputGradient();
      var sums = GroupSums.scratchTotal(binding, channels);
      var dots = GroupSums.scratchTotal(binding, channels);
      var phases = new ArrayList<Step.Phase>();
      phases.addAll(
          GroupSums.of(
                  binding,
                  channels,
                  sums,
                  (from, to, sum, at, worker) ->
                      kernels.sum(dy.array(), dy.at(from), (to - from) * rows, channels, sum, at))
              .phases());
      phases.addAll(
          GroupSums.of(
                  binding,
                  channels,
                  dots,
                  (from, to, sum, at, worker) ->
                      kernels.dotDeviations(
                          dy.array(),
                          dy.at(from),
                          x.array(),
                          x.at(from),
                          (to - from) * rows,
                          channels,
                          mean,
                          0,
                          sum,
                          at))
              .phases());
      float[] slope = binding.keepForBatch(channels);
      float[] constant = binding.keepForBatch(channels);
      phases.add(
          Step.once(
              (task, samples, worker) ->
                  finish(sums.array(), dots.array(), slope, constant, samples)));
      if (binding.wantsInputGradient(0)) {
        var dx = binding.inputGradient(0);
        phases.add(
            new Step.Samples(
                (from, to, worker) ->
                    kernels.blend(
                        dy.array(),
                        dy.at(from),
                        x.array(),
                        x.at(from),
                        (to - from) * rows,
                        channels,
                        scale,
                        0,
                        slope,
                        0,
                        constant,
                        0,
                        dx.array(),
                        dx.at(from))));
      }
      return phases;
    }

    void finish(float[] sums, float[] dots, float[] slope, float[] constant, int samples) {
      float count = samples * rows;
      for (int c = 0; c < channels; c++) {
        if (binding.wantsWeightGradients()) {
          var dWeight = binding.weightGradient(0);
          var dBias = binding.weightGradient(1);
          dWeight.array()[dWeight.offset() + c] += dots[c] * inverseDeviation[c];
          dBias.array()[dBias.offset() + c] += sums[c];
        }
        if (binding.batchStatistics()) {
          slope[c] = -scale[c] * inverseDeviation[c] * inverseDeviation[c] * dots[c] / count;
          constant[c] = -scale[c] * sums[c] / count - slope[c] * mean[c];
        }
        sums[c] = 0;
        dots[c] = 0;
      }
    }
  }
}
