package stride.box;

/**
 * Boxes as the distances of their four edges from the centre of an anchor (FCOS; Tian et al. 2019):
 * to the left, up, to the right and down. torchvision's BoxLinearCoder.
 *
 * @param bySize whether distances are in widths and heights of the anchor, else in pixels
 */
public record LinearBoxCoder(boolean bySize) {
  /**
   * Writes the four distances that {@link #decode} makes the box of.
   *
   * @param boxes an array of boxes
   * @param box the place of the box
   * @param anchors an array of boxes
   * @param anchor the place of its anchor
   * @param codes receives the distances
   * @param to where
   */
  public void encode(float[] boxes, int box, float[] anchors, int anchor, float[] codes, int to) {
    float x = 0.5f * (anchors[anchor] + anchors[anchor + 2]);
    float y = 0.5f * (anchors[anchor + 1] + anchors[anchor + 3]);
    float width = width(anchors, anchor);
    float height = height(anchors, anchor);
    codes[to] = (x - boxes[box]) / width;
    codes[to + 1] = (y - boxes[box + 1]) / height;
    codes[to + 2] = (boxes[box + 2] - x) / width;
    codes[to + 3] = (boxes[box + 3] - y) / height;
  }

  /**
   * Writes the box that four distances mean at an anchor.
   *
   * @param codes the distances
   * @param from where they begin
   * @param anchors an array of boxes
   * @param anchor the place of the anchor
   * @param boxes receives the box
   * @param to its place
   */
  public void decode(float[] codes, int from, float[] anchors, int anchor, float[] boxes, int to) {
    float x = 0.5f * (anchors[anchor] + anchors[anchor + 2]);
    float y = 0.5f * (anchors[anchor + 1] + anchors[anchor + 3]);
    float width = width(anchors, anchor);
    float height = height(anchors, anchor);
    boxes[to] = x - codes[from] * width;
    boxes[to + 1] = y - codes[from + 1] * height;
    boxes[to + 2] = x + codes[from + 2] * width;
    boxes[to + 3] = y + codes[from + 3] * height;
  }

  /**
   * Adds to the gradient of four distances what the gradient of their box gives.
   *
   * @param boxGradient the gradient of the decoded box
   * @param from its place
   * @param anchors an array of boxes
   * @param anchor the place of the anchor
   * @param codeGradient the gradient of the distances, which is added to
   * @param to where it begins
   */
  public void gradient(
      float[] boxGradient, int from, float[] anchors, int anchor, float[] codeGradient, int to) {
    float width = width(anchors, anchor);
    float height = height(anchors, anchor);
    codeGradient[to] -= boxGradient[from] * width;
    codeGradient[to + 1] -= boxGradient[from + 1] * height;
    codeGradient[to + 2] += boxGradient[from + 2] * width;
    codeGradient[to + 3] += boxGradient[from + 3] * height;
  }

  private float width(float[] anchors, int anchor) {
    return bySize ? anchors[anchor + 2] - anchors[anchor] : 1;
  }

  private float height(float[] anchors, int anchor) {
    return bySize ? anchors[anchor + 3] - anchors[anchor + 1] : 1;
  }
}
