package stride.train;

import java.util.Arrays;
import stride.compute.Buffer;
import stride.graph.Graph;

/**
 * Brings embeddings of the same class together and moves those of other classes apart. For each
 * sample a of a batch, with p the farthest sample of the same class and n the nearest one of
 * another class, L = max(0, margin + |a - p| - |a - n|), averaged over the samples that have both
 * (Schroff et al. 2015, "FaceNet"; Hermans et al. 2017, "In Defense of the Triplet Loss", batch
 * hard). Targets are classes.
 *
 * <p>All embeddings may collapse into one point, where L is the margin: a last {@code batchNorm()}
 * and small rates keep them apart.
 *
 * @param margin above 0, usually 0.2 to 1
 */
public record TripletLoss(double margin) implements Loss {
  /**
   * Checks the margin.
   *
   * @throws IllegalArgumentException if it is not above 0
   */
  public TripletLoss {
    if (!(margin > 0 && margin < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("margin must be above 0, was " + margin);
    }
  }

  @Override
  public double apply(Outputs outputs, Targets targets, int samples) {
    targets.requireSamples(samples);
    var values = outputs.value(Graph.OUTPUT);
    var gradient = outputs.gradient(Graph.OUTPUT);
    Arrays.fill(gradient.array(), gradient.at(0), gradient.at(samples), 0);
    var positive = new int[samples];
    var negative = new int[samples];
    int count = 0;
    for (int a = 0; a < samples; a++) {
      positive[a] = extreme(values, targets, samples, a, true);
      negative[a] = extreme(values, targets, samples, a, false);
      count += positive[a] >= 0 && negative[a] >= 0 ? 1 : 0;
    }
    double total = 0;
    for (int a = 0; a < samples; a++) {
      int p = positive[a];
      int n = negative[a];
      if (p < 0 || n < 0) {
        continue;
      }
      double near = distance(values, a, p);
      double far = distance(values, a, n);
      double loss = margin + near - far;
      if (!(loss <= 0)) {
        total += loss;
        pull(values, gradient, a, p, near, 1.0 / count);
        pull(values, gradient, a, n, far, -1.0 / count);
      }
    }
    return total / Math.max(1, count);
  }

  /**
   * Returns the farthest sample of the same class or the nearest one of another; -1 if there is
   * none.
   */
  private static int extreme(
      Buffer values, Targets targets, int samples, int anchor, boolean sameClass) {
    int found = -1;
    double best = 0;
    for (int n = 0; n < samples; n++) {
      if (n != anchor && (targets.label(n) == targets.label(anchor)) == sameClass) {
        double distance = distance(values, anchor, n);
        if (found < 0 || (sameClass ? distance > best : distance < best)) {
          found = n;
          best = distance;
        }
      }
    }
    return found;
  }

  private static double distance(Buffer values, int a, int b) {
    double sum = 0;
    for (int j = 0; j < values.stride(); j++) {
      double difference =
          (double) values.array()[values.at(a) + j] - values.array()[values.at(b) + j];
      sum += difference * difference;
    }
    return Math.sqrt(sum);
  }

  /** Adds the gradient of the distance between two samples, times a factor, to both of them. */
  private static void pull(
      Buffer values, Buffer gradient, int a, int b, double distance, double factor) {
    if (distance == 0) {
      return;
    }
    for (int j = 0; j < values.stride(); j++) {
      double difference =
          (double) values.array()[values.at(a) + j] - values.array()[values.at(b) + j];
      float change = (float) (factor * difference / distance);
      gradient.array()[gradient.at(a) + j] += change;
      gradient.array()[gradient.at(b) + j] -= change;
    }
  }
}
