package stride.data.augment;

import java.util.List;
import stride.data.Augmentation;
import stride.data.Sample;
import stride.tensor.Shape;

/**
 * Mixes each image of a batch with the one before it, and the first with the last; targets are
 * mixed in the same proportion. Single samples stay as they are.
 */
public interface Mixing extends Augmentation {
  /**
   * Mixes the images of a batch in place.
   *
   * @param key of the batch
   * @param shape of an image, (H, W, C)
   * @param images the batch, one image after the other
   * @param at where the first one begins
   * @param samples how many there are
   * @param spare room for one image
   * @return which part of each target is its own, in [0, 1]; the rest is the one before it
   */
  double mix(long key, Shape shape, float[] images, int at, int samples, float[] spare);

  @Override
  default void apply(long key, Sample sample) {
    // A sample alone has nothing to be mixed with.
  }

  @Override
  default List<Mixing> mixings() {
    return List.of(this);
  }
}
