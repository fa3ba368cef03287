package stride.image;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import stride.format.FormatException;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/**
 * How a picture becomes a network's input: fitted to its shape, then normalised.
 *
 * @param fit how a picture of any size becomes an image of the network's shape
 * @param shape the network's input, (H, W, C)
 * @param normalization of each channel
 */
public record Preprocessing(Fit fit, Shape shape, Normalization normalization) {
  public Preprocessing {
    if (normalization.channels() != shape.channels()) {
      throw new IllegalArgumentException(
          "a normalisation of %d channels does not fit images of %s"
              .formatted(normalization.channels(), shape));
    }
    if (fit == Fit.DIGIT
        && !(shape.isImage() && shape.height() == shape.width() && shape.channels() == 1)) {
      throw new IllegalArgumentException(
          "digits are prepared as square images of 1 channel, not of " + shape);
    }
  }

  /** How a picture of any size is fitted to a shape. */
  public enum Fit {
    /** One drawn digit, made to look like MNIST's: light on dark, cut out, centred. */
    DIGIT,
    /** The whole picture, scaled to the shape. */
    RESIZE
  }

  /** Scales pictures, leaves their values as they are. */
  public static Preprocessing none(Shape shape) {
    return new Preprocessing(Fit.RESIZE, shape, Normalization.none(shape.channels()));
  }

  /**
   * Reads a picture and fits it to the shape, not yet normalised.
   *
   * @return an image of the shape, values in [0, 1]
   * @throws FormatException if the file is no picture, damaged or too large, or no digit is found
   *     where one is expected
   * @throws stride.format.FileException if it cannot be read
   */
  public Tensor prepare(Path file) throws IOException {
    var picture = Pictures.read(file);
    try {
      return prepare(picture);
    } catch (FormatException e) {
      throw new FormatException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Fits a picture to the shape, not yet normalised.
   *
   * @return an image of the shape, values in [0, 1]
   * @throws FormatException if no digit is found where one is expected
   * @throws IllegalStateException if the shape is not that of a grey or colour image
   */
  public Tensor prepare(BufferedImage picture) throws FormatException {
    if (!shape.isImage() || (shape.channels() != 1 && shape.channels() != 3)) {
      throw new IllegalStateException(
          "a picture has 1 or 3 channels, the network takes inputs of " + shape);
    }
    return switch (fit) {
      case DIGIT -> new DigitPreparation(shape.height()).prepare(picture);
      case RESIZE -> {
        var pixels = shape.channels() == 1 ? Pixels.grey(picture) : Pixels.rgb(picture);
        yield Resize.to(pixels, shape.height(), shape.width(), Resampling.BILINEAR).toTensor();
      }
    };
  }

  /** A normalised copy of an image with values in [0, 1]. */
  public Tensor normalize(Tensor image) {
    float[] values = image.data().clone();
    normalization.apply(values, 0, values.length);
    return new Tensor(image.shape(), values);
  }
}
