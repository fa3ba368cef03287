package stride.kernel.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Copies pixels' inputs into the blocked form that {@link Tiles} read: [block of 16][pixel][16].
 *
 * <p>A pixel's inputs (its patch) are runs of contiguous floats; all pixels have the same runs,
 * from different places. The runs are cut into moves of whole vectors once. A move may read past
 * its run, and write past its block into the next pixel's: what it leaves there is overwritten by
 * later moves. Only the patch's last move is masked, since the rest of the last block is zero.
 */
final class Staging {
  /** Channels to a block. */
  static final int BLOCK = 16;

  private final int length;
  private final int blockStep;
  private final int[] from;
  private final int[] to;
  private final int[] offsets;

  /**
   * The last move, if the patch does not fill its last vector: how many floats it has, where from
   * and to.
   */
  private final int tail;

  private final int tailFrom;
  private final int tailTo;

  /** Where the vectors of zeros behind it begin and end: the rest of the last block. */
  private final int zerosTo;

  private final int zerosEnd;

  /**
   * @param runStarts where each run of a patch begins, from the patch's place
   * @param runLength floats in each run; where it is no multiple of the vector's, all runs but the
   *     last are followed by floats that may be read
   * @param pixels the largest number of pixels staged at a time
   */
  Staging(int[] runStarts, int runLength, int pixels) {
    length = runStarts.length * runLength;
    blockStep = (pixels + 1) * BLOCK;
    int padded = Lanes.roundUp(length, BLOCK);
    int[] from = new int[2 * padded];
    int[] to = new int[2 * padded];
    int moves = 0;
    int last = 0;
    int k = 0;
    for (int start : runStarts) {
      for (int done = 0; done < runLength; done += last, k += last) {
        int inBlock = k % BLOCK;
        last = Math.min(Math.min(Lanes.COUNT, BLOCK - inBlock), runLength - done);
        from[moves] = start + done;
        to[moves++] = k / BLOCK * blockStep + inBlock;
      }
    }
    boolean masked = k % BLOCK != 0 || last < Lanes.COUNT;
    tail = masked ? last : 0;
    tailFrom = from[moves - 1];
    tailTo = to[moves - 1];
    zerosTo = tailTo + Lanes.COUNT;
    zerosEnd = (padded / BLOCK - 1) * blockStep + BLOCK;
    this.from = Arrays.copyOf(from, masked ? moves - 1 : moves);
    this.to = Arrays.copyOf(to, this.from.length);
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
   * Stages {@code pixels} patches, the first from {@code x[xo]}, each {@code step} floats behind
   * the one before, into {@code a} from {@code ao} as pixels {@code first} and on.
   */
  void stage(float[] x, int xo, int step, int pixels, float[] a, int ao, int first) {
    int[] from = this.from;
    int[] to = this.to;
    var tailMask = Lanes.S.indexInRange(0, tail);
    for (int p = 0; p < pixels; p++) {
      int source = xo + p * step;
      int target = ao + (first + p) * BLOCK;
      for (int m = 0; m < from.length; m++) {
        FloatVector.fromArray(Lanes.S, x, source + from[m]).intoArray(a, target + to[m]);
      }
      if (tail > 0) {
        FloatVector.fromArray(Lanes.S, x, source + tailFrom, tailMask)
            .intoArray(a, target + tailTo);
        for (int zeros = zerosTo; zeros < zerosEnd; zeros += Lanes.COUNT) {
          FloatVector.zero(Lanes.S).intoArray(a, target + zeros);
        }
      }
    }
  }
}
