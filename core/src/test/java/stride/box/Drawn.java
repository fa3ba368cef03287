package stride.box;

import java.util.Arrays;
import stride.tensor.CounterRandom;

/** Numbers and boxes from the generator that tools/golden/detection.py draws the same ones from. */
final class Drawn {
  private Drawn() {}

  static float[] numbers(long of, int count, double low, double high) {
    long key = CounterRandom.key(7, of, 0);
    var numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) (low + (high - low) * integer(key, i) * 0x1p-24);
    }
    return numbers;
  }

  static int[] below(long of, int count, int bound) {
    long key = CounterRandom.key(7, of, 0);
    var numbers = new int[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (int) (integer(key, i) % bound);
    }
    return numbers;
  }

  private static long integer(long key, int i) {
    return CounterRandom.bits(key, i) >>> 40;
  }

  /** So many boxes in a square picture, some of them over its edge. */
  static float[] boxes(long of, int count, double size) {
    float[] u = numbers(of, 4 * count, 0, 1);
    var boxes = new float[4 * count];
    for (int i = 0; i < boxes.length; i += 4) {
      for (int axis = 0; axis < 2; axis++) {
        double start = ((double) u[i + axis] - 0.1) * size;
        boxes[i + axis] = (float) start;
        boxes[i + axis + 2] = (float) (start + (0.05 + 0.4 * u[i + axis + 2]) * size);
      }
    }
    return boxes;
  }

  static float[] with(float[] boxes, float... more) {
    var all = Arrays.copyOf(boxes, boxes.length + more.length);
    System.arraycopy(more, 0, all, boxes.length, more.length);
    return all;
  }
}
