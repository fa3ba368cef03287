package stride.data;

import java.util.List;
import java.util.Objects;
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
    return new LabelledImage(image, label(index));
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
   * The first {@code count} images, read from this data set.
   *
   * @throws IllegalArgumentException if there are fewer
   */
  default ImageDataset first(int count) {
    if (count < 0 || count > size()) {
      throw new IllegalArgumentException(
          "asked for the first %,d images of a data set of %,d".formatted(count, size()));
    }
    var all = this;
    return new ImageDataset() {
      @Override
      public Shape shape() {
        return all.shape();
      }

      @Override
      public int size() {
        return count;
      }

      @Override
      public List<String> labels() {
        return all.labels();
      }

      @Override
      public Preprocessing preprocessing() {
        return all.preprocessing();
      }

      @Override
      public int label(int index) {
        return all.label(Objects.checkIndex(index, count));
      }

      @Override
      public void read(int index, float[] into, int offset) {
        all.read(Objects.checkIndex(index, count), into, offset);
      }

      @Override
      public boolean readPart(int index, Region.Choice part, float[] into, int offset) {
        return all.readPart(Objects.checkIndex(index, count), part, into, offset);
      }

      @Override
      public boolean readsFiles() {
        return all.readsFiles();
      }

      @Override
      public boolean isMultiLabel() {
        return all.isMultiLabel();
      }

      @Override
      public boolean hasLabel(int index, int label) {
        return all.hasLabel(Objects.checkIndex(index, count), label);
      }
    };
  }
}
