package stride.data;

import stride.image.Fit;
import stride.image.Pixels;
import stride.image.Preprocessing;
import stride.image.Region;
import stride.image.Resampling;
import stride.tensor.Shape;

/**
 * The images of another data set in another size, resized as PIL does each time they are read.
 * Values are first rounded to the nearest 255th.
 */
final class ResizedImages extends ForwardingImages {
  private final Preprocessing preprocessing;

  /**
   * Creates a view of a data set.
   *
   * @param preprocessing the images' shape, and how another picture is made to look like them
   */
  private ResizedImages(ImageDataset images, Preprocessing preprocessing) {
    super(images);
    this.preprocessing = preprocessing;
  }

  static ImageDataset of(ImageDataset images, Shape shape) {
    if (shape.equals(images.shape())) {
      return images;
    }
    if (!shape.isImage() || shape.channels() != images.shape().channels()) {
      throw new IllegalArgumentException(
          "images of %s cannot be resized to %s: only height and width may differ"
              .formatted(images.shape(), shape));
    }
    return new ResizedImages(images, images.preprocessing().ofSize(shape));
  }

  @Override
  public Shape shape() {
    return preprocessing.shape();
  }

  @Override
  public Preprocessing preprocessing() {
    return preprocessing;
  }

  /**
   * Returns false: parts are cut out of pictures that are larger than images, and these are images.
   */
  @Override
  public boolean readPart(int index, Region.Choice part, float[] into, int offset) {
    return false;
  }

  @Override
  public void read(int index, float[] into, int offset) {
    var own = images().shape();
    var values = new float[own.elements()];
    images().read(index, values, 0);
    var bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Math.round(values[i] * 255f);
    }
    float[] resized =
        new Pixels(own.height(), own.width(), own.channels(), bytes)
            .resize(shape().height(), shape().width(), filter())
            .toImage()
            .data();
    System.arraycopy(resized, 0, into, offset, resized.length);
  }

  private Resampling filter() {
    return preprocessing.fit() instanceof Fit.Stretch(var filter) ? filter : Resampling.BILINEAR;
  }
}
