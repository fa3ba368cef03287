package stride.data;

import stride.tensor.Shape;

/**
 * A data set as it is published: images to learn from, and images to measure with.
 *
 * @param train the images to learn from
 * @param test the images to measure with
 */
public record Splits(ImageDataset train, ImageDataset test) {
  /**
   * Returns the images in another size.
   *
   * @param shape (H, W, C)
   * @return views of these images
   */
  public Splits ofSize(Shape shape) {
    return new Splits(train.ofSize(shape), test.ofSize(shape));
  }

  /** Returns one line with the numbers of images. */
  @Override
  public String toString() {
    return "Splits of %d images to learn from and %d to measure with"
        .formatted(train.size(), test.size());
  }
}
