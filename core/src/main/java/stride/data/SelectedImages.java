package stride.data;

import java.util.Objects;

/** Some images of another data set. */
final class SelectedImages extends ForwardingImages {
  private final int[] indices;

  /**
   * Creates a view of a data set.
   *
   * @param indices the indices of the images in the other data set; not copied
   */
  SelectedImages(ImageDataset images, int[] indices) {
    super(images);
    this.indices = indices;
  }

  @Override
  protected int index(int index) {
    return indices[Objects.checkIndex(index, indices.length)];
  }

  @Override
  public int size() {
    return indices.length;
  }

  /** Returns one line with the number of images and the data set. */
  @Override
  public String toString() {
    return "%d images of %s".formatted(indices.length, images());
  }
}
