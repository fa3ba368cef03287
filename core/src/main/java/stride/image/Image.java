package stride.image;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import stride.format.AtomicFiles;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/**
 * An image as a model is asked about it: values in [0, 1], not yet normalised. {@link
 * Preprocessing#prepare} makes one of a picture, {@link Preprocessing#normalize} the tensor of one
 * that a network takes. An image may also be made of the output of a network, to be looked at.
 *
 * @param values (H, W, C) for pictures, of any shape for networks that take something else; shared
 *     with the caller, not copied
 */
public record Image(Tensor values) {
  /** An image of values that must not be null. */
  public Image {
    Arguments.given(values, "the image is null");
  }

  /** Returns an image whose values are all 0. */
  public static Image zeros(Shape shape) {
    return new Image(Tensor.zeros(shape));
  }

  /**
   * Returns a picture of AWT as an image: a grey one with 1 channel, any other with 3 (red, green,
   * blue). Transparency is ignored.
   */
  public static Image of(BufferedImage picture) {
    return Picture.of(picture).toImage();
  }

  /** The image's shape, (H, W, C) of a picture. */
  public Shape shape() {
    return values.shape();
  }

  /** The image's values; shared, not copied. */
  public float[] data() {
    return values.data();
  }

  /** The value at an index, one number a dimension. */
  public float at(int... index) {
    return values.at(index);
  }

  /**
   * Returns the image as bytes: 0 for values of 0 and below, 255 for values of 1 and above, those
   * between are rounded.
   *
   * @throws IllegalArgumentException if the shape is not (H, W, C), or a value is not a number
   */
  public Pixels toPixels() {
    var shape = shape();
    if (!shape.isImage()) {
      throw new IllegalArgumentException(
          "a picture is made of values of height x width x channels, found " + shape);
    }
    float[] from = data();
    var bytes = new byte[from.length];
    for (int i = 0; i < bytes.length; i++) {
      if (Float.isNaN(from[i])) {
        throw new IllegalArgumentException(
            "a picture is made of numbers from 0 to 1, found NaN (value %d)".formatted(i));
      }
      bytes[i] = (byte) Math.round(255 * Math.clamp(from[i], 0f, 1f));
    }
    return new Pixels(shape.height(), shape.width(), shape.channels(), bytes);
  }

  /**
   * Returns the image as a picture of AWT: grey, grey with opacity, red, green and blue, or these
   * with opacity, by its 1 to 4 channels.
   *
   * @throws IllegalArgumentException if the shape is not (H, W, C) with 1 to 4 channels, or a value
   *     is not a number
   */
  public BufferedImage toBufferedImage() {
    return BufferedPictures.of(PngWriter.requirePicture(toPixels()));
  }

  /**
   * Returns the image as the bytes of a PNG file: grey, grey with opacity, red, green and blue, or
   * these with opacity, by its 1 to 4 channels. AWT is not needed.
   *
   * @throws IllegalArgumentException if the shape is not (H, W, C) with 1 to 4 channels, or a value
   *     is not a number
   */
  public byte[] toPng() {
    return PngWriter.written(toPixels());
  }

  /**
   * Writes the image as a PNG file, atomically.
   *
   * @throws IllegalArgumentException if the shape is not (H, W, C) with 1 to 4 channels, or a value
   *     is not a number
   * @throws IOException if the file cannot be written
   */
  public void savePng(Path file) throws IOException {
    byte[] png = toPng();
    AtomicFiles.write(file, out -> out.write(png));
  }

  /** One line: the shape. */
  @Override
  public String toString() {
    return "Image(" + shape() + ")";
  }
}
