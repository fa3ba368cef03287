package stride.detection;

import stride.image.Preprocessing;
import stride.layer.Size;

/**
 * A picture as a detector computes it: resized and normalised, 4 bytes a channel of each pixel of
 * the new size, however large the picture was. {@link Detector#prepare} makes it. Immutable.
 */
public final class PreparedPicture {
  private final Size picture;
  private final Size resized;
  private final DetectionMethod method;
  private final Preprocessing preprocessing;

  /** The rows of the resized picture, (H, W, C). */
  private final float[] values;

  PreparedPicture(
      Rescaling picture, Size resized, DetectionMethod method, Preprocessing preprocessing) {
    this.picture = picture.size();
    this.resized = resized;
    this.method = method;
    this.preprocessing = preprocessing;
    int pitch = resized.width() * picture.channels();
    values = new float[Math.multiplyExact(resized.height(), pitch)];
    picture.write(resized, preprocessing.normalization(), values, 0, pitch);
  }

  /** {@return the size of the picture itself, in whose pixels boxes are given} */
  public Size picture() {
    return picture;
  }

  /** {@return the size that it was resized to: pictures of one size are best computed together} */
  public Size resized() {
    return resized;
  }

  boolean isFor(DetectionMethod method, Preprocessing preprocessing) {
    return this.method.equals(method) && this.preprocessing.equals(preprocessing);
  }

  /** Writes it into the upper left of an image whose rows are {@code pitch} floats apart. */
  void write(float[] into, int image, int pitch) {
    int row = values.length / resized.height();
    for (int y = 0; y < resized.height(); y++) {
      System.arraycopy(values, y * row, into, image + y * pitch, row);
    }
  }
}
