package stride.layer.normalization;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import stride.compute.Binding;
import stride.compute.Buffer;
import stride.compute.Step;
import stride.kernel.Channelwise;
import stride.kernel.Epilogue;
import stride.layer.support.GroupSums;

/**
 * What a plan runs for a {@link GroupNorm}, and for an {@link InstanceNorm}, which is one of as
 * many groups as channels. Each sample is normalised by itself; the sums over its pixels are batch
 * norm's, channel by channel, and those of a group's channels are added up in order.
 */
final class GroupNormStep {
  /** Values whose moments are taken together, about: enough for a thread of its own. */
  private static final int STRETCH = 1 << 15;

  private static final int MOST_STRETCHES = 64;

  private final Binding binding;
  private final Channelwise kernels;
  private final int groups;
  private final float eps;
  private final int channels;

  /** Pixels of a sample. */
  private final int rows;

  /** How many numbers the kernels want of what each channel has one: the channels repeated. */
  private final int period;

  /** The moments of a sample are joined from those of so many stretches of its pixels. */
  private final int stretches;

  /** Each stretch's means and squared deviations, a period of both, one stretch after another. */
  private final Buffer partial;

  /** Each sample's means, and then its inverse deviations, one a group. */
  private final Buffer moments;

  /** What a sample's values are scaled and shifted by, a period of both. */
  private final Buffer maps;

  /** How each sample's values are stored: with its own map, and what is fused into this layer. */
  private final @Nullable Epilogue[] stores;

  private final Supplier<Epilogue> fused;

  private final @Nullable Buffer weight;
  private final @Nullable Buffer bias;

  /** One for each group of samples: one thread at a time computes it. */
  private final List<Numbers> numbers = new ArrayList<>();

  /** What the backward pass's kernels read of a sample, a period of each. */
  private static final class Numbers {
    final float[] mean;
    final float[] scale;
    final float[] shift;
    final float[] slope;
    final float[] constant;
    final float[] sums;
    final Epilogue affine;

    Numbers(Binding binding, int period) {
      mean = binding.keepForBatch(period);
      scale = binding.keepForBatch(period);
      shift = binding.keepForBatch(period);
      slope = binding.keepForBatch(period);
      constant = binding.keepForBatch(period);
      sums = binding.keepForBatch(2 * period);
      affine = Epilogue.bias(shift, 0).withScale(scale, 0);
    }
  }

  GroupNormStep(Binding binding, int groups, float eps, boolean affine) {
    this.binding = binding;
    this.groups = groups;
    this.eps = eps;
    kernels = binding.kernels().channelwise();
    channels = binding.outputType().shape().channels();
    rows = binding.output().stride() / channels;
    period = kernels.period(channels);
    stretches = Math.clamp((long) rows * channels / STRETCH, 1, Math.min(MOST_STRETCHES, rows));
    partial = binding.keep(2 * period * stretches);
    moments = binding.keep(2 * groups);
    maps = binding.keep(2 * period);
    stores = new Epilogue[binding.batch()];
    fused = binding.epilogue(Epilogue.NONE);
    weight = affine ? binding.weight(0) : null;
    bias = affine ? binding.weight(1) : null;
    for (int i = 0; i < binding.groups(); i++) {
      numbers.add(new Numbers(binding, period));
    }
  }

  Step step() {
    var forward =
        List.<Step.Phase>of(
            new Step.Rows(
                stretches,
                rows / stretches * channels,
                (n, from, to, worker) -> {
                  for (int stretch = from; stretch < to; stretch++) {
                    addMoments(n, stretch);
                  }
                }),
            new Step.Samples(
                (from, to, worker) -> {
                  for (int n = from; n < to; n++) {
                    joinMoments(n);
                  }
                }),
            new Step.Rows(rows, channels, (n, from, to, worker) -> normalize(n, from, to)));
    if (weight == null || !binding.wantsWeightGradients()) {
      var backward =
          new Step.Samples(
              (from, to, worker) -> {
                for (int n = from; n < to; n++) {
                  derive(n, numbers.get(n / binding.groupSize()), null, 0);
                }
              });
      return new Step(forward, List.of(backward), List.of());
    }
    var totals = GroupSums.scratchTotal(binding, 2 * channels);
    var sums =
        GroupSums.of(
            binding,
            2 * channels,
            totals,
            (from, to, sum, at, worker) -> {
              for (int n = from; n < to; n++) {
                derive(n, numbers.get(n / binding.groupSize()), sum, at);
              }
            });
    return new Step(
        forward,
        List.of(sums.partial()),
        List.of(
            Step.once(
                (task, samples, worker) -> {
                  sums.total().body().run(task, samples, worker);
                  addTotals(totals);
                })));
  }

  /** The first pixel of a stretch. */
  private int first(int stretch) {
    return (int) ((long) stretch * rows / stretches);
  }

  private void addMoments(int n, int stretch) {
    var x = binding.input(0);
    int first = first(stretch);
    int at = partial.at(n) + 2 * period * stretch;
    kernels.moments(
        x.array(),
        x.at(n) + first * channels,
        first(stretch + 1) - first,
        channels,
        partial.array(),
        at,
        partial.array(),
        at + period);
  }

