package stride.data.augment;

import java.util.List;
import org.jspecify.annotations.Nullable;
import stride.data.Augmentation;
import stride.data.Box;
import stride.data.Sample;
import stride.tensor.CounterRandom;

/**
 * Cuts out a part of a picture that one of its boxes has enough in common with (Liu et al. 2016,
 * "SSD"), as torchvision's references' {@code RandomIoUCrop}: 0.3 to 1 of each side, 0.5 to 2 times
 * as wide as high, in which the middle of at least one box lies, and whose intersection over union
 * with such a box is at least 0, 0.1, 0.3, 0.5, 0.7 or 0.9, drawn for the picture; or all of the
 * picture, as often as each of these. Only data sets with boxes are cut.
 */
public record RandomIouCrop() implements Augmentation {
  private static final double[] LEAST = {0, 0.1, 0.3, 0.5, 0.7, 0.9};
  private static final int TRIES = 40;

  /** A picture for which this many thresholds in a row allow no crop stays whole. */
  private static final int MOST_ROUNDS = 50;

  private static final double SMALLEST = 0.3;
  private static final double NARROWEST = 0.5;
  private static final double WIDEST = 2;

  @Override
  public void apply(long key, Sample sample) {
    // The image is already a part of the picture.
  }

  @Override
  public boolean changesView() {
    return true;
  }

  @Override
  public View view(long key, View whole, List<Box> boxes) {
    if (boxes.isEmpty()) {
      return whole;
    }
    for (int round = 0; round < MOST_ROUNDS; round++) {
      long draw = CounterRandom.bits(key, round);
      int choice = CounterRandom.below(CounterRandom.bits(draw, 0), LEAST.length + 1);
      if (choice == LEAST.length) {
        return whole;
      }
      for (int i = 0; i < TRIES; i++) {
        var part = part(CounterRandom.bits(draw, 1L + i), whole);
        if (part != null && most(part, boxes) >= LEAST[choice]) {
          return part;
        }
      }
    }
    return whole;
  }

  private static @Nullable View part(long draw, View whole) {
    double width =
        Math.floor(whole.width() * Draws.uniform(CounterRandom.bits(draw, 0), SMALLEST, 1));
    double height =
        Math.floor(whole.height() * Draws.uniform(CounterRandom.bits(draw, 1), SMALLEST, 1));
    double ratio = width / height;
    if (!(width > 0 && height > 0 && ratio >= NARROWEST && ratio <= WIDEST)) {
      return null;
    }
    double left = (whole.width() - width) * Draws.uniform(CounterRandom.bits(draw, 2), 0, 1);
    double top = (whole.height() - height) * Draws.uniform(CounterRandom.bits(draw, 3), 0, 1);
    return new View(whole.left() + Math.floor(left), whole.top() + Math.floor(top), width, height);
  }

  /**
   * The largest intersection over union of a part and a box whose middle is in it; negative if
   * there is none.
   */
  private static double most(View part, List<Box> boxes) {
    double most = -1;
    for (var box : boxes) {
      if (part.keeps(box)) {
        double along =
            Math.min(box.right(), part.left() + part.width()) - Math.max(box.left(), part.left());
        double down =
            Math.min(box.bottom(), part.top() + part.height()) - Math.max(box.top(), part.top());
        double common = along * down;
        most = Math.max(most, common / (box.area() + part.width() * part.height() - common));
      }
    }
    return most;
  }
}
