package stride.data.augment;

import stride.data.Augmentation;
import stride.data.Sample;
import stride.tensor.CounterRandom;

/**
 * Covers a rectangle of an image with the mean colour (Zhong et al. 2020, "Random Erasing Data
 * Augmentation"), as torchvision's {@code RandomErasing} with value 0 after {@code Normalize}: 2 to
 * 33 % of the area, 0.3 to 3.3 times as high as wide.
 *
 * @param probability in [0, 1], usually 0.1 to 0.5
 */
public record RandomErasing(double probability) implements Augmentation {
  private static final int TRIES = 10;
  private static final double MIN_AREA = 0.02;
  private static final double MAX_AREA = 0.33;
  private static final double LOW = 0.3;
  private static final double HIGH = 3.3;

  /**
   * Checks the probability.
   *
   * @throws IllegalArgumentException if it is not in [0, 1]
   */
  public RandomErasing {
    Draws.checkProbability(probability);
  }

  @Override
  public void apply(long key, Sample sample) {
    if (!Draws.happens(CounterRandom.bits(key, 0), probability)) {
      return;
    }
    int height = sample.shape().height();
    int width = sample.shape().width();
    for (int i = 0; i < TRIES; i++) {
      double area =
          (double) height
              * width
              * Draws.uniform(CounterRandom.bits(key, 4L * i + 1), MIN_AREA, MAX_AREA);
      double ratio =
          StrictMath.exp(
              Draws.uniform(
                  CounterRandom.bits(key, 4L * i + 2), StrictMath.log(LOW), StrictMath.log(HIGH)));
      int h = (int) Math.rint(Math.sqrt(area * ratio));
      int w = (int) Math.rint(Math.sqrt(area / ratio));
      if (h < height && w < width) {
        int top = CounterRandom.below(CounterRandom.bits(key, 4L * i + 3), height - h + 1);
        int left = CounterRandom.below(CounterRandom.bits(key, 4L * i + 4), width - w + 1);
        erase(sample, top, left, h, w);
        return;
      }
    }
  }

  private static void erase(Sample sample, int top, int left, int height, int width) {
    int channels = sample.shape().channels();
    float[] image = sample.image();
    for (int y = top; y < top + height; y++) {
      int at = (y * sample.shape().width() + left) * channels;
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < channels; c++) {
          image[at++] = sample.neutral(c);
        }
      }
    }
  }
}
