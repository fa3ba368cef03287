package stride.style;

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
    if (isOneColour(picture)) {
      throw new IllegalArgumentException(
          "a style of %dx%d pixels of one colour has nothing to learn: take a picture of a painting"
              .formatted(picture.width(), picture.height()));
    }
  }

  private static boolean isOneColour(Pixels picture) {
    byte[] data = picture.data();
    for (int i = 3; i < data.length; i++) {
      if (data[i] != data[i % 3]) {
        return false;
      }
    }
    return true;
  }
}
