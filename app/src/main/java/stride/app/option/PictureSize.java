package stride.app.option;

import stride.image.Pixels;
import stride.image.Resampling;

/** How large a picture is made; its proportions stay. */
public sealed interface PictureSize {
  /** Without an option: the picture's own size, up to HD. */
  PictureSize USUAL = new AtMost(800_000);

  /** {@return by how much the sides of a picture become longer} */
  double factor(int width, int height);

  /**
   * Some pixels.
   *
   * @param pixels in all
   */
  record Area(double pixels) implements PictureSize {
    @Override
    public double factor(int width, int height) {
      return Math.sqrt(pixels / ((double) width * height));
    }
  }

  /**
   * Some pixels, or fewer if the picture has fewer.
   *
   * @param pixels in all
   */
  record AtMost(double pixels) implements PictureSize {
    @Override
    public double factor(int width, int height) {
      return Math.min(1, new Area(pixels).factor(width, height));
    }
  }

  /**
   * As large as fits into a frame.
   *
   * @param width in pixels
   * @param height in pixels
   */
  record Frame(int width, int height) implements PictureSize {
    @Override
    public double factor(int width, int height) {
      return Math.min((double) this.width / width, (double) this.height / height);
    }
  }

  /**
   * {@return the size of a painting whose strokes are learned}
   *
   * @param scale how large it is beside photos: 1 for as many pixels
   * @param height of the photos
   * @param width of the photos
   */
  static PictureSize ofStyle(double scale, int height, int width) {
    return new Area(scale * scale * height * width);
  }

  /** {@return a picture, made so large} */
  default Pixels resize(Pixels picture) {
    double factor = factor(picture.width(), picture.height());
    return picture.resize(
        side(factor, picture.height()), side(factor, picture.width()), Resampling.BICUBIC);
  }

  private static int side(double factor, int length) {
    return (int) Math.max(1, Math.round(factor * length));
  }
}