  /** Joins what stretches and channels have of a group (Chan, Golub and LeVeque 1979). */
  private void joinMoments(int n) {
    float[] parts = partial.array();
    int size = channels / groups;
    double count = (double) rows * size;
    for (int g = 0; g < groups; g++) {
      double sum = 0;
      for (int stretch = 0; stretch < stretches; stretch++) {
        int at = partial.at(n) + 2 * period * stretch;
        int pixels = first(stretch + 1) - first(stretch);
        for (int c = g * size; c < (g + 1) * size; c++) {
          sum += (double) pixels * parts[at + c];
        }
      }
      double mean = sum / count;
      double deviations = 0;
      for (int stretch = 0; stretch < stretches; stretch++) {
        int at = partial.at(n) + 2 * period * stretch;
        int pixels = first(stretch + 1) - first(stretch);
        for (int c = g * size; c < (g + 1) * size; c++) {
          double off = parts[at + c] - mean;
          deviations += parts[at + period + c] + pixels * off * off;
        }
      }
      moments.array()[moments.at(n) + g] = (float) mean;
      moments.array()[moments.at(n) + groups + g] =
          (float) (1 / Math.sqrt(deviations / count + eps));
    }
    int scale = maps.at(n);
    int shift = scale + period;
    for (int i = 0; i < period; i++) {
      int c = i % channels;
      maps.array()[scale + i] = scale(n, c);
      maps.array()[shift + i] = shift(n, c);
    }
  }

  /** Stores some of a sample's pixels. */
  private void normalize(int n, int from, int to) {
    var x = binding.input(0);
    var y = binding.output();
    int skip = from * channels;
    var store = store(n);
    // The offset of the residual is sample 0's.
    kernels.apply(
        store,
        n * y.stride() + skip,
        x.array(),
        x.at(n) + skip,
        to - from,
        channels,
        y.array(),
        y.at(n) + skip);
  }

  private Epilogue store(int n) {
    var store = stores[n];
    if (store == null || store.scale() != maps.array()) {
      store =
          fused
              .get()
              .withScale(maps.array(), maps.at(n))
              .withShift(maps.array(), maps.at(n) + period);
      stores[n] = store;
    }
    return store;
  }

  private float scale(int n, int c) {
    return weight(c) * moments.array()[moments.at(n) + groups + c / (channels / groups)];
  }

  private float shift(int n, int c) {
    float mean = moments.array()[moments.at(n) + c / (channels / groups)];
    return (bias == null ? 0 : bias.array()[bias.offset() + c]) - mean * scale(n, c);
  }

  /** What each channel's values are scaled by and shifted by, and their mean. */
  private void spread(int n, Numbers own) {
    int size = channels / groups;
    for (int c = 0; c < channels; c++) {
      own.mean[c] = moments.array()[moments.at(n) + c / size];
      own.scale[c] = scale(n, c);
      own.shift[c] = shift(n, c);
    }
    repeat(own.mean);
    repeat(own.scale);
    repeat(own.shift);
  }

  private float weight(int c) {
    return weight == null ? 1 : weight.array()[weight.offset() + c];
  }

  private void repeat(float[] own) {
    for (int i = channels; i < period; i += channels) {
      System.arraycopy(own, 0, own, i, channels);
    }
  }

  /**
   * With x' = x - mean, r = 1 / deviation, M values of a group, and sums over them: dx = r weight
   * dy - r sum(weight dy) / M - x' r^3 sum(weight dy x') / M. The share of the sample in the
   * weights' gradient is r sum(dy x') of each channel, in the biases' sum(dy).
   *
   * @param sums takes these, the weights' first, from {@code at} on; null if nobody wants them
   */
  private void derive(int n, Numbers own, float @Nullable [] sums, int at) {
    var x = binding.input(0);
    var dy = binding.outputGradient();
    spread(n, own);
    Arrays.fill(own.sums, 0);
    kernels.normGradientSums(
        own.affine,
        dy.array(),
        dy.at(n),
        x.array(),
        x.at(n),
        rows,
        channels,
        own.mean,
        own.sums,
        0);
    int size = channels / groups;
    for (int g = 0; g < groups; g++) {
      double mean = moments.array()[moments.at(n) + g];
      double inverse = moments.array()[moments.at(n) + groups + g];
      double sum = 0;
      double dot = 0;
      for (int c = g * size; c < (g + 1) * size; c++) {
        double channelSum = 0;
        double channelDot = 0;
        for (int i = c; i < period; i += channels) {
          channelSum += own.sums[i];
          channelDot += own.sums[period + i];
        }
        if (sums != null) {
          sums[at + c] += (float) (inverse * channelDot);
          sums[at + channels + c] += (float) channelSum;
        }
        sum += weight(c) * channelSum;
        dot += weight(c) * channelDot;
      }
      double count = (double) rows * size;
      double slope = -inverse * inverse * inverse * dot / count;
      double constant = -inverse * sum / count - slope * mean;
      Arrays.fill(own.slope, g * size, (g + 1) * size, (float) slope);
      Arrays.fill(own.constant, g * size, (g + 1) * size, (float) constant);
    }
    if (binding.wantsInputGradient(0)) {
      var dx = binding.inputGradient(0);
      repeat(own.slope);
      repeat(own.constant);
      kernels.normGradient(
          own.affine,
          dy.array(),
          dy.at(n),
          x.array(),
          x.at(n),
          rows,
          channels,
          own.slope,
          own.constant,
          dx.array(),
          dx.at(n));
    }
  }

  private void addTotals(Buffer totals) {
    float[] sums = totals.array();
    var dWeight = binding.weightGradient(0);
    var dBias = binding.weightGradient(1);
    for (int c = 0; c < channels; c++) {
      dWeight.array()[dWeight.offset() + c] += sums[totals.offset() + c];
      dBias.array()[dBias.offset() + c] += sums[totals.offset() + channels + c];
    }
    Arrays.fill(sums, totals.offset(), totals.offset() + 2 * channels, 0);
  }
}
