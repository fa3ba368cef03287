package stride.data;

import java.util.List;
import stride.image.Image;
import stride.image.Preprocessing;
import stride.image.Region;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** Images of one shape, each with the class it belongs to. Thread-safe. */
public interface ImageDataset extends Dataset<LabelledImage> {
  /** Every image's shape, (H, W, C). */
  Shape shape();

  /** The names of the classes; a label is an index into them. */
  List<String> labels();

  /**
   * How a picture from elsewhere is made to look like this set's images, and the normalisation of
   * training.
   */
  Preprocessing preprocessing();

  /**
   * The class of an image, from 0 to {@code labels().size() - 1}.
   *
   * @throws IndexOutOfBoundsException if there is no such image
   */
  int label(int index);

  /** Whether an image may belong to several classes, or none. */
  default boolean isMultiLabel() {
    return false;
  }

  /**
   * Whether an image belongs to a class. Where it belongs to several, {@link #label} is the first
   * of them, and 0 where it belongs to none. In a data set of one label an image has several
   * classes only if its class may be each of them; see {@link ClassMatch#possible}.
   *
   * @throws IndexOutOfBoundsException if there is no such image
   */
  default boolean hasLabel(int index, int label) {
    return label(index) == label;
  }

  /**
   * Writes an image's values, (H, W, C) in [0, 1], to {@code into} from {@code offset} on. This is
   * what training reads with, so that no array is made per sample.
   *
   * @throws IndexOutOfBoundsException if there is no such image or {@code into} is too short
   * @throws java.io.UncheckedIOException if the image's file cannot be read; the message names it
   */
  void read(int index, float[] into, int offset);

  /**
   * The same of a part of the image's picture, where images are made of larger pictures.
   *
   * @param part which part, by the picture's size
   * @return false if they are not: then nothing is written
   * @throws java.io.UncheckedIOException if the image's file cannot be read; the message names it
   */
  default boolean readPart(int index, Region.Choice part, float[] into, int offset) {
    return false;
  }

  /**
   * Whether images are decoded from files each time they are read: then training reads them ahead,
   * on threads of their own.
   */
  default boolean readsFiles() {
    return false;
  }

  @Override
  default LabelledImage get(int index) {
    var image = Tensor.zeros(shape());
    read(index, image.data(), 0);
    return new LabelledImage(new Image(image), label(index));
  }

  /**
   * The same images in another height and width, resized as PIL does each time they are read, with
   * the filter of the preprocessing, or else bilinearly.
   *
   * @param shape (H, W, C)
   * @throws IllegalArgumentException if the channels differ, or digits were not to be square
   */
  default ImageDataset ofSize(Shape shape) {
    return ResizedImages.of(this, shape);
  }

  /**
   * Returns the same images with a model's classes, of which they may have a few only.
   *
   * @param match which of the model's classes each of {@link #labels} is
   */
  default ImageDataset withClasses(ClassMatch match) {
    return RelabelledImages.of(this, match);
  }

  /**
   * The images of some indices, in their order, read from this data set.
   *
   * @throws IndexOutOfBoundsException if there is no such image
   */
  @Override
  default ImageDataset select(int... indices) {
    return new SelectedImages(this, Selection.checked(indices, size()));
  }

  /**
   * The first {@code count} images, read from this data set.
   *
   * @throws IllegalArgumentException if there are fewer
   */
  @Override
  default ImageDataset first(int count) {
    return select(Selection.first(count, size()));
  }

  @Override
  default HeldOut<ImageDataset> holdOut(double fraction, long seed) {
    var parts = split(fraction, seed);
    return new HeldOut<>(parts.train(), parts.test());
  }

  /**
   * The images in two parts, of each class the same fraction; which ones is drawn. Where images may
   * belong to several classes, the fraction is that of all images.
   *
   * @param testFraction the part of each class to measure with, rounded to whole images, but at
   *     least one and not all of them
   * @throws IllegalArgumentException if the fraction is not between 0 and 1, or a class has a
   *     single image
   */
  default Splits split(double testFraction, long seed) {
    boolean[] tested = ClassSplit.of(this, testFraction, seed);
    return new Splits(
        new SelectedImages(this, ClassSplit.indices(tested, false)),
        new SelectedImages(this, ClassSplit.indices(tested, true)));
  }
}
