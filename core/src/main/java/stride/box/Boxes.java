package stride.box;

/**
 * Areas, overlaps and cutting of boxes in arrays. All is computed in float and in torchvision's
 * order, so that what is decided by a threshold is decided as there.
 */
public final class Boxes {
  private static final float CIOU_EPSILON = 1e-7f;

  private Boxes() {}

  /**
   * {@return the area of a box}
   *
   * @param boxes left, top, right, bottom of each box
   * @param at the place of the box
   */
  public static float area(float[] boxes, int at) {
    return (boxes[at + 2] - boxes[at]) * (boxes[at + 3] - boxes[at + 1]);
  }

  /**
   * Returns the intersection of two boxes over their union, in [0, 1].
   *
   * @param first an array of boxes
   * @param a the place of the first box
   * @param second an array of boxes, which may be the same one
   * @param b the place of the second box
   * @return the overlap; NaN if both boxes have no area
   */
  public static float iou(float[] first, int a, float[] second, int b) {
    float intersection = intersection(first, a, second, b);
    return intersection / (area(first, a) + area(second, b) - intersection);
  }

  /**
   * Returns the area of what two boxes have in common.
   *
   * @param first an array of boxes
   * @param a the place of the first box
   * @param second an array of boxes
   * @param b the place of the second box
   * @return the area, 0 if the boxes do not overlap
   */
  public static float intersection(float[] first, int a, float[] second, int b) {
    float width = Math.min(first[a + 2], second[b + 2]) - Math.max(first[a], second[b]);
    float height = Math.min(first[a + 3], second[b + 3]) - Math.max(first[a + 1], second[b + 1]);
    return Math.max(width, 0) * Math.max(height, 0);
  }

  /**
   * Returns the generalized IoU: IoU less the share of the smallest box around both that neither
   * covers (Rezatofighi et al. 2019), in (-1, 1].
   *
   * @param first an array of boxes
   * @param a the place of the first box
   * @param second an array of boxes
   * @param b the place of the second box
   * @return the generalized overlap
   */
  public static float giou(float[] first, int a, float[] second, int b) {
    float intersection = intersection(first, a, second, b);
    float union = area(first, a) + area(second, b) - intersection;
    float width = Math.max(first[a + 2], second[b + 2]) - Math.min(first[a], second[b]);
    float height = Math.max(first[a + 3], second[b + 3]) - Math.min(first[a + 1], second[b + 1]);
    float around = Math.max(width, 0) * Math.max(height, 0);
    return intersection / union - (around - union) / around;
  }

  /**
   * Returns the complete IoU: IoU less the squared distance of the centres, as a share of the
   * squared diagonal of the smallest box around both, and less a term for different aspect ratios
   * (Zheng et al. 2020).
   *
   * @param first an array of boxes
   * @param a the place of the first box
   * @param second an array of boxes
   * @param b the place of the second box
   * @return the complete overlap, at most 1
   */
  public static float ciou(float[] first, int a, float[] second, int b) {
    float iou = iou(first, a, second, b);
    float width = Math.max(first[a + 2], second[b + 2]) - Math.min(first[a], second[b]);
    float height = Math.max(first[a + 3], second[b + 3]) - Math.min(first[a + 1], second[b + 1]);
    float diagonal = width * width + height * height + CIOU_EPSILON;
    float x = (first[a] + first[a + 2]) / 2 - (second[b] + second[b + 2]) / 2;
    float y = (first[a + 1] + first[a + 3]) / 2 - (second[b + 1] + second[b + 3]) / 2;
    double angle = angle(first, a) - angle(second, b);
    float v = (float) (4 / (Math.PI * Math.PI) * angle * angle);
    float alpha = v / (1 - iou + v + CIOU_EPSILON);
    return iou - (x * x + y * y) / diagonal - alpha * v;
  }

  private static double angle(float[] boxes, int at) {
    return Math.atan((boxes[at + 2] - boxes[at]) / (boxes[at + 3] - boxes[at + 1]));
  }

  /**
   * Cuts boxes at the edges of a picture.
   *
   * @param boxes the boxes, which are changed
   * @param at the place of the first one
   * @param count how many
   * @param height the picture's height in pixels
   * @param width the picture's width
   */
  public static void clip(float[] boxes, int at, int count, float height, float width) {
    for (int i = at; i < at + 4 * count; i += 2) {
      boxes[i] = Math.clamp(boxes[i], 0, width);
      boxes[i + 1] = Math.clamp(boxes[i + 1], 0, height);
    }
  }

  /**
   * {@return whether both sides of a box have at least a length}
   *
   * @param boxes an array of boxes
   * @param at the place of the box
   * @param least the length in pixels
   */
  public static boolean hasSides(float[] boxes, int at, float least) {
    return boxes[at + 2] - boxes[at] >= least && boxes[at + 3] - boxes[at + 1] >= least;
  }
}
