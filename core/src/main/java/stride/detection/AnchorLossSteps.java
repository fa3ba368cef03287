package stride.detection;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import stride.kernel.Kernels;
import stride.train.Loss;
import stride.train.Targets;

/**
 * An {@link AnchorLoss} step by step: its anchors are made once, and its pictures, or parts of
 * them, are computed by many threads. Sums are added in the order of pictures and anchors: the same
 * bits for any number of threads.
 */
final class AnchorLossSteps implements Loss {
  /** Anchors that one task computes. */
  private static final int PART = 2048;

  private final AnchorLoss loss;
  private final Threads threads;
  private final Kernels kernels;
  private final float[] anchors;
  private final List<AnchorLoss.Part> parts = new ArrayList<>();
  private final List<AnchoredPicture> pictures = new ArrayList<>();
  private double[] numbers = {};

  AnchorLossSteps(AnchorLoss loss, Threads threads, Kernels kernels) {
    this.loss = loss;
    this.threads = threads;
    this.kernels = kernels;
    anchors = loss.anchors();
    int before = 0;
    for (int level = 0; level < loss.maps().size(); level++) {
      int own = loss.maps().get(level).elements() / loss.classes();
      for (int first = 0; first < own; first += PART) {
        parts.add(new AnchorLoss.Part(level, first, Math.min(PART, own - first), before + first));
      }
      before += own;
    }
  }

  @Override
  public Set<String> outputs() {
    return loss.outputs();
  }

  @Override
  public double apply(Outputs outputs, Targets targets, int samples) {
    targets.requireSamples(samples);
    var known = KnownOutputs.of(outputs, outputs());
    int matched = match(known, targets, samples);
    double sum =
        sum(
            samples * parts.size(),
            task -> {
              int n = task / parts.size();
              double weight = weight(n, matched, samples);
              return loss.add(known, parts.get(task % parts.size()), pictures.get(n), weight);
            });
    return sum
        + sum(samples, n -> loss.addRest(known, pictures.get(n), weight(n, matched, samples)));
  }

  /** Clears the gradients, matches anchors and objects, and returns how many have one. */
  private int match(KnownOutputs outputs, Targets targets, int samples) {
    var objects = new TrueObjects[samples];
    for (int n = 0; n < samples; n++) {
      objects[n] = TrueObjects.of(targets, n).require(loss.labels());
      if (pictures.size() == n) {
        pictures.add(new AnchoredPicture(n, anchors, loss.kept(anchors.length / 4), kernels));
      }
    }
    var gradients = List.copyOf(outputs.gradients().values());
    threads.forEach(
        samples * (1 + gradients.size()),
        (task, worker) -> {
          int n = task % samples;
          if (task < samples) {
            pictures.get(n).match(loss, objects[n]);
          } else {
            KnownOutputs.clear(gradients.get(task / samples - 1), n);
          }
        });
    int matched = 0;
    for (int n = 0; n < samples; n++) {
      matched += pictures.get(n).matched();
    }
    return matched;
  }

  private double weight(int sample, int matched, int samples) {
    return loss.weight(pictures.get(sample).matched(), matched, samples);
  }

  /** Computes numbers on all threads, and adds them in order. */
  private double sum(int count, IntToDoubleFunction number) {
    if (numbers.length < count) {
      numbers = new double[count];
    }
    double[] own = numbers;
    threads.forEach(count, (task, worker) -> own[task] = number.applyAsDouble(task));
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += own[i];
    }
    return sum;
  }
}
