package stride.data.augment;

import stride.tensor.Shape;

/**
 * Adds two images in a proportion that is drawn for each batch (Zhang et al. 2018, "mixup: Beyond
 * Empirical Risk Minimization"), as torchvision's reference {@code RandomMixup} with p = 1.
 *
 * @param alpha above 0, usually 0.2; the proportion is drawn from Beta(alpha, alpha)
 */
public record Mixup(double alpha) implements Mixing {
  /**
   * Checks alpha.
   *
   * @throws IllegalArgumentException if it is not above 0
   */
  public Mixup {
    Draws.checkAlpha(alpha);
  }

  @Override
  public double mix(long key, Shape shape, float[] images, int at, int samples, float[] spare) {
    double lambda = Draws.beta(key, alpha);
    int length = shape.elements();
    System.arraycopy(images, at + (samples - 1) * length, spare, 0, length);
    for (int n = samples - 1; n > 0; n--) {
      add(images, at + n * length, images, at + (n - 1) * length, length, (float) lambda);
    }
    add(images, at, spare, 0, length, (float) lambda);
    return lambda;
  }

  private static void add(float[] into, int at, float[] other, int from, int length, float lambda) {
    for (int i = 0; i < length; i++) {
      into[at + i] = into[at + i] * lambda + other[from + i] * (1 - lambda);
    }
  }
}
