package stride.box;

import java.util.Arrays;

/** The order of scores, the highest first; of equal ones the earlier one comes first. */
public final class Ranking {
  private Ranking() {}

  /**
   * Returns the indices of the highest scores, in order.
   *
   * @param scores the scores; NaN is higher than all numbers
   * @param from the first index to rank
   * @param to the end of those to rank
   * @param most how many to return at most
   * @return indices in [from, to), the one of the highest score first
   */
  public static int[] best(float[] scores, int from, int to, int most) {
    return best(scores, from, to, most, Float.NEGATIVE_INFINITY);
  }

  /**
   * Returns the indices of the highest scores above a threshold, in order.
   *
   * @param scores the scores; NaN is higher than all numbers
   * @param from the first index to rank
   * @param to the end of those to rank
   * @param most how many to return at most
   * @param above scores of at most this are left out, unless it is -infinity
   * @return indices in [from, to), the one of the highest score first
   */
  public static int[] best(float[] scores, int from, int to, int most, float above) {
    var keys = new Smallest(Math.min(most, to - from));
    boolean all = above == Float.NEGATIVE_INFINITY;
    for (int i = from; i < to; i++) {
      if (all || !(scores[i] <= above)) {
        keys.add((long) descending(scores[i]) << 32 | i);
      }
    }
    return keys.indices();
  }

  /** Returns an integer that is the smaller, the higher a score is. */
  private static int descending(float score) {
    // -0 and 0 are equal.
    int bits = Float.floatToIntBits(score + 0f);
    return bits < 0 ? bits & 0x7FFFFFFF : ~bits;
  }

  /**
   * The smallest of many keys, each with an index in its lower half: a heap with the largest of
   * them on top, so that most keys cost one comparison.
   */
  static final class Smallest {
    private final int most;
    private long[] heap;
    private int size;

    Smallest(int most) {
      this.most = most;
      heap = new long[Math.min(most, 1024)];
    }

    void add(long key) {
      if (size < most) {
        if (size == heap.length) {
          heap = Arrays.copyOf(heap, (int) Math.min(most, 2L * size));
        }
        heap[size++] = key;
        if (size == most) {
          for (int i = size / 2 - 1; i >= 0; i--) {
            sink(i, heap[i]);
          }
        }
      } else if (most > 0 && key < heap[0]) {
        sink(0, key);
      }
    }

    private void sink(int at, long key) {
      int place = at;
      for (int child = 2 * place + 1; child < size; child = 2 * place + 1) {
        int larger = child + 1 < size && heap[child + 1] > heap[child] ? child + 1 : child;
        if (heap[larger] <= key) {
          break;
        }
        heap[place] = heap[larger];
        place = larger;
      }
      heap[place] = key;
    }

    /** Returns the indices of the keys, the smallest key first. */
    int[] indices() {
      Arrays.sort(heap, 0, size);
      var indices = new int[size];
      Arrays.setAll(indices, i -> (int) heap[i]);
      return indices;
    }
  }
}
