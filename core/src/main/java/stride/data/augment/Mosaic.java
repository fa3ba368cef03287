package stride.data.augment;

import java.util.ArrayList;
import org.jspecify.annotations.Nullable;
import stride.data.Augmentation;
import stride.data.Sample;
import stride.tensor.CounterRandom;

/**
 * Puts a picture and three others, drawn from all, into one image (Bochkovskiy et al. 2020,
 * "YOLOv4"). They meet at a random point in the middle two thirds of the image; each covers its
 * part, and what is beyond is cut off. Other choices of what part of a picture is shown do not
 * apply to them.
 *
 * @param probability in [0, 1]
 */
public record Mosaic(double probability) implements Augmentation {
  private static final int PICTURES = 4;
  private static final double NEAREST = 1 / 6.0;

  /**
   * Checks the probability.
   *
   * @throws IllegalArgumentException if it is not in [0, 1]
   */
  public Mosaic {
    Draws.checkProbability(probability);
  }

  @Override
  public void apply(long key, Sample sample) {
    // The image is already made of four.
  }

  @Override
  public int mostPictures() {
    return PICTURES;
  }

  @Override
  public @Nullable Tiling tiling(long key, int sample, int samples) {
    if (!Draws.happens(CounterRandom.bits(key, 0), probability)) {
      return null;
    }
    var tiles = new ArrayList<Tiling.Tile>();
    // The picture itself is in any of the four places.
    int own = CounterRandom.below(CounterRandom.bits(key, 3), PICTURES);
    for (int i = 0; i < PICTURES; i++) {
      long draw = CounterRandom.bits(key, 4L + i);
      tiles.add(
          new Tiling.Tile(
              i == own ? sample : CounterRandom.below(CounterRandom.bits(draw, 0), samples),
              Draws.uniform(CounterRandom.bits(draw, 1), 0, 1),
              Draws.uniform(CounterRandom.bits(draw, 2), 0, 1)));
    }
    return new Tiling(
        Draws.uniform(CounterRandom.bits(key, 1), NEAREST, 1 - NEAREST),
        Draws.uniform(CounterRandom.bits(key, 2), NEAREST, 1 - NEAREST),
        tiles);
  }
}
