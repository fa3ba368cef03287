package stride.kernel.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Copies pixels' inputs into the blocked form that {@link Tiles} read: [block of 16][pixel][16].
 *
 * <p>A pixel's inputs (its patch) are runs of contiguous floats; all pixels have the same runs, from different places.
 * The runs are cut into vector moves once. A move may write past its block into the next pixel's, which is written
 * afterwards; the last block's rest is filled with zeros.
 */
final class Staging {
  /** Channels to a block. */
  static final int BLOCK = 16;

  private final int length;
  private final int blockStep;
  private final int[] from;
  private final int[] to;
  private final int[] count;
  private final int[] offsets;

  /**
   * @param runStarts where each run of a patch begins, from the patch's place
   * @param runLength floats in each run
   * @param pixels the largest number of pixels staged at a time
   */
  Staging(int[] runStarts, int runLength, int pixels) {
    length = runStarts.length * runLength;
    blockStep = (pixels + 1) * BLOCK;
    int padded = Lanes.roundUp(length, BLOCK);
    int[] from = new int[2 * padded + 1];
    int[] to = new int[2 * padded + 1];
    int[] count = new int[2 * padded + 1];
    int moves = 0;
    int k = 0;
    for (int start : runStarts) {
      for (int done = 0; done < runLength; ) {
        int inBlock = k % BLOCK;
        int n = Math.min(Math.min(Lanes.COUNT, BLOCK - inBlock), runLength - done);
        from[moves] = start + done;
        to[moves] = k / BLOCK * blockStep + inBlock;
        count[moves++] = n;
        done += n;
        k += n;
      }
    }
    for (int zero = Lanes.roundUp(k, Lanes.COUNT); k % BLOCK != 0 && zero < padded; zero += Lanes.COUNT) {
      to[moves] = zero / BLOCK * blockStep + zero % BLOCK;
      count[moves++] = 0;
    }
    this.from = Arrays.copyOf(from, moves);
    this.to = Arrays.copyOf(to, moves);
    this.count = Arrays.copyOf(count, moves);
    offsets = new int[padded / BLOCK];
    for (int t = 0; t < offsets.length; t++) {
      offsets[t] = t * blockStep;
    }
  }

  /** Floats of a patch. */
  int length() {
    return length;
  }

  int blocks() {
    return offsets.length;
  }

  /** Where each block begins in the staged form. */
  int[] offsets() {
    return offsets;
  }

  /** Floats of the staged form, with room for what the last moves and tiles touch beyond it. */
  int stagedLength() {
    return offsets.length * blockStep + 16 * BLOCK;
  }

  /**
   * Stages {@code pixels} patches, the first from {@code x[xo]}, each {@code step} floats behind the one before, into
   * {@code a} from {@code ao} as pixels {@code first} and on.
   */
  void stage(float[] x, int xo, int step, int pixels, float[] a, int ao, int first) {
    var s = Lanes.S;
    for (int p = 0; p < pixels; p++) {
      int source = xo + p * step;
      int target = ao + (first + p) * BLOCK;
      for (int m = 0; m < from.length; m++) {
        int n = count[m];
        if (n == Lanes.COUNT) {
          FloatVector.fromArray(s, x, source + from[m]).intoArray(a, target + to[m]);
        } else {
          FloatVector.fromArray(s, x, source + from[m], Lanes.first(n)).intoArray(a, target + to[m]);
        }
      }
    }
  }
}
