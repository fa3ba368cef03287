package stride.style;

import stride.image.Image;
import stride.image.Pixels;
import stride.tensor.Tensor;

/**
 * Where a photo is painted: where the mask is light. Where it is dark the photo stays, and between
 * both are mixed.
 *
 * @param picture of one channel
 */
public record Mask(Pixels picture) {
  /**
   * A mask of one channel.
   *
   * @throws IllegalArgumentException if it has others, or is black: nothing would be painted
   */
  public Mask {
    if (picture.channels() != 1) {
      throw new IllegalArgumentException(
          "a mask has one channel, found %d".formatted(picture.channels()));
    }
    boolean black = true;
    for (byte value : picture.data()) {
      black &= value == 0;
    }
    if (black) {
      throw new IllegalArgumentException(
          "a mask that is black everywhere leaves nothing to paint: make it light where the photo"
              + " is to be painted");
    }
  }

  /**
   * {@return the painting where this mask is light, and the photo elsewhere}
   *
   * @param painted red, green and blue
   * @param photo of the same size
   * @throws IllegalArgumentException if photo, painting and mask are not of one size
   */
  public Image between(Image painted, Pixels photo) {
    var shape = painted.shape();
    if (shape.height() != picture.height()
        || shape.width() != picture.width()
        || shape.elements() != photo.data().length) {
      throw new IllegalArgumentException(
          "a mask of %dx%d pixels does not fit a painting of %dx%d"
              .formatted(picture.width(), picture.height(), shape.width(), shape.height()));
    }
    var mixed = Tensor.zeros(shape);
    for (int i = 0; i < mixed.data().length; i++) {
      float painting = (picture.data()[i / 3] & 0xFF) / 255f;
      float before = (photo.data()[i] & 0xFF) / 255f;
      mixed.data()[i] = painting * painted.data()[i] + (1 - painting) * before;
    }
    return new Image(mixed);
  }
}
