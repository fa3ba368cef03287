package stride.data.digits;

import stride.format.FormatException;
import stride.image.Fit;
import stride.image.Image;
import stride.image.Picture;
import stride.tensor.Shape;

/** One drawn digit, made to look like MNIST's: light on dark, cut out, centred. */
public record Digit() implements Fit {
  @Override
  public Image fit(Picture picture, Shape shape) throws FormatException {
    return new DigitPreparation(shape.height()).prepare(picture);
  }

  @Override
  public void check(Shape shape) {
    if (!shape.isImage() || shape.height() != shape.width() || shape.channels() != 1) {
      throw new IllegalArgumentException(
          "digits are prepared as square images of 1 channel, not of " + shape);
    }
  }

  @Override
  public String toString() {
    return "the preparation of digits";
  }
}
