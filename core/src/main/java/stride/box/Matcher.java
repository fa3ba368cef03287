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
    var matches = new int[anchors.length / 4];
    match(objects, anchors, matches);
    return matches;
  }

  /**
   * Matches anchors and objects.
   *
   * @param objects the boxes of the objects; none if all is background
   * @param anchors the anchors
   * @param matches receives for each anchor the number of its object, or {@link #BACKGROUND} or
   *     {@link #IGNORED}
   */
  public void match(float[] objects, float[] anchors, int[] matches) {
    int count = anchors.length / 4;
    var highest = new float[objects.length / 4];
    var first = new int[highest.length];
    Arrays.fill(highest, Float.NEGATIVE_INFINITY);
    for (int anchor = 0; anchor < count; anchor++) {
      float best = Float.NEGATIVE_INFINITY;
      int nearest = 0;
      for (int object = 0; object < highest.length; object++) {
        float iou = Boxes.iou(objects, 4 * object, anchors, 4 * anchor);
        if (iou > best) {
          best = iou;
          nearest = object;
        }
        if (iou > highest[object]) {
          highest[object] = iou;
          first[object] = anchor;
        }
      }
      matches[anchor] = best < low ? BACKGROUND : best < high ? IGNORED : nearest;
    }
    switch (rescue) {
      case NONE -> {}
      case BEST -> rescueBest(objects, anchors, highest, matches);
      case FORCED -> {
        for (int object = 0; object < highest.length && count > 0; object++) {
          matches[first[object]] = object;
        }
      }
    }
  }

  private static void rescueBest(float[] objects, float[] anchors, float[] highest, int[] matches) {
    for (int anchor = 0; anchor < anchors.length / 4; anchor++) {
      for (int object = 0; object < highest.length; object++) {
        if (Boxes.iou(objects, 4 * object, anchors, 4 * anchor) == highest[object]) {
          matches[anchor] = nearest(objects, anchors, anchor);
          break;
        }
      }
    }
  }

  /** The first of the objects that an anchor overlaps most. */
  private static int nearest(float[] objects, float[] anchors, int anchor) {
    int nearest = 0;
    float best = Float.NEGATIVE_INFINITY;
    for (int object = 0; object < objects.length / 4; object++) {
      float iou = Boxes.iou(objects, 4 * object, anchors, 4 * anchor);
      if (iou > best) {
        best = iou;
        nearest = object;
      }
    }
    return nearest;
  }
}
