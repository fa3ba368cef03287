package stride.kernel;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.Arrays;

/**
 * A stretch of floats in an array of poison: NaNs that show up in every result that was made from
 * them, and that are missing wherever a kernel wrote outside of the stretch.
 */
final class Region {
  /** A signalling NaN: whatever is computed from it, even in its own place, is a quiet one. */
  private static final float POISON = Float.intBitsToFloat(0x7FA0BEEF);

  /** More than a vector of 512 bits, and no multiple of one. */
  private static final int MARGIN = 37;

  private final float[] array;
  private final int length;

  private Region(int length, int behind) {
    array = poison(MARGIN + length + behind);
    this.length = length;
  }

  /** A region that holds values. Its array ends with them: whoever goes further, throws. */
  static Region of(float[] values) {
    var region = new Region(values.length, 0);
    System.arraycopy(values, 0, region.array, MARGIN, values.length);
    return region;
  }

  /** A region of poison, with more of it on both sides, to be written by a kernel. */
  static Region unwritten(int length) {
    return new Region(length, MARGIN);
  }

  /** Poison from end to end: scratch. */
  static float[] poison(int length) {
    var poison = new float[length];
    Arrays.fill(poison, POISON);
    return poison;
  }

  float[] array() {
    return array;
  }

  int offset() {
    return MARGIN;
  }

  int length() {
    return length;
  }

  /** Whether a value is no longer the poison that it was. */
  boolean isWritten(int i) {
    return isWrittenAt(MARGIN + i);
  }

  /** The values, after a check that nothing was written around them. */
  float[] values(String what) {
    for (int i = 0; i < array.length; i++) {
      if ((i < MARGIN || i >= MARGIN + length) && isWrittenAt(i)) {
        fail("%s: wrote place %d of %d".formatted(what, i - MARGIN, length));
      }
    }
    return Arrays.copyOfRange(array, MARGIN, MARGIN + length);
  }

  private boolean isWrittenAt(int i) {
    return Float.floatToRawIntBits(array[i]) != Float.floatToRawIntBits(POISON);
  }
}
