package stride.image;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import stride.format.AtomicFiles;
import stride.image.Resize.Span;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/**
 * An 8-bit image, (height, width, channels), row-major: 0 is dark, 255 is light.
 *
 * @param height rows, at least 1
 * @param width columns, at least 1
 * @param channels at least 1
 * @param data unsigned bytes; shared with the caller, not copied
 */
public record Pixels(int height, int width, int channels, byte[] data) {
  /**
   * Makes an image.
   *
   * @throws IllegalArgumentException if a size is below 1 or does not fit the data
   */
  public Pixels {
    if (height < 1
        || width < 1
        || channels < 1
        || data.length != (long) height * width * channels) {
      throw new IllegalArgumentException(
          "an image of %dx%dx%d has %d bytes, found %d"
              .formatted(height, width, channels, (long) height * width * channels, data.length));
    }
  }

  /**
   * Returns a picture's red, green and blue as PIL's {@code convert("RGB")} gives them:
   * transparency and colour profiles are ignored, 16-bit colours keep their upper 8 bits, 16-bit
   * grey values are cut off at 255, and CMYK becomes the light that black leaves, less each ink's
   * part of it.
   *
   * @param picture the picture
   * @return an image of 3 channels
   */
  public static Pixels rgb(BufferedImage picture) {
    Arguments.given(picture, "the picture is null");
    return BufferedRows.rgb(picture).toPixels();
  }

  /**
   * Returns a picture's grey values as PIL's {@code convert("L")} gives them: colours are weighted
   * with 0.299 red, 0.587 green and 0.114 blue in 16-bit fixed point.
   *
   * @param picture the picture
   * @return an image of 1 channel
   */
  public static Pixels grey(BufferedImage picture) {
    Arguments.given(picture, "the picture is null");
    return BufferedRows.grey(picture).toPixels();
  }

  /**
   * Returns the image in another size, with the same bytes as PIL's {@code resize}: antialiased,
   * first along rows, then along columns, in fixed point.
   *
   * @param height rows of the result, at least 1
   * @param width columns of the result, at least 1
   * @param filter the filter
   * @return the resized image
   * @throws IllegalArgumentException if a size is below 1
   */
  public Pixels resize(int height, int width, Resampling filter) {
    if (height == this.height && width == this.width) {
      return this;
    }
    return Resize.window(Rows.of(this), Span.all(width), Span.all(height), filter);
  }

  /**
   * Returns the image in another size, with the same bytes as OpenCV's {@code resize} with {@code
   * INTER_LINEAR}: between the four pixels around a place, not antialiased, in fixed point.
   *
   * @param height rows of the result, at least 1
   * @param width columns of the result, at least 1
   * @return the resized image
   * @throws IllegalArgumentException if a size is below 1
   */
  public Pixels interpolate(int height, int width) {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "an image is resized to at least 1x1 pixels, found %dx%d".formatted(height, width));
    }
    return height == this.height && width == this.width
        ? this
        : FixedPoint.resize(this, height, width);
  }

  /**
   * Returns the middle of the image, as torchvision's {@code CenterCrop} does: a smaller image is
   * surrounded by zeros.
   *
   * @param height rows of the result, at least 1
   * @param width columns of the result, at least 1
   * @return the cropped image
   * @throws IllegalArgumentException if a size is below 1
   */
  public Pixels centerCrop(int height, int width) {
    var down = Crop.center(this.height, height);
    var along = Crop.center(this.width, width);
    return Crop.padded(
        Resize.window(
            Rows.of(this), along.within(this.width), down.within(this.height), Resampling.BOX),
        along,
        down);
  }

  /**
   * Returns some of the channels.
   *
   * @param chosen the channels' numbers, from 0 on, in the order of the result
   * @return an image with these channels
   * @throws IndexOutOfBoundsException if there is no such channel
   */
  public Pixels select(int... chosen) {
    return Rows.of(this).select(chosen).toPixels();
  }

  /**
   * Returns the grey values of red, green and blue, the first three channels, as PIL's {@code
   * convert("L")} gives them.
   *
   * @return an image of 1 channel
   * @throws IndexOutOfBoundsException if there are fewer than 3 channels
   */
  public Pixels luminance() {
    return Rows.of(this).select(0, 1, 2).luminance().toPixels();
  }

  /**
   * Returns a part of the image.
   *
   * @param part the part
   * @return a copy of the part
   * @throws IllegalArgumentException if it is not within the image
   */
  public Pixels crop(Region part) {
    return Rows.of(this).part(part).toPixels();
  }

  /**
   * Returns the image as the bytes of a PNG file: grey, grey with opacity, red, green and blue, or
   * these with opacity, by its 1 to 4 channels. AWT is not needed.
   *
   * @throws IllegalArgumentException if it has more than 4 channels
   */
  public byte[] toPng() {
    return PngWriter.written(this);
  }

  /**
   * Writes the image as a PNG file, atomically.
   *
   * @throws IllegalArgumentException if it has more than 4 channels
   * @throws IOException if the file cannot be written
   */
  public void savePng(Path file) throws IOException {
    byte[] png = toPng();
    AtomicFiles.write(file, out -> out.write(png));
  }

  /** {@return the image as numbers in [0, 1], (H, W, C)} */
  public Image toImage() {
    var values = new float[data.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (data[i] & 0xFF) / 255f;
    }
    return new Image(new Tensor(Shape.image(height, width, channels), values));
  }
}
