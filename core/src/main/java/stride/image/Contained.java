package stride.image;

import java.util.Optional;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/**
 * The whole picture, as large as the shape has room for it without stretching, in the upper left
 * corner; the rest is 0. Detectors that take pictures of any size learn from such images.
 *
 * @param filter of the resizing
 */
public record Contained(Resampling filter) implements Fit {
  @Override
  public Image fit(Picture picture, Shape shape) {
    var placed = at(picture.height(), picture.width(), shape);
    int height = side(placed.down() * picture.height(), shape.height());
    int width = side(placed.along() * picture.width(), shape.width());
    int channels = Fitting.channels(shape);
    var all = new Region(0, 0, picture.height(), picture.width());
    var part =
        Fitting.resized(picture.rows(channels), all, Shape.image(height, width, channels), filter);
    float[] values = new float[shape.elements()];
    for (int y = 0; y < height; y++) {
      System.arraycopy(
          part.data(),
          y * width * channels,
          values,
          y * shape.width() * channels,
          width * channels);
    }
    return new Image(new Tensor(shape, values));
  }

  private static int side(double length, int most) {
    return Math.clamp(Math.round(length), 1, most);
  }

  private static Placement at(int height, int width, Shape shape) {
    double scale = Math.min((double) shape.width() / width, (double) shape.height() / height);
    return new Placement(0, 0, scale, scale);
  }

  @Override
  public Optional<Resampling> resampling() {
    return Optional.of(filter);
  }

  @Override
  public Fit withResampling(Resampling other) {
    return new Contained(other);
  }

  @Override
  public Optional<Placement> placement(int height, int width, Shape shape) {
    return Optional.of(at(height, width, shape));
  }
}
