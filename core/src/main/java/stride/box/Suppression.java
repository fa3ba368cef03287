package stride.box;

import java.util.Arrays;

/**
 * Non-maximum suppression: of boxes that overlap, the one with the highest score stays. Of equal
 * scores the earlier box counts as the higher.
 *
 * @param threshold boxes that overlap a better one by more than this IoU are removed, in [0, 1]
 */
public record Suppression(double threshold) {
  /**
   * torchvision shifts the boxes of each class out of the others' way if there are no more boxes
   * than this.
   */
  private static final int SHIFTED = 1000;

  /**
   * Returns the boxes that stay, whatever their classes.
   *
   * @param boxes the boxes
   * @param scores a score for each
   * @return the numbers of the boxes that stay, the one of the highest score first
   */
  public int[] of(float[] boxes, float[] scores) {
    return byClass(boxes, scores, new int[scores.length], false);
  }

  /**
   * Returns the boxes that stay if only boxes of the same class remove one another.
   *
   * <p>For up to 1000 boxes, torchvision's batched_nms adds n (m + 1) to the coordinates of boxes
   * of class n, where m is the largest coordinate of all, and suppresses all of them together. The
   * sums are rounded to float, which can change an overlap near the threshold; the same is done
   * here, so that the same boxes stay.
   *
   * @param boxes the boxes, none of which ends left of or above 0
   * @param scores a score for each
   * @param labels the class of each, 0 or more
   * @return the numbers of the boxes that stay, the one of the highest score first
   */
  public int[] byClass(float[] boxes, float[] scores, int[] labels) {
    return byClass(boxes, scores, labels, scores.length <= SHIFTED);
  }

  private int[] byClass(float[] boxes, float[] scores, int[] labels, boolean shifted) {
    int count = scores.length;
    if (boxes.length != 4 * count || labels.length != count) {
      throw new IllegalArgumentException(
          "there are %d scores, %d classes and %s boxes"
              .formatted(count, labels.length, boxes.length / 4.0));
    }
    int[] order = Ranking.best(scores, 0, count, count);
    int[] grouped = grouped(order, labels);
    float step = 1 + largest(boxes);
    var stays = new boolean[count];
    // The boxes of one class that stay.
    var kept = new float[4 * count];
    int keptCount = 0;
    int label = -1;
    var box = new float[4];
    for (int i : grouped) {
      if (labels[i] != label) {
        label = labels[i];
        keptCount = 0;
      }
      float shift = shifted ? label * step : 0;
      for (int edge = 0; edge < 4; edge++) {
        box[edge] = boxes[4 * i + edge] + shift;
      }
      if (!overlaps(box, kept, keptCount)) {
        stays[i] = true;
        System.arraycopy(box, 0, kept, 4 * keptCount, 4);
        keptCount++;
      }
    }
    return Arrays.stream(order).filter(i -> stays[i]).toArray();
  }

  /** Returns whether a box overlaps one of the first ones by more than the threshold. */
  private boolean overlaps(float[] box, float[] kept, int count) {
    float left = box[0];
    float top = box[1];
    float right = box[2];
    float bottom = box[3];
    for (int i = 0; i < 4 * count; i += 4) {
      // Most are elsewhere, which four comparisons tell sooner than an overlap of 0.
      boolean apart =
          kept[i] >= right || kept[i + 2] <= left || kept[i + 1] >= bottom || kept[i + 3] <= top;
      if (!apart && Boxes.iou(kept, i, box, 0) > threshold) {
        return true;
      }
    }
    return false;
  }

  /** Returns the same numbers class by class, in each class in the same order. */
  private static int[] grouped(int[] order, int[] labels) {
    int classes = 0;
    for (int label : labels) {
      classes = Math.max(classes, label + 1);
    }
    var next = new int[classes + 1];
    for (int label : labels) {
      next[label + 1]++;
    }
    for (int i = 0; i < classes; i++) {
      next[i + 1] += next[i];
    }
    var grouped = new int[order.length];
    for (int i : order) {
      grouped[next[labels[i]]++] = i;
    }
    return grouped;
  }

  private static float largest(float[] boxes) {
    float largest = Float.NEGATIVE_INFINITY;
    for (float edge : boxes) {
      largest = Math.max(largest, edge);
    }
    return largest;
  }
}
