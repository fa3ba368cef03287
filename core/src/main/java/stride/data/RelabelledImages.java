package stride.data;

import java.util.List;
import stride.image.Preprocessing;
import stride.image.Region;
import stride.tensor.Shape;

/**
 * The images of another data set, whose classes are numbered as a model numbers them.
 *
 * @param images the other data set
 * @param match which of the model's classes its classes are
 */
record RelabelledImages(ImageDataset images, ClassMatch match) implements ImageDataset {
  static ImageDataset of(ImageDataset images, ClassMatch match) {
    match.requireSure(images.isMultiLabel());
    return match.isSame() ? images : new RelabelledImages(images, match);
  }

  @Override
  public Shape shape() {
    return images.shape();
  }

  @Override
  public int size() {
    return images.size();
  }

  @Override
  public List<String> labels() {
    return match.names();
  }

  @Override
  public Preprocessing preprocessing() {
    return images.preprocessing();
  }

  @Override
  public int label(int index) {
    return match.numbers().get(images.label(index));
  }

  @Override
  public boolean isMultiLabel() {
    return images.isMultiLabel();
  }

  @Override
  public boolean hasLabel(int index, int label) {
    if (!images.isMultiLabel()) {
      return match.possible().get(images.label(index)).contains(label);
    }
    int own = match.numbers().indexOf(label);
    return own >= 0 && images.hasLabel(index, own);
  }

  @Override
  public boolean readsFiles() {
    return images.readsFiles();
  }

  @Override
  public void read(int index, float[] into, int offset) {
    images.read(index, into, offset);
  }

  @Override
  public boolean readPart(int index, Region.Choice part, float[] into, int offset) {
    return images.readPart(index, part, into, offset);
  }
}
