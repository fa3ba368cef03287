package stride.image;

import stride.format.FormatException;
import stride.image.Resize.Span;
import stride.tensor.Shape;

/** What fits of pictures to shapes share. */
final class Fitting {
  private Fitting() {}

  /**
   * The channels of pictures that are fitted to a shape.
   *
   * @throws IllegalStateException if it is not that of a grey or colour image
   */
  static int channels(Shape shape) {
    if (!shape.isImage() || (shape.channels() != 1 && shape.channels() != 3)) {
      throw new IllegalStateException(
          "a picture has 1 or 3 channels, the network takes inputs of " + shape);
    }
    return shape.channels();
  }

  /** A part of a picture, resized to a shape. */
  static Image resized(Rows picture, Region part, Shape shape, Resampling filter) {
    return Resize.window(
            picture.part(part), Span.all(shape.width()), Span.all(shape.height()), filter)
        .toImage();
  }

  static Image middle(Rows picture, Shape shape, Fit.Center center) throws FormatException {
    int shorter = Math.min(picture.height(), picture.width());
    int width = resized(picture.width(), shorter, center.shorter());
    int height = resized(picture.height(), shorter, center.shorter());
    var along = Crop.center(width, shape.width());
    var down = Crop.center(height, shape.height());
    return Crop.padded(
            Resize.window(picture, along.within(width), down.within(height), center.filter()),
            along,
            down)
        .toImage();
  }

  /** Where a picture lies in an image of its middle. */
  static Placement placement(int height, int width, Shape shape, Fit.Center center)
      throws FormatException {
    int shorter = Math.min(height, width);
    int wide = resized(width, shorter, center.shorter());
    int high = resized(height, shorter, center.shorter());
    var along = Crop.center(wide, shape.width());
    var down = Crop.center(high, shape.height());
    return new Placement(
        along.before() - along.first(),
        down.before() - down.first(),
        (double) wide / width,
        (double) high / height);
  }

  /** Python's {@code int(size * long / short)}. */
  private static int resized(int side, int shorter, int size) throws FormatException {
    double resized = (double) ((long) size * side) / shorter;
    if (resized > Integer.MAX_VALUE) {
      throw new FormatException(
          "the picture is too narrow: with its shorter side of %d pixels resized to %d, the other one has %,.0f"
              .formatted(shorter, size, resized));
    }
    return (int) resized;
  }
}
