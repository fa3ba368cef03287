package stride.data;

import stride.tensor.Shape;

/**
 * A data set as it is published: what to learn from, and what to measure with.
 *
 * @param train the images to learn from
 * @param test the images kept back
 */
public record Splits(ImageDataset train, ImageDataset test) {
  /**
   * The same in another size.
   *
   * @param shape (H, W, C)
   */
  public Splits ofSize(Shape shape) {
    return new Splits(train.ofSize(shape), test.ofSize(shape));
  }

  /** One line: how many images there are. */
  @Override
  public String toString() {
    return "Splits of %d images to learn from and %d to measure with"
        .formatted(train.size(), test.size());
  }
}
