package stride.data.augment;

import java.util.Arrays;
import stride.data.Augmentation;
import stride.data.Sample;
import stride.tensor.CounterRandom;

/**
 * Moves an image by a random number of pixels in each direction; pixels from outside are 0, MNIST's
 * background. This equals padding with zeros and cropping at random: torchvision's {@code
 * RandomCrop(size, padding=pixels)}.
 *
 * @param pixels the largest shift in x and in y, 0 or more
 */
public record RandomShift(int pixels) implements Augmentation {
  private static final int MOST = 1 << 29;

  /**
   * Checks the shift.
   *
   * @throws IllegalArgumentException if it is negative or too large
   */
  public RandomShift {
    if (pixels < 0 || pixels > MOST) {
      throw new IllegalArgumentException(
          "the largest shift must be in [0, %d] pixels, was %d".formatted(MOST, pixels));
    }
  }

  @Override
  public void apply(long key, Sample sample) {
    int dy = CounterRandom.below(CounterRandom.bits(key, 0), 2 * pixels + 1) - pixels;
    int dx = CounterRandom.below(CounterRandom.bits(key, 1), 2 * pixels + 1) - pixels;
    var shape = sample.shape();
    float[] from = sample.image();
    float[] into = sample.spare();
    int height = shape.height();
    int row = shape.width() * shape.channels();
    // A row of the result is a row of the source moved by whole pixels, zeros on the side it left.
    int left = Math.clamp((long) dx * shape.channels(), 0, row);
    int right = Math.clamp((long) -dx * shape.channels(), 0, row);
    int kept = row - left - right;
    for (int y = 0; y < height; y++) {
      int to = y * row;
      int sourceY = y - dy;
      if (sourceY < 0 || sourceY >= height) {
        Arrays.fill(into, to, to + row, 0f);
        continue;
      }
      Arrays.fill(into, to, to + left, 0f);
      System.arraycopy(from, sourceY * row + right, into, to + left, kept);
      Arrays.fill(into, to + left + kept, to + row, 0f);
    }
    sample.swap();
    if (sample.targetMoves()) {
      sample.moveTarget(new Warp(1, 0, -dx, 0, 1, -dy));
    }
  }
}
