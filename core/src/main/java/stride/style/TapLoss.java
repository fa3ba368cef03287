package stride.style;

/**
 * A loss on the maps of one layer, as a part of a {@link PictureLoss}.
 *
 * @param tap the output, a layer's name
 * @param loss what is wanted there
 * @param weight 0 or more
 */
public record TapLoss(String tap, MapLoss loss, double weight) {
  /**
   * A loss with a weight that may be.
   *
   * @throws IllegalArgumentException if the weight is below 0 or no number
   */
  public TapLoss {
    if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the weight of a loss at %s is 0 or more, found %s".formatted(tap, weight));
    }
  }
}
