package stride.image;

/** How a picture of any size is fitted to a network's input. */
public sealed interface Fit {
  /** One drawn digit, made to look like MNIST's: light on dark, cut out, centred. */
  record Digit() implements Fit {}

  /**
   * The whole picture, stretched or squeezed to the shape.
   *
   * @param filter of the resizing
   */
  record Stretch(Resampling filter) implements Fit {}

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
  }
}
