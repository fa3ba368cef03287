package stride.train;

import java.util.List;
import stride.graph.Graph;

/**
 * Sigmoid with binary cross-entropy on logits z: L = -[y log s(z) + (1 - y) log(1 - s(z))],
 * averaged over the batch and the outputs; dz = (s(z) - y) / count. Computed as max(z, 0) - z y +
 * log(1 + e^-|z|), which does not overflow. If targets are classes, the network has one output, and
 * class 1 is y = 1; if they are rows of two values, the second value is y. If targets are a class
 * for each pixel, the network has one output for each pixel.
 *
 * <p>With weights, the first term is multiplied by p, as in PyTorch's
 * BCEWithLogitsLoss(pos_weight=p).
 *
 * @param smoothing in [0, 1); replaces y by (1 - smoothing) y + smoothing / 2
 * @param weights one p for each output, 0 or more; empty if all are 1
 */
public record BinaryCrossEntropy(double smoothing, List<Double> weights) implements Loss {
  private static final String NAME = "binary cross-entropy";

  /**
   * Copies the weights.
   *
   * @throws IllegalArgumentException if the smoothing or a weight is out of its range
   */
  public BinaryCrossEntropy {
    weights = List.copyOf(weights);
    ClassWeights.check(weights);
    if (!(smoothing >= 0 && smoothing < 1)) {
      throw new IllegalArgumentException("smoothing must be in [0, 1), was " + smoothing);
    }
  }

  /** Creates a loss without smoothing and weights. */
  public BinaryCrossEntropy() {
    this(0, List.of());
  }

  /**
   * {@return a copy with label smoothing}
   *
   * @param smoothing in [0, 1)
   */
  public BinaryCrossEntropy smoothing(double smoothing) {
    return new BinaryCrossEntropy(smoothing, weights);
  }

  /**
   * {@return a copy with a weight of positive samples for each output}
   *
   * @param weights 0 or more for each output
   */
  public BinaryCrossEntropy weights(List<Double> weights) {
    return new BinaryCrossEntropy(smoothing, weights);
  }

  @Override
  public double apply(Outputs outputs, Targets targets, int samples) {
    var logits = outputs.value(Graph.OUTPUT);
    var gradient = outputs.gradient(Graph.OUTPUT);
    int width = logits.stride();
    targets.requireSamples(samples);
    if (targets.soft()) {
      boolean pairs = width == 1 && targets.width() == 2;
      targets.requireWidth(NAME, pairs ? 2 : width);
    } else if (targets.isClassMap()) {
      requirePixels(targets, width);
    } else if (width != 1) {
      throw new IllegalArgumentException(
          "binary cross-entropy with classes as targets needs a network of 1 output, found "
              + width);
    }
    if (!weights.isEmpty() && weights.size() != width) {
      throw new IllegalArgumentException(
          "there are weights for %d outputs, the network has %d".formatted(weights.size(), width));
    }
    double count = count(targets, samples, width);
    double total = 0;
    for (int n = 0; n < samples; n++) {
      for (int j = 0; j < width; j++) {
        if (targets.isClassMap() && targets.label(n, j) < 0) {
          gradient.array()[gradient.at(n) + j] = 0;
          continue;
        }
        double z = logits.array()[logits.at(n) + j];
        double y = target(targets, n, j, width);
        double decay = Math.exp(-Math.abs(z));
        double smooth = (1 - smoothing) * y + smoothing / 2;
        double p = weights.isEmpty() ? 1 : weights.get(j);
        // -log s(z) = max(-z, 0) + log(1 + e^-|z|), and -log(1 - s(z)) = z - log s(z).
        double positive = Math.max(-z, 0) + Math.log1p(decay);
        total += p * smooth * positive + (1 - smooth) * (positive + z);
        double sigmoid = z >= 0 ? 1 / (1 + decay) : decay / (1 + decay);
        gradient.array()[gradient.at(n) + j] =
            (float) (((1 - smooth) * sigmoid - p * smooth * (1 - sigmoid)) / count);
      }
    }
    return total / count;
  }

  private static void requirePixels(Targets targets, int width) {
    if (targets.pixels() != width) {
      throw new IllegalArgumentException(
          "binary cross-entropy of a class for each of %d pixels needs one output for each, found %d"
              .formatted(targets.pixels(), width));
    }
  }

  /** Returns the number of outputs without those of ignored pixels. */
  private static double count(Targets targets, int samples, int width) {
    if (!targets.isClassMap()) {
      return (double) samples * width;
    }
    double count = 0;
    for (int n = 0; n < samples; n++) {
      for (int j = 0; j < width; j++) {
        count += targets.label(n, j) < 0 ? 0 : 1;
      }
    }
    return Math.max(1, count);
  }

  private static double target(Targets targets, int sample, int j, int width) {
    if (targets.soft()) {
      return targets.share(NAME, sample, width == 1 && targets.width() == 2 ? 1 : j);
    }
    int label = targets.isClassMap() ? targets.label(sample, j) : targets.label(sample);
    if (label != 0 && label != 1) {
      throw new IllegalArgumentException(
          "the classes of binary cross-entropy must be 0 or 1, was %d for sample %d"
              .formatted(label, sample));
    }
    return label;
  }
}
