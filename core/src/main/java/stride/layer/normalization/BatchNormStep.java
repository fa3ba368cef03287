package stride.layer.normalization;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import stride.compute.Binding;
import stride.compute.Buffer;
import stride.compute.Step;
import stride.graph.Counter;
import stride.kernel.Epilogue;
import stride.layer.support.GroupSums;

/** What a plan runs for a {@link BatchNorm}, and the plan's numbers for each of its channels. */
final class BatchNormStep {
  /** Floats of a gradient that are cut off and summed before the next: they stay in L1. */
  private static final int CUT = 1 << 12;

  private final BatchNorm layer;
  private final Binding binding;
  private final int channels;

  /** Pixels of a sample. */
  private final int rows;

  /** How many numbers the kernels want of what each channel has one: the channels repeated. */
  private final int period;

  private final float[] mean;
  private final float[] inverseDeviation;
  private final float[] scale;
  private final float[] shift;

  BatchNormStep(BatchNorm layer, Binding binding) {
    this.layer = layer;
    this.binding = binding;
    channels = binding.outputType().shape().channels();
    rows = binding.outputType().shape().elements() / channels;
    period = binding.kernels().channelwise().period(channels);
    mean = binding.keepForBatch(period);
    inverseDeviation = binding.keepForBatch(channels);
    scale = binding.keepForBatch(period);
    shift = binding.keepForBatch(period);
  }

  Step step() {
    if (binding.fusedInput() >= 0) {
      return new Step(List.of(), List.of(), List.of(), this::addedTo);
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
    var affine = Epilogue.bias(shift, 0).withScale(scale, 0);
    var epilogue = binding.epilogue(affine);
    forward.add(
        Step.pixels(
            binding.outputType().shape(),
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
                    y.at(from, channels))));
    return new Step(forward, backward(affine, epilogue), List.of());
  }

