package stride.data;

import java.util.List;

/** The images of another data set, with the class numbers of a model. */
final class RelabelledImages extends ForwardingImages {
  private final ClassMatch match;

  /**
   * Creates a view of a data set.
   *
   * @param match maps the other data set's classes to the model's
   */
  private RelabelledImages(ImageDataset images, ClassMatch match) {
    super(images);
    match.requireSure(images.isMultiLabel());
    this.match = match;
  }

  static ImageDataset of(ImageDataset images, ClassMatch match) {
    match.requireSure(images.isMultiLabel());
    return match.isSame() ? images : new RelabelledImages(images, match);
  }

  @Override
  public List<String> labels() {
    return match.names();
  }

  @Override
  public int label(int index) {
    return match.numbers().get(super.label(index));
  }

  @Override
  public boolean hasLabel(int index, int label) {
    if (!isMultiLabel()) {
      return match.possible().get(super.label(index)).contains(label);
    }
    int own = match.numbers().indexOf(label);
    return own >= 0 && super.hasLabel(index, own);
  }
}
