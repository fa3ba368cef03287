package stride.detection;

import java.util.ArrayList;
import java.util.List;
import stride.layer.Size;

/**
 * Boxes that were found in one picture, the surest first.
 *
 * @param corners left, top, right and bottom of each, in pixels
 * @param scores how sure each is, in [0, 1]
 * @param labels the class of each, from 0
 */
public record FoundBoxes(float[] corners, float[] scores, int[] labels) {
  /**
   * Checks that each box has a score and a class.
   *
   * @throws IllegalArgumentException if the lengths do not fit
   */
  public FoundBoxes {
    if (corners.length != 4 * scores.length || labels.length != scores.length) {
      throw new IllegalArgumentException(
          "each box has four numbers, a score and a class, found %d, %d and %d"
              .formatted(corners.length, scores.length, labels.length));
    }
  }

  /**
   * {@return the boxes one by one, cut off at the picture's edges}
   *
   * @param resized the size of the picture in whose pixels these are
   * @param picture the size of the same picture in whose pixels they shall be
   */
  List<Detection> within(Size resized, Size picture) {
    float x = (float) picture.width() / resized.width();
    float y = (float) picture.height() / resized.height();
    var detections = new ArrayList<Detection>(count());
    for (int i = 0; i < count(); i++) {
      var detection =
          new Detection(
              labels[i],
              scores[i],
              corners[4 * i] * x,
              corners[4 * i + 1] * y,
              corners[4 * i + 2] * x,
              corners[4 * i + 3] * y);
      detections.add(detection.within(picture.height(), picture.width()));
    }
    return detections;
  }

  /** {@return the number of boxes} */
  public int count() {
    return scores.length;
  }
}
