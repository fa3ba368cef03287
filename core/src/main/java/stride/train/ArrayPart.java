package stride.train;

import java.util.ArrayList;
import java.util.List;

/**
 * A part of an array that the tasks of a training have in common.
 *
 * @param values the array
 * @param from the index of the first value
 * @param to the index after the last value
 */
public record ArrayPart(float[] values, int from, int to) {
  /**
   * Gradients that are given at once: 4 MB, whose sending takes much longer than a message itself,
   * and a fraction of those of networks that are worth distributing.
   */
  private static final int BUCKET = 64 * Shard.UNIT;

  /**
   * {@return a whole array}
   *
   * @param values the array
   */
  public static ArrayPart whole(float[] values) {
    return new ArrayPart(values, 0, values.length);
  }

  /** {@return the number of values} */
  public int length() {
    return to - from;
  }

  /** {@return the part cut at multiples of {@link Shard#UNIT}, which each belong to one task} */
  public List<ArrayPart> units() {
    return cut(Shard.UNIT);
  }

  /**
   * {@return the part cut into what a training gives at once, the last values first, as a backward
   * pass computes them}
   */
  public List<ArrayPart> buckets() {
    return cut(BUCKET).reversed();
  }

  /** Cuts the part at multiples of a number of values. */
  private List<ArrayPart> cut(int length) {
    var parts = new ArrayList<ArrayPart>();
    for (int at = from; at < to; ) {
      int end = (int) Math.min(to, (at / length + 1L) * length);
      parts.add(new ArrayPart(values, at, end));
      at = end;
    }
    return parts;
  }
}
