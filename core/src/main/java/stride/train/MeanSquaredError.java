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
          "mean squared error needs rows of values as targets, found classes");
    }
    var values = outputs.value(Graph.OUTPUT);
    var gradient = outputs.gradient(Graph.OUTPUT);
    int width = values.stride();
    double count = (double) samples * width;
    double total = 0;
    for (int n = 0; n < samples; n++) {
      for (int j = 0; j < width; j++) {
        double error = (double) values.array()[values.at(n) + j] - targets.value(n, j);
        total += error * error;
        gradient.array()[gradient.at(n) + j] = (float) (2 * error / count);
      }
    }
    return total / count;
  }
}
