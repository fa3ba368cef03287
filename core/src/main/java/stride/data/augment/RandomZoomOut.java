package stride.data.augment;

import java.util.List;
import stride.data.Augmentation;
import stride.data.Box;
import stride.data.Sample;
import stride.tensor.CounterRandom;

/**
 * Puts a picture at a random place of a larger one of the mean colour (Liu et al. 2016, "SSD"), as
 * torchvision's references' {@code RandomZoomOut}. Only data sets with boxes are changed.
 *
 * @param probability in [0, 1], usually 0.5
 * @param most the largest ratio of the sides of the larger picture to those of the picture, at
 *     least 1, usually 4
 */
public record RandomZoomOut(double probability, double most) implements Augmentation {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public RandomZoomOut {
    Draws.checkProbability(probability);
    if (!(most >= 1 && most < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("the largest factor must be at least 1, was " + most);
    }
  }

  @Override
  public void apply(long key, Sample sample) {
    // The image already shows more than the picture.
  }

  @Override
  public boolean changesView() {
    return true;
  }

  @Override
  public View view(long key, View whole, List<Box> boxes) {
    if (!Draws.happens(CounterRandom.bits(key, 0), probability)) {
      return whole;
    }
    double factor = Draws.uniform(CounterRandom.bits(key, 1), 1, most);
    double width = Math.floor(whole.width() * factor);
    double height = Math.floor(whole.height() * factor);
    double left = (width - whole.width()) * Draws.uniform(CounterRandom.bits(key, 2), 0, 1);
    double top = (height - whole.height()) * Draws.uniform(CounterRandom.bits(key, 3), 0, 1);
    return new View(
        whole.left() - Math.floor(left),
        whole.top() - Math.floor(top),
        Math.max(width, 1),
        Math.max(height, 1));
  }
}
