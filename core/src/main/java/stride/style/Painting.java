package stride.style;

import stride.image.Image;

/**
 * A photo that was painted, or is on the way to it.
 *
 * @param image red, green and blue
 * @param step how many steps were made at the last size
 * @param losses the last ones
 * @param ending why no more steps were made
 */
public record Painting(Image image, int step, Losses losses, Ending ending) {
  Painting ended(Ending ending) {
    return new Painting(image, step, losses, ending);
  }

  /**
   * Losses, each with its weight.
   *
   * @param content of the content layers
   * @param style of the style layers
   * @param variation of neighbouring pixels
   */
  public record Losses(double content, double style, double variation) {
    /** {@return what is made small: their sum} */
    public double total() {
      return content + style + variation;
    }
  }

  /** Why a painting has ended. */
  public enum Ending {
    /** All steps were made, or as many as make the loss smaller. */
    DONE,

    /** The caller wanted no more. */
    STOPPED,

    /** The loss became no number; the picture is that of the step before. */
    NOT_FINITE,

    /** The next step or the next size takes more memory than there is; the picture is the last. */
    OUT_OF_MEMORY
  }
}
