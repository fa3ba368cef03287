package stride.train;

import stride.graph.Graph;

/**
 * Sigmoid with binary cross-entropy on logits z: L = -[y log s(z) + (1 - y) log(1 - s(z))],
 * averaged over the batch and the outputs; dz = (s(z) - y) / count. Computed as max(z, 0) - z y +
 * log(1 + e^-|z|), which does not overflow. With classes as targets the network has one output, and
 * class 1 is y = 1.
 */
public record BinaryCrossEntropy() implements Loss {
  @Override
  public double apply(Outputs outputs, Targets targets, int samples) {
    var logits = outputs.value(Graph.OUTPUT);
    var gradient = outputs.gradient(Graph.OUTPUT);
    int width = logits.stride();
    if (!targets.soft() && width != 1) {
      throw new IllegalArgumentException(
          "binary cross-entropy with classes as targets needs a network of 1 output, found "
              + width);
    }
    double count = (double) samples * width;
    double total = 0;
    for (int n = 0; n < samples; n++) {
      for (int j = 0; j < width; j++) {
        double z = logits.array()[logits.at(n) + j];
        double y = targets.soft() ? targets.value(n, j) : targets.label(n);
        if (!(y >= 0 && y <= 1)) {
          throw new IllegalArgumentException(
              "binary cross-entropy's targets are in [0, 1], found " + y);
        }
        double decay = Math.exp(-Math.abs(z));
        total += Math.max(z, 0) - z * y + Math.log1p(decay);
        double sigmoid = z >= 0 ? 1 / (1 + decay) : decay / (1 + decay);
        gradient.array()[gradient.at(n) + j] = (float) ((sigmoid - y) / count);
      }
    }
    return total / count;
  }
}