  /** Scale and shift of a sum that already has a bias: scale (z + b) + shift. */
  private Epilogue addedTo(Epilogue before) {
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

  private void runningMoments() {
    var runningMean = binding.statistic(0);
    var runningVariance = binding.statistic(1);
    for (int c = 0; c < channels; c++) {
      setMoments(
          c,
          runningMean.array()[runningMean.offset() + c],
          runningVariance.array()[runningVariance.offset() + c]);
    }
    repeatMoments();
  }

  private void setMoments(int c, float mu, double variance) {
    mean[c] = mu;
    inverseDeviation[c] = (float) (1 / Math.sqrt(variance + layer.eps()));
    scale[c] = binding.weight(0).array()[binding.weight(0).offset() + c] * inverseDeviation[c];
    shift[c] = binding.weight(1).array()[binding.weight(1).offset() + c] - mu * scale[c];
  }

  private void repeatMoments() {
    repeat(mean);
    repeat(scale);
    repeat(shift);
  }

  private void repeat(float[] numbers) {
    for (int i = channels; i < period; i += channels) {
      System.arraycopy(numbers, 0, numbers, i, channels);
    }
  }

  /** One pass over the batch: each group's moments, which then make the batch's. */
  private List<Step.Phase> batchMoments() {
    var kernels = binding.kernels().channelwise();
    var x = binding.input(0);
    int group = binding.groupSize();
    float[] means = binding.keepForGroups(0, period);
    float[] squares = binding.keepForGroups(0, period);
    return List.of(
        new Step.Samples(
            (from, to, worker) -> {
              for (int first = from; first < to; first += group) {
                int count = Math.min(group, to - first) * rows;
                int at = first / group * period;
                kernels.moments(x.array(), x.at(first), count, channels, means, at, squares, at);
              }
            }),
        Step.once((task, samples, worker) -> useBatch(means, squares, samples)));
  }

  /**
   * The batch's moments from those of its groups, of n pixels each (Chan, Golub and LeVeque 1979):
   * mean = the sum of n mean(group) / N; squares = the sum of squares(group) + n (mean(group) -
   * mean)^2.
   */
  private void useBatch(float[] means, float[] squares, int samples) {
    double count = (double) samples * rows;
    if (count < 2) {
      throw new IllegalArgumentException(
          "batch norm with batch statistics needs more than one value per channel, found a batch"
              + " of 1 with 1 pixel: use a larger batch or running statistics");
    }
    int group = binding.groupSize();
    for (int c = 0; c < channels; c++) {
      double sum = 0;
      for (int first = 0, at = c; first < samples; first += group, at += period) {
        sum += (double) Math.min(group, samples - first) * rows * means[at];
      }
      double mu = sum / count;
      double deviations = 0;
      for (int first = 0, at = c; first < samples; first += group, at += period) {
        double off = means[at] - mu;
        deviations += squares[at] + (double) Math.min(group, samples - first) * rows * off * off;
      }
      setMoments(c, (float) mu, deviations / count);
      follow(binding.statistic(0), c, mean[c]);
      follow(binding.statistic(1), c, (float) (deviations / (count - 1)));
    }
    repeatMoments();
    Counter.increment(binding.statistic(2).array(), binding.statistic(2).offset());
  }

  private void follow(Buffer running, int c, float batch) {
    int at = running.offset() + c;
    running.array()[at] = (1 - layer.momentum()) * running.array()[at] + layer.momentum() * batch;
  }

  /**
   * With g = dy and x' = x - mean: dbias = sum g; dweight = sum(g x') / deviation; with running
   * statistics dx = scale g, with the batch's dx = scale (g - dbias / N - x' sum(g x') /
   * (deviation^2 N)).
   *
   * <p>Where bounds are fused into this layer, g = dy where they let the output pass, else 0.
   * Without a residual sum x tells where that is, and both passes find out by themselves; with one
   * the output does, and the first pass cuts dy off in its place, where the sum's other input finds
   * it. Where an activation is fused, g = dy f'(z), and both passes make z = scale x + shift again.
   */
  private List<Step.Phase> backward(Epilogue affine, Supplier<Epilogue> epilogue) {
    var kernels = binding.kernels().channelwise();
    var x = binding.input(0);
    var y = binding.output();
    var dy = binding.outputGradient();
    boolean cuts = binding.fusesGradient();
    var scratch = binding.scratch(cuts ? blockPixels() * channels : 0);
    var totals = GroupSums.scratchTotal(binding, 2 * period);
    var sums =
        GroupSums.of(
            binding,
            2 * period,
            totals,
            (from, to, sum, at, worker) -> {
              var e = epilogue.get();
              if (cuts && e.activation() != null) {
                activatedSums(affine, e, x, dy, from, to, scratch.of(worker), sum, at);
              } else if (cuts && e.residual() != null) {
                cutAndSum(affine, e, x, y, dy, from, to, sum, at);
              } else {
                kernels.normGradientSums(
                    cuts ? e : affine,
                    dy.array(),
                    dy.at(from),
                    x.array(),
                    x.at(from),
                    (to - from) * rows,
                    channels,
                    mean,
                    sum,
                    at);
              }
            });
    float[] slope = binding.keepForBatch(period);
    float[] constant = binding.keepForBatch(period);
    var phases = new ArrayList<Step.Phase>();
    phases.add(sums.partial());
    phases.add(
        Step.once(
            (task, samples, worker) -> {
              sums.total().body().run(task, samples, worker);
              finish(totals, slope, constant, samples);
            }));
    if (binding.wantsInputGradient(0)) {
      var dx = binding.inputGradient(0);
      phases.add(
          new Step.Samples(
              (from, to, worker) -> {
                var e = epilogue.get();
                if (cuts && e.activation() != null) {
                  activatedGradient(
                      affine, e, x, dy, from, to, scratch.of(worker), slope, constant, dx);
                  return;
                }
                kernels.normGradient(
                    cuts && e.residual() == null ? e : affine,
                    dy.array(),
                    dy.at(from),
                    x.array(),
                    x.at(from),
                    (to - from) * rows,
                    channels,
                    slope,
                    constant,
                    dx.array(),
                    dx.at(from));
              }));
    }
    return phases;
  }

  /** Pixels of a block of about {@link #CUT} floats, whole periods. */
  private int blockPixels() {
    return Math.ceilDiv(CUT, period) * (period / channels);
  }

  /** Sums dy behind an activation, a few pixels at a time. */
  private void activatedSums(
      Epilogue affine,
      Epilogue activated,
      Buffer x,
      Buffer dy,
      int from,
      int to,
      float[] g,
      float[] sum,
      int at) {
    int block = blockPixels();
    int pixels = (to - from) * rows;
    for (int first = 0; first < pixels; first += block) {
      int count = Math.min(block, pixels - first);
      int skip = first * channels;
      behindActivation(affine, activated, x, x.at(from) + skip, dy, dy.at(from) + skip, count, g);
      binding
          .kernels()
          .channelwise()
          .normGradientSums(
              affine, g, 0, x.array(), x.at(from) + skip, count, channels, mean, sum, at);
    }
  }

  /** The gradient of x behind an activation, a few pixels at a time. */
  private void activatedGradient(
      Epilogue affine,
      Epilogue activated,
      Buffer x,
      Buffer dy,
      int from,
      int to,
      float[] g,
      float[] slope,
      float[] constant,
      Buffer dx) {
    int block = blockPixels();
    int pixels = (to - from) * rows;
    for (int first = 0; first < pixels; first += block) {
      int count = Math.min(block, pixels - first);
      int skip = first * channels;
      behindActivation(affine, activated, x, x.at(from) + skip, dy, dy.at(from) + skip, count, g);
      binding
          .kernels()
          .channelwise()
          .normGradient(
              affine,
              g,
              0,
              x.array(),
              x.at(from) + skip,
              count,
              channels,
              slope,
              constant,
              dx.array(),
              dx.at(from) + skip);
    }
  }

  /** g = dy f'(z) of some pixels, with z = scale x + shift. */
  private void behindActivation(
      Epilogue affine,
      Epilogue activated,
      Buffer x,
      int xo,
      Buffer dy,
      int dyo,
      int count,
      float[] g) {
    binding.kernels().channelwise().apply(affine, 0, x.array(), xo, count, channels, g, 0);
    requireNonNull(activated.activation())
        .gradient()
        .apply(g, 0, dy.array(), dyo, g, 0, count * channels);
  }

  /** Cuts dy off where the bounds did it with y, and sums it, a few pixels at a time. */
  private void cutAndSum(
      Epilogue affine,
      Epilogue bounds,
      Buffer x,
      Buffer y,
      Buffer dy,
      int from,
      int to,
      float[] sum,
      int at) {
    var kernels = binding.kernels();
    int block = blockPixels();
    int pixels = (to - from) * rows;
    for (int first = 0; first < pixels; first += block) {
      int count = Math.min(block, pixels - first);
      int skip = first * channels;
      int g = dy.at(from) + skip;
      kernels
          .elementwise()
          .reluGradient(
              y.array(),
              y.at(from) + skip,
              dy.array(),
              g,
              dy.array(),
              g,
              bounds.ceiling(),
              count * channels);
      kernels
          .channelwise()
          .normGradientSums(
              affine, dy.array(), g, x.array(), x.at(from) + skip, count, channels, mean, sum, at);
    }
  }

  /**
   * @param totals the sums of g, and behind them those of g x', a period of both; zero again when
   *     they are read
   */
  private void finish(Buffer totals, float[] slope, float[] constant, int samples) {
    float[] sums = totals.array();
    int dots = totals.offset() + period;
    float count = samples * rows;
    for (int c = 0; c < channels; c++) {
      float sum = 0;
      float dot = 0;
      for (int i = c; i < period; i += channels) {
        sum += sums[totals.offset() + i];
        dot += sums[dots + i];
      }
      if (binding.wantsWeightGradients()) {
        var dWeight = binding.weightGradient(0);
        var dBias = binding.weightGradient(1);
        dWeight.array()[dWeight.offset() + c] += dot * inverseDeviation[c];
        dBias.array()[dBias.offset() + c] += sum;
      }
      if (binding.batchStatistics()) {
        slope[c] = -scale[c] * inverseDeviation[c] * inverseDeviation[c] * dot / count;
        constant[c] = -scale[c] * sum / count - slope[c] * mean[c];
      }
    }
    Arrays.fill(sums, totals.offset(), totals.offset() + 2 * period, 0);
    repeat(slope);
    repeat(constant);
  }
}
