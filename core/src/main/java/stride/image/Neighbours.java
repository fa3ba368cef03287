package stride.image;

import java.util.function.IntToDoubleFunction;

/**
 * For places along one direction of a picture the two pixels whose middles each lies between:
 * bilinear interpolation, without averaging where a picture becomes smaller, as PyTorch's {@code
 * interpolate(mode = "bilinear", align_corners = False)}. Beyond the outermost middles it is the
 * outermost pixel.
 *
 * <p>Other things are {@link Pixels#resize}, which averages as PIL does, {@link
 * Pixels#interpolate}, which rounds as OpenCV does, both in integers, {@code RoiAlign}, for which
 * pixels have their values at their corners, and the layer {@code Upsample}, which has a gradient.
 *
 * @param first the pixel before each place; -1 for a place that is nowhere
 * @param second the pixel after it, or the same one
 * @param share how far the place is on the way from the first to the second, in [0, 1]
 */
public record Neighbours(int[] first, int[] second, float[] share) {
  /**
   * {@return the neighbours of places}
   *
   * @param count how many places there are
   * @param pixels how many pixels there are, at least 1
   * @param place where each place is, in pixels from the middle of the first pixel; NaN for nowhere
   */
  public static Neighbours of(int count, int pixels, IntToDoubleFunction place) {
    var own = new Neighbours(new int[count], new int[count], new float[count]);
    for (int i = 0; i < count; i++) {
      double at = Math.max(place.applyAsDouble(i), 0);
      if (Double.isNaN(at)) {
        own.first[i] = -1;
        continue;
      }
      own.first[i] = (int) Math.min(at, pixels - 1);
      own.share[i] = (float) Math.min(at - own.first[i], 1);
      own.second[i] = own.share[i] == 0 ? own.first[i] : Math.min(own.first[i] + 1, pixels - 1);
    }
    return own;
  }

  /** {@return the number of places} */
  public int count() {
    return first.length;
  }
}
