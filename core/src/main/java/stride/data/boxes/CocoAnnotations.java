package stride.data.boxes;

import java.util.Arrays;

/** All annotations, in arrays: there may be millions. */
final class CocoAnnotations {
  static final long NONE = Long.MIN_VALUE;

  int count;
  long[] ids = new long[16];
  long[] images = new long[16];
  long[] categories = new long[16];
  double[] boxes = new double[64];
  double[] areas = new double[16];
  boolean[] crowds = new boolean[16];
  int[] lines = new int[16];

  /** Makes room for one more. */
  void grow() {
    if (count < ids.length) {
      return;
    }
    int more = Math.addExact(count, count >> 1);
    ids = Arrays.copyOf(ids, more);
    images = Arrays.copyOf(images, more);
    categories = Arrays.copyOf(categories, more);
    boxes = Arrays.copyOf(boxes, Math.multiplyExact(4, more));
    areas = Arrays.copyOf(areas, more);
    crowds = Arrays.copyOf(crowds, more);
    lines = Arrays.copyOf(lines, more);
  }

  void set(long id, long image, long category, double area, boolean crowd, int line) {
    ids[count] = id;
    images[count] = image;
    categories[count] = category;
    areas[count] = area;
    crowds[count] = crowd;
    lines[count] = line;
    count++;
  }
}
