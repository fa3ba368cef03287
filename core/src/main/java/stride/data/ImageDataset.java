package stride.data;

import java.util.List;
import stride.image.Image;
import stride.image.Preprocessing;
import stride.image.Region;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** Images of one shape, each with the class it belongs to. Thread-safe. */
public interface ImageDataset extends Dataset<LabelledImage> {
  /** {@return the shape of every image, (H, W, C)} */
  Shape shape();

  /** {@return the names of the classes; a label is an index into them} */
  List<String> labels();

  /**
   * {@return how another picture is made to look like this set's images, with the normalisation for
   * training}
   */
  Preprocessing preprocessing();

  /**
   * Returns the class of an image.
   *
   * @param index the image, from 0
   * @return the class, from 0 to {@code labels().size() - 1}
   * @throws IndexOutOfBoundsException if there is no such image
   */
  int label(int index);

  /** {@return whether an image may belong to several classes, or none} */
  default boolean isMultiLabel() {
    return false;
  }

  /**
   * Returns whether an image belongs to a class. If it belongs to several, {@link #label} is the
   * first of them; if it belongs to none, {@link #label} is 0. In a data set of single labels an
   * image has several classes only if its class may be each of them; see {@link
   * ClassMatch#possible}.
   *
   * @param index the image, from 0
   * @param label the class, from 0
   * @return whether the image belongs to the class
   * @throws IndexOutOfBoundsException if there is no such image
   */
  default boolean hasLabel(int index, int label) {
    return label(index) == label;
  }

  /**
   * Writes an image's values, (H, W, C) in [0, 1], to {@code into} from {@code offset} on. Training
   * reads with this method, so that no array is made per sample.
   *
   * @param index the image, from 0
   * @param into receives the values
   * @param offset the first index written
   * @throws IndexOutOfBoundsException if there is no such image or {@code into} is too short
   * @throws java.io.UncheckedIOException if the image's file cannot be read; the message names it
   */
  void read(int index, float[] into, int offset);

  /**
   * Writes an image made of a part of its picture, if this data set makes its images of larger
   * pictures.
   *
   * @param index the image, from 0
   * @param part chooses the part, given the picture's size
   * @param into receives the values
   * @param offset the first index written
   * @return false if images are not made of larger pictures; then nothing is written
   * @throws java.io.UncheckedIOException if the image's file cannot be read; the message names it
   */
  default boolean readPart(int index, Region.Choice part, float[] into, int offset) {
    return false;
  }

  /**
   * {@return whether images are decoded from files each time they are read} If so, training reads
   * them ahead on separate threads.
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
   * Returns these images in another height and width. They are resized as PIL does each time they
   * are read, with the filter of the preprocessing, or else bilinearly.
   *
   * @param shape (H, W, C)
   * @return a view of this data set
   * @throws IllegalArgumentException if the channels differ, or digits would not be square
   */
  default ImageDataset ofSize(Shape shape) {
    return ResizedImages.of(this, shape);
  }

  /**
   * Returns these images with a model's classes, of which they may have only some.
   *
   * @param match maps each of {@link #labels} to a class of the model
   * @return a view of this data set
   */
  default ImageDataset withClasses(ClassMatch match) {
    return RelabelledImages.of(this, match);
  }

  /**
   * Returns the images of some indices, in that order.
   *
   * @param indices each from 0 to {@code size() - 1}
   * @return a view of this data set
   * @throws IndexOutOfBoundsException if there is no such image
   */
  @Override
  default ImageDataset select(int... indices) {
    return new SelectedImages(this, Selection.checked(indices, size()));
  }

  /**
   * Returns the first {@code count} images.
   *
   * @param count the number of images
   * @return a view of this data set
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
   * Splits the images into two parts at random, with the same fraction of each class. If images may
   * belong to several classes, the fraction is that of all images.
   *
   * @param testFraction the part of each class to measure with, rounded to whole images, but at
   *     least one and not all of them
   * @param seed the same seed gives the same parts
   * @return the two parts
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
