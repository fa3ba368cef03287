package stride.box;

/**
 * Says from which map of a feature pyramid a region is cut: the larger it is, the coarser the map
 * (Lin et al. 2017, "Feature Pyramid Networks", equation 1): floor(canonicalLevel + log2(sqrt(area)
 * / canonicalSize)), within the levels that there are. A pixel of level k is 2^k pixels of the
 * picture wide.
 *
 * @param first the finest level
 * @param last the coarsest level
 * @param canonicalSize the side in pixels of a square region that belongs to the canonical level
 * @param canonicalLevel that level
 */
public record PyramidLevels(int first, int last, int canonicalSize, int canonicalLevel) {
  private static final float EPSILON = 1e-6f;

  /**
   * Creates levels where a region of 224 x 224 pixels belongs to level 4.
   *
   * @param first the finest level
   * @param last the coarsest level
   */
  public PyramidLevels(int first, int last) {
    this(first, last, 224, 4);
  }

  /**
   * {@return the number of the map for a region, 0 for the finest}
   *
   * @param boxes an array of boxes, in pixels of the picture
   * @param box the place of the region
   */
  public int map(float[] boxes, int box) {
    float side = (float) Math.sqrt(Boxes.area(boxes, box));
    float level = canonicalLevel + log2(side / canonicalSize) + EPSILON;
    return Math.clamp((int) Math.floor(level), first, last) - first;
  }

  /**
   * {@return a map's size divided by the picture's, as the nearest power of 2}
   *
   * @param map the map's height in pixels
   * @param picture the picture's height, that of the highest one in the batch, without padding
   */
  public static float scale(int map, int picture) {
    return (float) Math.pow(2, Math.rint(log2((float) ((double) map / picture))));
  }

  private static float log2(float value) {
    return (float) (Math.log(value) / Math.log(2));
  }
}
