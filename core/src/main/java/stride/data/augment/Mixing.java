package stride.data.augment;

import java.util.List;
import stride.data.Augmentation;
import stride.data.Sample;
import stride.tensor.Shape;

/**
 * Mixes each image of a batch with the one before it, and the first with the last; targets are
 * mixed in the same proportion. A single sample stays unchanged.
 */
public interface Mixing extends Augmentation {
  /**
   * Mixes the images of a batch in place.
   *
   * @param key the source of the batch's randomness
   * @param shape the shape of an image, (H, W, C)
   * @param images the batch, one image after the other
   * @param at where the first image begins
   * @param samples the number of images
   * @param spare an array with room for one image
   * @return the weight of each sample's own target, in [0, 1]; the rest is the weight of the target
   *     before it
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
