package stride.detection;

import stride.layer.Size;

/**
 * How large a picture becomes for a detector that takes any size, as torchvision has it: its
 * shorter side is scaled to a length, or less, so that the longer one is no longer than another.
 *
 * @param shorter the length of the shorter side in pixels, 800 in the papers
 * @param longer the most of the longer side, 1333 in the papers
 */
public record Resizing(int shorter, int longer) {
  /** The sides of a batch are multiples of the coarsest map's pixel that a backbone makes. */
  static final int MULTIPLE = 32;

  /**
   * Checks the lengths.
   *
   * @throws IllegalArgumentException if they are not in order
   */
  public Resizing {
    if (shorter < 1 || longer < shorter) {
      throw new IllegalArgumentException(
          "the shorter side is at least 1 pixel, the longer one no shorter, found %d and %d"
              .formatted(shorter, longer));
    }
  }

  /** {@return the lengths for pictures that become about as large as an input} */
  static Resizing to(Size input) {
    return new Resizing(
        Math.min(input.height(), input.width()), Math.max(input.height(), input.width()));
  }

  /**
   * {@return the size of a resized picture, at least one pixel}
   *
   * @param picture the picture's size
   */
  public Size of(Size picture) {
    float least = Math.min(picture.height(), picture.width());
    float most = Math.max(picture.height(), picture.width());
    // torchvision multiplies by reciprocals, in float: a side may be one pixel shorter for that.
    double scale = Math.min(1 / least * shorter, 1 / most * longer);
    return new Size(
        Math.max(1, (int) Math.floor(picture.height() * scale)),
        Math.max(1, (int) Math.floor(picture.width() * scale)));
  }
}
