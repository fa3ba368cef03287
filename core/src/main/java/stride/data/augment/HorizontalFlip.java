package stride.data.augment;

import stride.data.Augmentation;
import stride.data.Sample;
import stride.tensor.CounterRandom;

/**
 * Mirrors the image with the given probability, as torchvision's {@code RandomHorizontalFlip}.
 *
 * @param probability in [0, 1], usually 0.5
 */
public record HorizontalFlip(double probability) implements Augmentation {
  /**
   * Checks the probability.
   *
   * @throws IllegalArgumentException if it is not in [0, 1]
   */
  public HorizontalFlip {
    Draws.checkProbability(probability);
  }

  @Override
  public void apply(long key, Sample sample) {
    if (Draws.happens(CounterRandom.bits(key, 0), probability)) {
      flip(sample);
    }
  }

  /**
   * Mirrors the image, and a target that lies over it.
   *
   * @param sample the sample to change
   */
  public static void flip(Sample sample) {
    var shape = sample.shape();
    float[] image = sample.image();
    int channels = shape.channels();
    int row = shape.width() * channels;
    for (int y = 0; y < shape.height(); y++) {
      int left = y * row;
      int right = left + row - channels;
      for (; left < right; left += channels, right -= channels) {
        for (int c = 0; c < channels; c++) {
          float value = image[left + c];
          image[left + c] = image[right + c];
          image[right + c] = value;
        }
      }
    }
    if (sample.targetMoves()) {
      sample.moveTarget(Warp.mirror(shape.width()));
    }
  }
}
