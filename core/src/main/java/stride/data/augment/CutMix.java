package stride.data.augment;

import stride.tensor.CounterRandom;
import stride.tensor.Shape;

/**
 * Puts a rectangle of one image into another, the same rectangle in the whole batch (Yun et al.
 * 2019, "CutMix"), as torchvision's reference {@code RandomCutmix} with p = 1.
 *
 * @param alpha above 0, usually 1; the part of the image that is kept is drawn from Beta(alpha,
 *     alpha)
 */
public record CutMix(double alpha) implements Mixing {
  /**
   * Checks alpha.
   *
   * @throws IllegalArgumentException if it is not above 0
   */
  public CutMix {
    Draws.checkAlpha(alpha);
  }

  @Override
  public double mix(long key, Shape shape, float[] images, int at, int samples, float[] spare) {
    int height = shape.height();
    int width = shape.width();
    int centreX = CounterRandom.below(CounterRandom.bits(key, 0), width);
    int centreY = CounterRandom.below(CounterRandom.bits(key, 1), height);
    double half = 0.5 * Math.sqrt(1 - Draws.beta(CounterRandom.bits(key, 2), alpha));
    int left = Math.max(centreX - (int) (half * width), 0);
    int right = Math.min(centreX + (int) (half * width), width);
    int top = Math.max(centreY - (int) (half * height), 0);
    int bottom = Math.min(centreY + (int) (half * height), height);
    int length = shape.elements();
    int row = width * shape.channels();
    int first = left * shape.channels();
    int count = (right - left) * shape.channels();
    System.arraycopy(images, at + (samples - 1) * length, spare, 0, length);
    for (int n = samples - 1; n >= 0; n--) {
      float[] other = n == 0 ? spare : images;
      int from = n == 0 ? 0 : at + (n - 1) * length;
      for (int y = top; y < bottom; y++) {
        int place = y * row + first;
        System.arraycopy(other, from + place, images, at + n * length + place, count);
      }
    }
    return 1 - (double) (right - left) * (bottom - top) / (width * height);
  }
}
