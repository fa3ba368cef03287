package stride.train;

import stride.graph.Graph;

/**
 * L = (z - y)^2, averaged over the batch and the outputs; dz = 2 (z - y) / count. If the target is
 * a class, y is 1 for that class and 0 for the others; for a network of one output y is the class's
 * number, 0 or 1.
 */
public record MeanSquaredError() implements Loss {
  private static final String NAME = "mean squared error";

  @Override
  public double apply(Outputs outputs, Targets targets, int samples) {
    var values = outputs.value(Graph.OUTPUT);
    var gradient = outputs.gradient(Graph.OUTPUT);
    int width = values.stride();
    targets.requireSamples(samples);
    if (targets.soft()) {
      targets.requireWidth(NAME, width);
    }
    double count = (double) samples * width;
    double total = 0;
    for (int n = 0; n < samples; n++) {
      for (int j = 0; j < width; j++) {
        float target = targets.soft() ? targets.value(n, j) : ofClass(targets.label(n), j, width);
        if (!Float.isFinite(target)) {
          throw new IllegalArgumentException(
              "the targets of mean squared error must be finite, was %s for output %d of sample %d"
                  .formatted(target, j, n));
        }
        double error = (double) values.array()[values.at(n) + j] - target;
        total += error * error;
        gradient.array()[gradient.at(n) + j] = (float) (2 * error / count);
      }
    }
    return total / count;
  }

  private static float ofClass(int label, int j, int outputs) {
    if (label < 0 || label >= Math.max(2, outputs)) {
      throw new IllegalArgumentException(
          "label %d is out of range, the network has %d outputs".formatted(label, outputs));
    }
    return outputs == 1 ? label : j == label ? 1 : 0;
  }
}
