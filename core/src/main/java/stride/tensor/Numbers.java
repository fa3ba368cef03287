package stride.tensor;

/** Finds floats that are not finite: NaN and the infinities. */
public final class Numbers {
  private static final int MAGNITUDE = 0x7FFFFFFF;
  private static final int INFINITE = 0x7F800000;

  private Numbers() {}

  /**
   * Returns the index of the first float that is NaN or infinite.
   *
   * @param values the floats
   * @param from the index of the first float to check
   * @param count the number of floats to check
   * @return its index, or -1 if all are finite
   */
  public static int firstNotFinite(float[] values, int from, int count) {
    // Usually there is none, so this loop has no branch.
    int largest = 0;
    for (int i = from; i < from + count; i++) {
      largest = Math.max(largest, Float.floatToRawIntBits(values[i]) & MAGNITUDE);
    }
    if (largest < INFINITE) {
      return -1;
    }
    int at = from;
    while (Float.isFinite(values[at])) {
      at++;
    }
    return at;
  }

  /**
   * {@return whether all floats are finite}
   *
   * @param values the floats
   */
  public static boolean allFinite(float[] values) {
    return firstNotFinite(values, 0, values.length) < 0;
  }
}
