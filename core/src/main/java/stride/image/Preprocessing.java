package stride.image;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import stride.format.FormatException;
import stride.image.Resize.Span;
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
    if (fit instanceof Fit.Digit
        && !(shape.isImage() && shape.height() == shape.width() && shape.channels() == 1)) {
      throw new IllegalArgumentException(
          "digits are prepared as square images of 1 channel, not of " + shape);
    }
  }

  /** Scales pictures bilinearly, leaves their values as they are. */
  public static Preprocessing none(Shape shape) {
    return new Preprocessing(
        new Fit.Stretch(Resampling.BILINEAR), shape, Normalization.none(shape.channels()));
  }

  /**
   * What torchvision does before most of its networks ({@code ImageClassification}): the shorter
   * side is resized to 256 bilinearly, a square is cut out of the middle, and ImageNet's mean and
   * standard deviation normalise it. {@code imageNet(299).resize(342)} is Inception's, {@code
   * imageNet(224).filter(BICUBIC)} EfficientNet-B0's.
   *
   * @param side of the square in pixels, mostly 224
   */
  public static Preprocessing imageNet(int side) {
    return new Preprocessing(
        new Fit.Center(256, Resampling.BILINEAR),
        Shape.image(side, side, 3),
        Normalization.IMAGENET);
  }

  /** The same for the middle of a picture whose shorter side is resized to this many pixels. */
  public Preprocessing resize(int shorter) {
    return new Preprocessing(new Fit.Center(shorter, filter()), shape, normalization);
  }

  /**
   * The same with another filter.
   *
   * @throws IllegalStateException if digits are prepared
   */
  public Preprocessing filter(Resampling filter) {
    return switch (fit) {
      case Fit.Digit _ -> throw new IllegalStateException("digits are not resized with a filter");
      case Fit.Stretch _ -> new Preprocessing(new Fit.Stretch(filter), shape, normalization);
      case Fit.Center(int shorter, _) ->
          new Preprocessing(new Fit.Center(shorter, filter), shape, normalization);
    };
  }

  /** The same with another normalisation. */
  public Preprocessing normalization(Normalization other) {
    return new Preprocessing(fit, shape, other);
  }

  /**
   * The same for images of another size. Where the middle of a picture is cut out, it stays the
   * same part of the picture.
   */
  public Preprocessing ofSize(Shape other) {
    var fitted =
        fit instanceof Fit.Center(int shorter, var filter)
            ? new Fit.Center(
                Math.max(1, (int) Math.round((double) shorter * side(other) / side(shape))), filter)
            : fit;
    return new Preprocessing(fitted, other, normalization);
  }

  private static int side(Shape image) {
    return Math.min(image.height(), image.width());
  }

  private Resampling filter() {
    return switch (fit) {
      case Fit.Digit _ -> Resampling.BILINEAR;
      case Fit.Stretch(var filter) -> filter;
      case Fit.Center(_, var filter) -> filter;
    };
  }

  /**
   * Reads a picture and fits it to the shape, not yet normalised.
   *
   * @param file of any file system
   * @return an image of the shape, values in [0, 1]
   * @throws FormatException if the file is no picture, damaged or too large, or no digit is found
   *     where one is expected
   * @throws stride.format.FileException if it cannot be read
   * @throws IllegalArgumentException if an argument is null
   */
  public Tensor prepare(Path file) throws IOException {
    return prepare(file, PictureOptions.STANDARD);
  }

  /** Reads a picture, as the options say, and fits it to the shape, not yet normalised. */
  public Tensor prepare(Path file, PictureOptions options) throws IOException {
    return Pictures.with(PictureFile.of(file, options), options, this::prepare);
  }

  /** Reads a picture from a file's bytes and fits it to the shape, not yet normalised. */
  public Tensor prepare(byte[] file) throws IOException {
    return prepare(file, PictureOptions.STANDARD);
  }

  /** The same, as the options say. */
  public Tensor prepare(byte[] file, PictureOptions options) throws IOException {
    return Pictures.with(PictureFile.of(file, options), options, this::prepare);
  }

  /**
   * Reads a picture from a stream and fits it to the shape, not yet normalised. The stream is not
   * closed.
   */
  public Tensor prepare(InputStream stream) throws IOException {
    return prepare(stream, PictureOptions.STANDARD);
  }

  /** The same, as the options say. */
  public Tensor prepare(InputStream stream, PictureOptions options) throws IOException {
    return Pictures.with(PictureFile.of(stream, options), options, this::prepare);
  }

  /**
   * Reads a picture, as the options say, and resizes a part of it to the shape, not yet normalised,
   * as torchvision's {@code resized_crop} does.
   *
   * @param part which part, by the picture's size
   */
  public Tensor prepare(Path file, Region.Choice part, PictureOptions options) throws IOException {
    return Pictures.with(
        PictureFile.of(file, options),
        options,
        picture ->
            prepare(picture.rows(shape.channels()), part.of(picture.height(), picture.width())));
  }

  /**
   * Fits a picture to the shape, not yet normalised.
   *
   * @return an image of the shape, values in [0, 1]
   * @throws FormatException if no digit is found where one is expected, or the picture is too
   *     narrow to be resized
   * @throws IllegalStateException if the shape is not that of a grey or colour image
   */
  public Tensor prepare(Picture picture) throws FormatException {
    Arguments.given(picture, "the picture is null");
    requireGreyOrColour();
    return fit instanceof Fit.Digit
        ? new DigitPreparation(shape.height()).prepare(picture)
        : fitted(picture.rows(shape.channels()));
  }

  /** The same of a picture of AWT. */
  public Tensor prepare(BufferedImage picture) throws FormatException {
    Arguments.given(picture, "the picture is null");
    requireGreyOrColour();
    return fit instanceof Fit.Digit
        ? new DigitPreparation(shape.height()).prepare(picture)
        : fitted(rows(picture));
  }

  private void requireGreyOrColour() {
    if (!shape.isImage() || (shape.channels() != 1 && shape.channels() != 3)) {
      throw new IllegalStateException(
          "a picture has 1 or 3 channels, the network takes inputs of " + shape);
    }
  }

  private Tensor fitted(Rows picture) throws FormatException {
    return fit instanceof Fit.Center center
        ? middle(picture, center).toTensor()
        : prepare(picture, new Region(0, 0, picture.height(), picture.width()));
  }

  /**
   * Resizes a part of a picture to the shape, not yet normalised, as torchvision's {@code
   * resized_crop} does.
   *
   * @return an image of the shape, values in [0, 1]
   */
  public Tensor prepare(BufferedImage picture, Region region) {
    Arguments.given(picture, "the picture is null");
    return prepare(rows(picture), region);
  }

  /** The same of a picture that has been decoded, with the shape's channels. */
  public Tensor prepare(Pixels picture, Region region) {
    Arguments.given(picture, "the picture is null");
    return prepare(Rows.of(picture), region);
  }

  private Tensor prepare(Rows picture, Region region) {
    return Resize.window(
            picture.part(region), Span.all(shape.width()), Span.all(shape.height()), filter())
        .toTensor();
  }

  private Rows rows(BufferedImage picture) {
    return shape.channels() == 1 ? BufferedRows.grey(picture) : BufferedRows.rgb(picture);
  }

  private Pixels middle(Rows picture, Fit.Center center) throws FormatException {
    int shorter = Math.min(picture.height(), picture.width());
    int width = resized(picture.width(), shorter, center.shorter());
    int height = resized(picture.height(), shorter, center.shorter());
    var along = Crop.center(width, shape.width());
    var down = Crop.center(height, shape.height());
    return Crop.padded(
        Resize.window(picture, along.within(width), down.within(height), center.filter()),
        along,
        down);
  }

  /** Python's {@code int(size * long / short)}. */
  private static int resized(int side, int shorter, int size) throws FormatException {
    double resized = (double) ((long) size * side) / shorter;
    if (resized > Integer.MAX_VALUE) {
      throw new FormatException(
          "the picture is too narrow: with its shorter side of %d pixels resized to %d, the other one has %,.0f"
              .formatted(shorter, size, resized));
    }
    return (int) resized;
  }

  /**
   * A normalised copy of an image with values in [0, 1].
   *
   * @param image of the shape that pictures are fitted to
   * @throws IllegalArgumentException if it is of another shape
   */
  public Tensor normalize(Tensor image) {
    if (!image.shape().equals(shape)) {
      throw new IllegalArgumentException(
          "the network takes inputs of %s, found %s".formatted(shape, image.shape()));
    }
    float[] values = image.data().clone();
    normalization.apply(values, 0, values.length);
    return new Tensor(image.shape(), values);
  }
}
