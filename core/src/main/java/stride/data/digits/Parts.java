package stride.data.digits;

import java.util.ArrayList;
import java.util.List;

/**
 * The connected parts of a mask; pixels that touch at a corner are connected.
 *
 * @param label of each pixel: 0 for none, k for part k - 1
 * @param parts how much ink each has, and how many pixels of the border
 */
record Parts(int[] label, List<Part> parts) {
  record Part(float ink, int borderPixels) {}

  static Parts of(int height, int width, boolean[] mask, float[] values) {
    var label = new int[mask.length];
    var stack = new int[mask.length];
    List<Part> parts = new ArrayList<>();
    for (int start = 0; start < mask.length; start++) {
      if (!mask[start] || label[start] != 0) {
        continue;
      }
      int number = parts.size() + 1;
      float ink = 0;
      int border = 0;
      int depth = 0;
      stack[depth++] = start;
      label[start] = number;
      while (depth > 0) {
        int at = stack[--depth];
        int y = at / width;
        int x = at % width;
        ink += values[at];
        border += y == 0 || x == 0 || y == height - 1 || x == width - 1 ? 1 : 0;
        for (int v = Math.max(y - 1, 0); v <= Math.min(y + 1, height - 1); v++) {
          for (int u = Math.max(x - 1, 0); u <= Math.min(x + 1, width - 1); u++) {
            int next = v * width + u;
            if (mask[next] && label[next] == 0) {
              label[next] = number;
              stack[depth++] = next;
            }
          }
        }
      }
      parts.add(new Part(ink, border));
    }
    return new Parts(label, parts);
  }

  /**
   * The most ink that a part has, of all or of those that do not touch the border; 0 if there is
   * none.
   */
  float largest(boolean insideOnly) {
    float largest = 0;
    for (var part : parts) {
      if (!insideOnly || part.borderPixels == 0) {
        largest = Math.max(largest, part.ink);
      }
    }
    return largest;
  }

  /** The most border pixels that a part has. */
  int longestBorder() {
    return parts.stream().mapToInt(Part::borderPixels).max().orElse(0);
  }

  /**
   * The pixels of the parts with at least so much ink, of all or of those that do not touch the
   * border.
   */
  boolean[] mask(float leastInk, boolean insideOnly) {
    var mask = new boolean[label.length];
    for (int i = 0; i < mask.length; i++) {
      if (label[i] > 0) {
        var part = parts.get(label[i] - 1);
        mask[i] = part.ink >= leastInk && !(insideOnly && part.borderPixels > 0);
      }
    }
    return mask;
  }
}
