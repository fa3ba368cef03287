package stride.image;

import java.util.Optional;
import stride.format.FormatException;
import stride.tensor.Shape;

/**
 * How a picture of any size becomes an image of a network's input shape. One of your own is a
 * record: a model file holds its name and its components, as it does those of an operation; see
 * {@link FitTypes}. Thread-safe.
 *
 * <pre>{@code
 * record UpperLeft() implements Fit {
 *   public Image fit(Picture picture, Shape shape) {
 *     return picture.rgb().crop(new Region(0, 0, shape.height(), shape.width())).toImage();
 *   }
 * }
 * }</pre>
 */
public interface Fit {
  /**
   * Fits a picture to a shape, not yet normalised.
   *
   * @param shape one that {@link #check} lets pass
   * @return an image of the shape
   * @throws FormatException if the picture cannot be fitted; the message does not name its file
   * @throws IllegalStateException if the shape is none of pictures
   */
  Image fit(Picture picture, Shape shape) throws FormatException;

  /**
   * Checks that pictures can be fitted to a shape; by default every shape passes.
   *
   * @throws IllegalArgumentException if they cannot
   */
  default void check(Shape shape) {}

  /**
   * Returns the fit that takes the place of this one for images of another size: by default this.
   */
  default Fit ofSize(Shape from, Shape to) {
    return this;
  }

  /**
   * Returns the filter with which a part of a picture is resized to the shape, for instance by
   * random crops; empty, as by default, if only whole pictures are fitted.
   */
  default Optional<Resampling> resampling() {
    return Optional.empty();
  }

  /**
   * Returns this fit with another filter.
   *
   * @throws IllegalStateException if it has none that can be chosen, as by default
   */
  default Fit withResampling(Resampling filter) {
    throw new IllegalStateException(this + " does not resize with a filter that can be chosen");
  }

  /**
   * Returns where a picture lies in the image that it is fitted to, so that boxes around what it
   * shows can be moved along; empty, as by default, if that is not known.
   *
   * @param height the picture's rows
   * @param width the picture's columns
   * @throws FormatException if a picture of this size cannot be fitted
   */
  default Optional<Placement> placement(int height, int width, Shape shape) throws FormatException {
    return Optional.empty();
  }

  /**
   * The whole picture, stretched or squeezed to the shape.
   *
   * @param filter of the resizing
   */
  record Stretch(Resampling filter) implements Fit {
    @Override
    public Image fit(Picture picture, Shape shape) {
      var all = new Region(0, 0, picture.height(), picture.width());
      return Fitting.resized(picture.rows(Fitting.channels(shape)), all, shape, filter);
    }

    @Override
    public Optional<Resampling> resampling() {
      return Optional.of(filter);
    }

    @Override
    public Fit withResampling(Resampling other) {
      return new Stretch(other);
    }

    @Override
    public Optional<Placement> placement(int height, int width, Shape shape) {
      return Optional.of(
          new Placement(0, 0, (double) shape.width() / width, (double) shape.height() / height));
    }
  }

  /**
   * The middle of the picture: its shorter side is resized to a length and the longer one with it,
   * then the shape is cut out of the middle, as torchvision's {@code Resize(shorter)} and {@code
   * CenterCrop} do. Only what is cut out is computed.
   *
   * @param shorter the length of the shorter side in pixels; the longer one's is rounded down
   * @param filter of the resizing
   */
  record Center(int shorter, Resampling filter) implements Fit {
    public Center {
      if (shorter < 1) {
        throw new IllegalArgumentException(
            "the shorter side is resized to at least 1 pixel, found " + shorter);
      }
    }

    @Override
    public Image fit(Picture picture, Shape shape) throws FormatException {
      return Fitting.middle(picture.rows(Fitting.channels(shape)), shape, this);
    }

    /** The same part of the picture: the shorter side changes as the image's does. */
    @Override
    public Fit ofSize(Shape from, Shape to) {
      return new Center(
          Math.max(1, (int) Math.round((double) shorter * side(to) / side(from))), filter);
    }

    private static int side(Shape image) {
      return Math.min(image.height(), image.width());
    }

    @Override
    public Optional<Resampling> resampling() {
      return Optional.of(filter);
    }

    @Override
    public Fit withResampling(Resampling other) {
      return new Center(shorter, other);
    }

    @Override
    public Optional<Placement> placement(int height, int width, Shape shape)
        throws FormatException {
      return Optional.of(Fitting.placement(height, width, shape, this));
    }
  }
}
