package stride.train;

import stride.graph.Graph;

/**
 * L = (z - y)^2, averaged over the batch and the outputs; dz = 2 (z - y) / count. Targets are rows
 * of values.
 */
public record MeanSquaredError() implements Loss {
  @Override
  public double apply(Outputs outputs, Targets targets, int samples) {
    if (!targets.soft()) {
      throw new IllegalArgumentException(
          "mean squared error needs rows of values as targets, found classes: softmax or binary"
              + " cross-entropy learns classes");
    }
    var values = outputs.value(Graph.OUTPUT);
    var gradient = outputs.gradient(Graph.OUTPUT);
    int width = values.stride();
    targets.requireSamples(samples);
    targets.requireWidth("mean squared error", width);
    double count = (double) samples * width;
    double total = 0;
    for (int n = 0; n < samples; n++) {
      for (int j = 0; j < width; j++) {
        float target = targets.value(n, j);
        if (!Float.isFinite(target)) {
          throw new IllegalArgumentException(
              "mean squared error's targets are finite, found %s for output %d of sample %d"
                  .formatted(target, j, n));
        }
        double error = (double) values.array()[values.at(n) + j] - target;
        total += error * error;
        gradient.array()[gradient.at(n) + j] = (float) (2 * error / count);
      }
    }
    return total / count;
  }
}
