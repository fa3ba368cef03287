package stride.box;

/**
 * Boxes as their distance from anchors, as networks predict them (Girshick et al. 2014, "Rich
 * feature hierarchies", appendix C): the shift of the centre in widths and heights of the anchor,
 * and the logarithms of the ratios of the sides, each times a weight.
 *
 * @param x the weight of the horizontal shift
 * @param y the weight of the vertical shift
 * @param width the weight of the width's logarithm
 * @param height the weight of the height's logarithm
 * @param clip the largest logarithm that is decoded, so that no width overflows
 */
public record BoxCoder(float x, float y, float width, float height, float clip) {
  private static final float CLIP = (float) Math.log(1000.0 / 16);

  /**
   * Creates a coder whose boxes are at most 62.5 times as wide and high as their anchors.
   *
   * @param x the weight of the horizontal shift
   * @param y the weight of the vertical shift
   * @param width the weight of the width's logarithm
   * @param height the weight of the height's logarithm
   */
  public BoxCoder(float x, float y, float width, float height) {
    this(x, y, width, height, CLIP);
  }

  /**
   * Writes the four numbers that {@link #decode} makes the box of.
   *
   * @param boxes an array of boxes, each with an area
   * @param box the place of the box
   * @param anchors an array of boxes
   * @param anchor the place of its anchor
   * @param codes receives the numbers
   * @param to where
   */
  public void encode(float[] boxes, int box, float[] anchors, int anchor, float[] codes, int to) {
    float anchorWidth = anchors[anchor + 2] - anchors[anchor];
    float anchorHeight = anchors[anchor + 3] - anchors[anchor + 1];
    float boxWidth = boxes[box + 2] - boxes[box];
    float boxHeight = boxes[box + 3] - boxes[box + 1];
    float shiftX = boxes[box] + 0.5f * boxWidth - (anchors[anchor] + 0.5f * anchorWidth);
    float shiftY = boxes[box + 1] + 0.5f * boxHeight - (anchors[anchor + 1] + 0.5f * anchorHeight);
    codes[to] = x * shiftX / anchorWidth;
    codes[to + 1] = y * shiftY / anchorHeight;
    codes[to + 2] = width * (float) Math.log(boxWidth / anchorWidth);
    codes[to + 3] = height * (float) Math.log(boxHeight / anchorHeight);
  }

  /**
   * Writes the box that four numbers mean at an anchor.
   *
   * @param codes the numbers
   * @param from where they begin
   * @param anchors an array of boxes
   * @param anchor the place of the anchor
   * @param boxes receives the box
   * @param to its place
   */
  public void decode(float[] codes, int from, float[] anchors, int anchor, float[] boxes, int to) {
    float anchorWidth = anchors[anchor + 2] - anchors[anchor];
    float anchorHeight = anchors[anchor + 3] - anchors[anchor + 1];
    float centreX = codes[from] / x * anchorWidth + (anchors[anchor] + 0.5f * anchorWidth);
    float centreY =
        codes[from + 1] / y * anchorHeight + (anchors[anchor + 1] + 0.5f * anchorHeight);
    float halfWidth = 0.5f * (exp(codes[from + 2] / width) * anchorWidth);
    float halfHeight = 0.5f * (exp(codes[from + 3] / height) * anchorHeight);
    boxes[to] = centreX - halfWidth;
    boxes[to + 1] = centreY - halfHeight;
    boxes[to + 2] = centreX + halfWidth;
    boxes[to + 3] = centreY + halfHeight;
  }

  private float exp(float value) {
    return (float) Math.exp(Math.min(value, clip));
  }
}
