package stride.data;

import java.util.List;
import stride.image.Preprocessing;
import stride.image.Region;
import stride.tensor.Shape;

/** A view of another data set: each method forwards to it unless a subclass overrides it. */
public abstract class ForwardingImages implements ImageDataset {
  private final ImageDataset images;

  /**
   * Creates a view of a data set.
   *
   * @param images the data set to forward to
   */
  protected ForwardingImages(ImageDataset images) {
    this.images = images;
  }

  /** {@return the data set that calls are forwarded to} */
  protected final ImageDataset images() {
    return images;
  }

  /**
   * {@return the index of a sample in the other data set}
   *
   * @param index the index in this data set
   */
  protected int index(int index) {
    return index;
  }

  @Override
  public int size() {
    return images.size();
  }

  @Override
  public Shape shape() {
    return images.shape();
  }

  @Override
  public List<String> labels() {
    return images.labels();
  }

  @Override
  public Preprocessing preprocessing() {
    return images.preprocessing();
  }

  @Override
  public int label(int index) {
    return images.label(index(index));
  }

  @Override
  public boolean isMultiLabel() {
    return images.isMultiLabel();
  }

  @Override
  public boolean hasLabel(int index, int label) {
    return images.hasLabel(index(index), label);
  }

  @Override
  public void read(int index, float[] into, int offset) {
    images.read(index(index), into, offset);
  }

  @Override
  public boolean readPart(int index, Region.Choice part, float[] into, int offset) {
    return images.readPart(index(index), part, into, offset);
  }

  @Override
  public boolean readsFiles() {
    return images.readsFiles();
  }
}
