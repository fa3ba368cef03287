package stride.image;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
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
    fit.check(shape);
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

  /**
   * Returns this preprocessing for the middle of a picture whose shorter side is resized to this
   * many pixels.
   */
  public Preprocessing resize(int shorter) {
    return new Preprocessing(
        new Fit.Center(shorter, fit.resampling().orElse(Resampling.BILINEAR)),
        shape,
        normalization);
  }

  /**
   * Returns this preprocessing with another filter.
   *
   * @throws IllegalStateException if pictures are not resized with one
   */
  public Preprocessing filter(Resampling filter) {
    return new Preprocessing(fit.withResampling(filter), shape, normalization);
  }

  /** Returns this preprocessing with another normalisation. */
  public Preprocessing normalization(Normalization other) {
    return new Preprocessing(fit, shape, other);
  }

  /**
   * Returns this preprocessing for images of another size. Where the middle of a picture is cut
   * out, it stays the same part of the picture.
   */
  public Preprocessing ofSize(Shape other) {
    return new Preprocessing(fit.ofSize(shape, other), other, normalization);
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
  public Image prepare(Path file) throws IOException {
    return prepare(file, PictureOptions.STANDARD);
  }

  /** Reads a picture, as the options say, and fits it to the shape, not yet normalised. */
  public Image prepare(Path file, PictureOptions options) throws IOException {
    return Pictures.with(PictureFile.of(file, options), options, this::prepare);
  }

  /** Reads a picture from a file's bytes and fits it to the shape, not yet normalised. */
  public Image prepare(byte[] file) throws IOException {
    return prepare(file, PictureOptions.STANDARD);
  }

  /** Reads a picture from a file's bytes, as the options say, and fits it to the shape. */
  public Image prepare(byte[] file, PictureOptions options) throws IOException {
    return Pictures.with(PictureFile.of(file, options), options, this::prepare);
  }

  /**
   * Reads a picture from a stream and fits it to the shape, not yet normalised. The stream is not
   * closed.
   */
  public Image prepare(InputStream stream) throws IOException {
    return prepare(stream, PictureOptions.STANDARD);
  }

  /** Reads a picture from a stream, as the options say, and fits it to the shape. */
  public Image prepare(InputStream stream, PictureOptions options) throws IOException {
    return Pictures.with(PictureFile.of(stream, options), options, this::prepare);
  }

  /**
   * Reads a picture, as the options say, and resizes a part of it to the shape, not yet normalised,
   * as torchvision's {@code resized_crop} does.
   *
   * @param part which part, by the picture's size
   */
  public Image prepare(Path file, Region.Choice part, PictureOptions options) throws IOException {
    return Pictures.with(
        PictureFile.of(file, options),
        options,
        picture ->
            part(
                picture.rows(Fitting.channels(shape)), part.of(picture.height(), picture.width())));
  }

  /** Reads a picture from a file's bytes and resizes a part of it, as from a file. */
  public Image prepare(byte[] file, Region.Choice part, PictureOptions options) throws IOException {
    return Pictures.with(
        PictureFile.of(file, options),
        options,
        picture ->
            part(
                picture.rows(Fitting.channels(shape)), part.of(picture.height(), picture.width())));
  }

  /**
   * Fits a picture to the shape, not yet normalised.
   *
   * @return an image of the shape, values in [0, 1]
   * @throws FormatException if the picture cannot be fitted: no digit is found where one is
   *     expected, or it is too narrow to be resized
   * @throws IllegalStateException if the shape is not that of a grey or colour image
   */
  public Image prepare(Picture picture) throws FormatException {
    Arguments.given(picture, "the picture is null");
    var image = fit.fit(picture, shape);
    if (!image.shape().equals(shape)) {
      throw new IllegalStateException(
          "%s makes an image of %s, asked for %s".formatted(fit, image.shape(), shape));
    }
    return image;
  }

  /** Fits a picture of AWT to the shape, not yet normalised. */
  public Image prepare(BufferedImage picture) throws FormatException {
    return prepare(Picture.of(picture));
  }

  /**
   * Resizes a part of a picture to the shape, not yet normalised, as torchvision's {@code
   * resized_crop} does.
   *
   * @return an image of the shape, values in [0, 1]
   */
  public Image prepare(BufferedImage picture, Region region) {
    return part(Picture.of(picture).rows(Fitting.channels(shape)), region);
  }

  /** Resizes a part of a picture that has been decoded, with the shape's channels. */
  public Image prepare(Pixels picture, Region region) {
    Arguments.given(picture, "the picture is null");
    return part(Rows.of(picture), region);
  }

  private Image part(Rows picture, Region region) {
    return Fitting.resized(picture, region, shape, fit.resampling().orElse(Resampling.BILINEAR));
  }

  /**
   * A normalised copy of an image: what the network takes.
   *
   * @param image of the shape that pictures are fitted to, values in [0, 1]
   * @throws IllegalArgumentException if it is of another shape
   */
  public Tensor normalize(Image image) {
    requireShape(image.shape());
    float[] values = image.data().clone();
    normalization.apply(values, 0, values.length);
    return new Tensor(image.shape(), values);
  }

  /**
   * Undoes {@link #normalize}: turns a normalised tensor, such as an autoencoder's output, back
   * into an image. Values may lie outside of [0, 1].
   *
   * @param normalized of the shape that pictures are fitted to
   * @throws IllegalArgumentException if it is of another shape
   */
  public Image denormalize(Tensor normalized) {
    requireShape(normalized.shape());
    float[] values = normalized.data().clone();
    normalization.undo(values, 0, values.length);
    return new Image(new Tensor(shape, values));
  }

  private void requireShape(Shape given) {
    if (!given.equals(shape)) {
      throw new IllegalArgumentException(
          "the network takes inputs of %s, found %s".formatted(shape, given));
    }
  }
}
