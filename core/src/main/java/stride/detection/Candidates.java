package stride.detection;

import java.util.Arrays;
import stride.box.Suppression;

/** Boxes that may be found in one picture, in arrays that grow. */
final class Candidates {
  private static final int FIRST = 256;

  private float[] corners = new float[4 * FIRST];
  private float[] scores = new float[FIRST];
  private int[] labels = new int[FIRST];
  private int count;

  int count() {
    return count;
  }

  /** Adds a box whose corners are to be written to {@link #corners} at the returned place. */
  int add(float score, int label) {
    if (count == scores.length) {
      corners = Arrays.copyOf(corners, 2 * corners.length);
      scores = Arrays.copyOf(scores, 2 * count);
      labels = Arrays.copyOf(labels, 2 * count);
    }
    scores[count] = score;
    labels[count] = label;
    return 4 * count++;
  }

  /** The corners of all boxes, until another one is added. */
  float[] corners() {
    return corners;
  }

  /** Takes the box back that was added last. */
  void dropLast() {
    count--;
  }

  /**
   * Returns the boxes that stay when those of one label suppress one another, the surest first.
   *
   * @param most how many at most
   */
  FoundBoxes suppressed(double overlap, int most) {
    var boxes = Arrays.copyOf(corners, 4 * count);
    int[] kept =
        new Suppression(overlap)
            .byClass(boxes, Arrays.copyOf(scores, count), Arrays.copyOf(labels, count));
    int n = Math.min(kept.length, most);
    var found = new FoundBoxes(new float[4 * n], new float[n], new int[n]);
    for (int i = 0; i < n; i++) {
      System.arraycopy(boxes, 4 * kept[i], found.corners(), 4 * i, 4);
      found.scores()[i] = scores[kept[i]];
      found.labels()[i] = labels[kept[i]];
    }
    return found;
  }
}
