package stride.style;

import java.util.function.IntToDoubleFunction;
import stride.image.Pixels;

/**
 * A painting to learn a style from.
 *
 * @param picture red, green and blue
 * @param weight above 0: how much of this style beside others; only the relation counts
 */
public record Style(Pixels picture, double weight) {
  /**
   * A style with a weight that may be.
   *
   * @throws IllegalArgumentException if the picture has not three channels or is of one colour, or
   *     the weight is not above 0
   */
  public Style {
    if (picture.channels() != 3) {
      throw new IllegalArgumentException(
          "a style has red, green and blue, found %d channels".formatted(picture.channels()));
    }
    if (!(weight > 0 && weight < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("a style's weight is above 0, found " + weight);
    }
    byte[] data = picture.data();
    requireColours(picture.height(), picture.width(), i -> data[i]);
  }

  /**
   * Checks that there is something to learn.
   *
   * @param value gives the values of a painting (H, W, 3)
   * @throws IllegalArgumentException if all pixels have the same colour
   */
  static void requireColours(int height, int width, IntToDoubleFunction value) {
    for (int i = 3; i < 3 * height * width; i++) {
      if (value.applyAsDouble(i) != value.applyAsDouble(i % 3)) {
        return;
      }
    }
    throw new IllegalArgumentException(
        "a style of %dx%d pixels of one colour has nothing to learn: take a picture of a painting"
            .formatted(width, height));
  }
}
