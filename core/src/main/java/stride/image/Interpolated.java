package stride.image;

import java.util.Optional;
import stride.tensor.Shape;

/**
 * The whole picture, stretched or squeezed to the shape as OpenCV's {@code resize} does it: between
 * the four pixels around a place, without averaging where the picture becomes smaller; see {@link
 * Pixels#interpolate}.
 */
public record Interpolated() implements Fit {
  @Override
  public Image fit(Picture picture, Shape shape) {
    var pixels = Fitting.channels(shape) == 1 ? picture.grey() : picture.rgb();
    return pixels.interpolate(shape.height(), shape.width()).toImage();
  }

  @Override
  public Optional<Placement> placement(int height, int width, Shape shape) {
    return Optional.of(
        new Placement(0, 0, (double) shape.width() / width, (double) shape.height() / height));
  }
}
