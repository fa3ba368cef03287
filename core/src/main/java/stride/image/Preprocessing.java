package stride.image;

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

  /** A normalised copy of an image with values in [0, 1]. */
  public Tensor normalize(Tensor image) {
    float[] values = image.data().clone();
    normalization.apply(values, 0, values.length);
    return new Tensor(image.shape(), values);
  }
}
