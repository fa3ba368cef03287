package stride.detection;

import org.jspecify.annotations.Nullable;
import stride.image.Image;
import stride.image.Neighbours;
import stride.image.Normalization;
import stride.image.Picture;
import stride.image.Pixels;
import stride.layer.Size;

/**
 * A picture of another size in a batch: normalised, then interpolated bilinearly between pixels'
 * middles, without averaging where it becomes smaller. PyTorch's {@code interpolate(mode =
 * "bilinear", align_corners = False)}, as torchvision's detectors prepare their pictures; or
 * interpolated as bytes before.
 */
final class Rescaling {
  private static final float BYTE = 1 / 255f;

  private final Size from;
  private final int channels;
  private final RowSource rows;

  /** What is resized as bytes, before anything else; null if it is not. */
  private final @Nullable Pixels bytes;

  /** Writes a row of a picture as numbers in [0, 1]. */
  private interface RowSource {
    void read(int y, float[] into);
  }

  private Rescaling(Size from, int channels, RowSource rows, @Nullable Pixels bytes) {
    this.from = from;
    this.channels = channels;
    this.rows = rows;
    this.bytes = bytes;
  }

  /**
   * A picture that becomes an input of so many channels, 1 or 3.
   *
   * @param bytes whether it is resized as bytes, as OpenCV does, and then normalised
   */
  static Rescaling of(Picture picture, int channels, boolean bytes) {
    return of(channels == 1 ? picture.grey() : picture.rgb(), bytes);
  }

  private static Rescaling of(Pixels pixels, boolean bytes) {
    int width = pixels.width() * pixels.channels();
    byte[] data = pixels.data();
    return new Rescaling(
        new Size(pixels.height(), pixels.width()),
        pixels.channels(),
        (y, into) -> {
          for (int i = 0; i < width; i++) {
            into[i] = (data[y * width + i] & 0xff) * BYTE;
          }
        },
        bytes ? pixels : null);
  }

  /** An image of any height and width. */
  static Rescaling of(Image image) {
    var shape = image.shape();
    int width = shape.width() * shape.channels();
    return new Rescaling(
        new Size(shape.height(), shape.width()),
        shape.channels(),
        (y, into) -> System.arraycopy(image.data(), y * width, into, 0, width),
        null);
  }

  Size size() {
    return from;
  }

  int channels() {
    return channels;
  }

  /**
   * Writes the picture in another size into the upper left of an image.
   *
   * @param image where the image begins, whose rows are {@code pitch} floats apart
   */
  void write(Size to, Normalization normalization, float[] into, int image, int pitch) {
    if (bytes != null && !to.equals(from)) {
      of(bytes.interpolate(to.height(), to.width()), false)
          .write(to, normalization, into, image, pitch);
      return;
    }
    var columns = axis(from.width(), to.width());
    var lines = axis(from.height(), to.height());
    int length = from.width() * channels;
    float[] upper = new float[length];
    float[] lower = new float[length];
    int upperLine = -1;
    int lowerLine = -1;
    for (int y = 0; y < to.height(); y++) {
      int first = lines.first()[y];
      int second = lines.second()[y];
      if (first == lowerLine) {
        float[] swapped = upper;
        upper = lower;
        lower = swapped;
        upperLine = lowerLine;
        lowerLine = -1;
      }
      if (first != upperLine) {
        rows.read(first, upper);
        normalization.apply(upper, 0, length);
        upperLine = first;
      }
      if (second != first && second != lowerLine) {
        rows.read(second, lower);
        normalization.apply(lower, 0, length);
        lowerLine = second;
      }
      row(
          columns,
          upper,
          second == first ? upper : lower,
          lines.share()[y],
          into,
          image + y * pitch);
    }
  }

  private void row(
      Neighbours columns, float[] upper, float[] lower, float share, float[] into, int at) {
    for (int x = 0; x < columns.count(); x++) {
      int left = columns.first()[x] * channels;
      int right = columns.second()[x] * channels;
      float part = columns.share()[x];
      for (int c = 0; c < channels; c++) {
        float above = (1 - part) * upper[left + c] + part * upper[right + c];
        float below = (1 - part) * lower[left + c] + part * lower[right + c];
        into[at + x * channels + c] = (1 - share) * above + share * below;
      }
    }
  }

  /** PyTorch computes places in float. */
  private static Neighbours axis(int pixels, int places) {
    float scale = (float) pixels / places;
    return Neighbours.of(places, pixels, i -> (i + 0.5f) * scale - 0.5f);
  }
}
