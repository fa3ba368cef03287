package stride.kernel.vector;

import java.util.ArrayList;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Staging for few channels, where blocks of 16 channels would be mostly empty: all that an output
 * pixel reads, its patch, is cut into blocks of 16 (im2col): [block][pixel][16].
 *
 * <p>A patch is runs of floats that lie side by side in the padded source; all patches have the
 * same runs, from different places. The runs are cut into moves of whole vectors once. A move may
 * read past its run, and write past its block into the next pixel's: what it leaves there is
 * overwritten by later moves. Only the patch's last move is masked, since the rest of the last
 * block is zero.
 */
final class PatchStaging implements Staging {
  private static final int L = Lanes.COUNT;

  private final Sweep sweep;
  private final Sweep.Reach reach;
  private final int columns;
  private final int blockStep;
  private final int paddedColumns;
  private final int paddedFloats;
  private final int[] offsets;
  private final int[] places;

  /** Where each move reads, from the patch's place, and writes, from its staged pixel's. */
  private final int[] from;

  private final int[] to;

  /** The first move of each block. */
  private final int[] firstMove;

  /** Floats of the last move, if it does not fill its block; 0 if it does. */
  private final int tail;

  PatchStaging(Sweep sweep, int rows, int columns) {
    this.sweep = sweep;
    reach = sweep.reach();
    this.columns = columns;
    int depth = sweep.depth();
    blockStep = (rows * columns + 1) * BLOCK;
    paddedColumns = (columns - 1) * sweep.columnStep() + reach.columns();
    paddedFloats =
        ((rows - 1) * sweep.rowStep() + reach.rows()) * paddedColumns * depth + 2 * BLOCK;
    int length = sweep.taps().size() * depth;
    int blocks = Math.ceilDiv(length, BLOCK);
    offsets = new int[blocks];
    Arrays.setAll(offsets, block -> block * blockStep);
    places = new int[blocks * BLOCK];
    Arrays.setAll(
        places, k -> k < length ? sweep.taps().get(k / depth).number() * depth + k % depth : -1);

    var starts = new ArrayList<Integer>();
    var targets = new ArrayList<Integer>();
    firstMove = new int[blocks + 1];
    int last = 0;
    for (int k = 0; k < length; k += last) {
      if (k % BLOCK == 0) {
        firstMove[k / BLOCK] = starts.size();
      }
      starts.add(place(k));
      targets.add(k / BLOCK * blockStep + k % BLOCK);
      last = Math.min(Math.min(L, BLOCK - k % BLOCK), runEnd(k) - k);
    }
    firstMove[blocks] = starts.size();
    tail = length % BLOCK != 0 || last < L ? last : 0;
    from = starts.stream().mapToInt(i -> i).toArray();
    to = targets.stream().mapToInt(i -> i).toArray();
  }

  /** Where the k-th value of a patch lies in the padded source, from the patch's place. */
  private int place(int k) {
    var tap = sweep.taps().get(k / sweep.depth());
    return ((tap.row() - reach.row()) * paddedColumns + tap.column() - reach.column())
            * sweep.depth()
        + k % sweep.depth();
  }

  /** The end of the run of neighbours that the k-th value belongs to. */
  private int runEnd(int k) {
    int end = k + 1;
    while (end < sweep.taps().size() * sweep.depth() && place(end) == place(end - 1) + 1) {
      end++;
    }
    return end;
  }

  @Override
  public int blocks() {
    return offsets.length;
  }

  @Override
  public int taps() {
    return 1;
  }

  @Override
  public int[] offsets() {
    return offsets;
  }

  @Override
  public int[] places() {
    return places;
  }

  @Override
  public int blockStep() {
    return blockStep;
  }

  @Override
  public int length() {
    return blocks() * blockStep + 16 * BLOCK + paddedFloats;
  }

  @Override
  public void stage(
      float[] x,
      int xo,
      int sourceWidth,
      int row,
      int column,
      int rows,
      int fromBlock,
      int toBlock,
      float[] a,
      int ao) {
    int padded = ao + (toBlock - fromBlock) * blockStep + 16 * BLOCK;
    pad(x, xo, sourceWidth, row, column, rows, a, padded);
    boolean masked = tail > 0 && toBlock == blocks();
    int firstMove = this.firstMove[fromBlock];
    int endMove = this.firstMove[toBlock] - (masked ? 1 : 0);
    int origin = ao - fromBlock * blockStep;
    int[] from = this.from;
    int[] to = this.to;
    for (int r = 0; r < rows; r++) {
      int source = padded + r * sweep.rowStep() * paddedColumns * sweep.depth();
      int target = origin + r * columns * BLOCK;
      for (int c = 0; c < columns; c++) {
        for (int m = firstMove; m < endMove; m++) {
          FloatVector.fromArray(Lanes.S, a, source + from[m]).intoArray(a, target + to[m]);
        }
        if (masked) {
          stageTail(a, source, target);
        }
        source += sweep.columnStep() * sweep.depth();
        target += BLOCK;
      }
    }
  }

  /** The last move of a patch, and zeros to the end of its block. */
  private void stageTail(float[] a, int source, int target) {
    int move = from.length - 1;
    var mask = Lanes.S.indexInRange(0, tail);
    FloatVector.fromArray(Lanes.S, a, source + from[move], mask).intoArray(a, target + to[move]);
    int end = (blocks() - 1) * blockStep + BLOCK;
    for (int zeros = to[move] + L; zeros < end; zeros += L) {
      FloatVector.zero(Lanes.S).intoArray(a, target + zeros);
    }
  }

  /** Copies what the block of pixels reads of one group, with zeros around the image. */
  private void pad(
      float[] x, int xo, int sourceWidth, int row, int column, int rows, float[] a, int ao) {
    int depth = sweep.depth();
    int channels = sweep.sourceChannels();
    int left = column * sweep.columnStep() + reach.column();
    int begin = Math.clamp(-left, 0, paddedColumns);
    int end = Math.clamp(sourceWidth - left, begin, paddedColumns);
    int paddedRows = (rows - 1) * sweep.rowStep() + reach.rows();
    for (int r = 0; r < paddedRows; r++) {
      int target = ao + r * paddedColumns * depth;
      int sourceRow = row * sweep.rowStep() + reach.row() + r;
      if (sourceRow < 0 || sourceRow >= sweep.sourceHeight()) {
        Arrays.fill(a, target, target + paddedColumns * depth, 0);
        continue;
      }
      Arrays.fill(a, target, target + begin * depth, 0);
      int source = xo + (sourceRow * sourceWidth + left + begin) * channels;
      if (channels == depth) {
        System.arraycopy(x, source, a, target + begin * depth, (end - begin) * depth);
      } else {
        for (int c = 0; c < end - begin; c++) {
          System.arraycopy(x, source + c * channels, a, target + (begin + c) * depth, depth);
        }
      }
      Arrays.fill(a, target + end * depth, target + paddedColumns * depth, 0);
    }
  }
}
