package stride.box;

import java.util.Arrays;

/**
 * Says which object each anchor or proposal is to find: the one that it overlaps most, if it does
 * so enough.
 *
 * @param low with an IoU below this an anchor is background, in [0, 1]
 * @param high from this IoU on an anchor has an object, at least {@code low}; between the two it
 *     counts for nothing
 * @param rescue what becomes of objects that no anchor overlaps enough
 */
public record Matcher(float low, float high, Rescue rescue) {
  /** What {@link #match} says of background. */
  public static final int BACKGROUND = -1;

  /** What {@link #match} says of an anchor that counts for nothing. */
  public static final int IGNORED = -2;

  /** What becomes of objects that no anchor overlaps enough. */
  public enum Rescue {
    /** They have no anchor. */
    NONE,
    /**
     * The anchors that overlap an object most, all of them if several do equally, have an object
     * even if it is below the thresholds: the one that they overlap most themselves. torchvision's
     * allow_low_quality_matches.
     */
    BEST,
    /**
     * The first of the anchors that overlap an object most has that object, whatever else it
     * overlaps; if it is that of several objects, it has the last one. SSD's matcher.
     */
    FORCED
  }

  /**
   * Checks the thresholds.
   *
   * @throws IllegalArgumentException if the lower one is above the other
   */
  public Matcher {
    if (!(low <= high)) {
      throw new IllegalArgumentException(
          "the lower threshold is at most the higher one, they were %s and %s"
              .formatted(low, high));
    }
  }

  /**
   * {@return SSD's matcher (Liu et al. 2016, "Matching strategy"): the best anchor of every object,
   * and each anchor with enough overlap}
   *
   * @param threshold the IoU, 0.5 in the paper
   */
  public static Matcher ssd(float threshold) {
    return new Matcher(threshold, threshold, Rescue.FORCED);
  }

  /**
   * Matches anchors and objects.
   *
   * @param objects the boxes of the objects; none if all is background
   * @param anchors the anchors
   * @return for each anchor the number of its object, or {@link #BACKGROUND} or {@link #IGNORED}
   */
  public int[] match(float[] objects, float[] anchors) {
    int count = anchors.length / 4;
    var best = new float[count];
    var matches = new int[count];
    var highest = new float[objects.length / 4];
    var first = new int[objects.length / 4];
    Arrays.fill(best, Float.NEGATIVE_INFINITY);
    Arrays.fill(highest, Float.NEGATIVE_INFINITY);
    for (int object = 0; object < highest.length; object++) {
      for (int anchor = 0; anchor < count; anchor++) {
        float iou = Boxes.iou(objects, 4 * object, anchors, 4 * anchor);
        if (iou > best[anchor]) {
          best[anchor] = iou;
          matches[anchor] = object;
        }
        if (iou > highest[object]) {
          highest[object] = iou;
          first[object] = anchor;
        }
      }
    }
    int[] nearest = rescue == Rescue.BEST ? matches.clone() : matches;
    for (int anchor = 0; anchor < count; anchor++) {
      if (best[anchor] < low) {
        matches[anchor] = BACKGROUND;
      } else if (best[anchor] < high) {
        matches[anchor] = IGNORED;
      }
    }
    switch (rescue) {
      case NONE -> {}
      case BEST -> rescueBest(objects, anchors, highest, nearest, matches);
      case FORCED -> {
        for (int object = 0; object < highest.length && count > 0; object++) {
          matches[first[object]] = object;
        }
      }
    }
    return matches;
  }

  private static void rescueBest(
      float[] objects, float[] anchors, float[] highest, int[] nearest, int[] matches) {
    for (int object = 0; object < highest.length; object++) {
      for (int anchor = 0; anchor < matches.length; anchor++) {
        if (Boxes.iou(objects, 4 * object, anchors, 4 * anchor) == highest[object]) {
          matches[anchor] = nearest[anchor];
        }
      }
    }
  }
}
