package stride.detection;

import java.util.Arrays;
import stride.train.Targets;

/**
 * The objects that are in a picture.
 *
 * @param corners left, top, right and bottom of each, in pixels of the network's input
 * @param labels the class of each
 */
record TrueObjects(float[] corners, int[] labels) {
  static TrueObjects of(Targets targets, int sample) {
    var boxes = targets.boxes(sample);
    var corners = new float[4 * boxes.size()];
    var labels = new int[boxes.size()];
    int count = 0;
    for (var box : boxes) {
      // Nothing can be learned from a box without an area.
      if (box.right() > box.left() && box.bottom() > box.top()) {
        corners[4 * count] = box.left();
        corners[4 * count + 1] = box.top();
        corners[4 * count + 2] = box.right();
        corners[4 * count + 3] = box.bottom();
        labels[count++] = box.label();
      }
    }
    return new TrueObjects(Arrays.copyOf(corners, 4 * count), Arrays.copyOf(labels, count));
  }

  /**
   * Checks that all classes are ones that a network tells apart.
   *
   * @throws IllegalArgumentException if not
   */
  TrueObjects require(int classes) {
    for (int label : labels) {
      if (label < 0 || label >= classes) {
        throw new IllegalArgumentException(
            "the network finds classes 0 to %d, a box has class %d".formatted(classes - 1, label));
      }
    }
    return this;
  }
}
