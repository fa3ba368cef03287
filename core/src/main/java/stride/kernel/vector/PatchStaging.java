package stride.kernel.vector;

import java.util.ArrayList;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Staging for few channels, where blocks of 16 channels would be mostly empty: the values that an
 * output pixel reads in some rows of taps are put one after the other and cut into blocks of 16.
 *
 * <p>Rows of taps that are staged together are a group. A patch is one group (im2col), or several:
 * then the group that is staged for a row of pixels serves other rows of pixels, too, whose patches
 * have it further up: [block][row of groups][pixel][16].
 *
 * <p>A group consists of runs of neighbouring floats of the padded source, the same runs for all
 * pixels, from different places. A vector of the staged form is made of one load for every run in
 * it.
 */
final class PatchStaging implements Staging {
  private static final int L = Lanes.COUNT;
  private static final int UNITS = BLOCK / L;

  /** The cost of making 16 staged values, in units of 32 multiply-adds. */
  private static final double STAGE = 3;

  private final Sweep sweep;
  private final Sweep.Reach reach;
  private final int columns;
  private final int rowTaps;
  private final Groups groups;
  private final int blockStep;
  private final int paddedColumns;
  private final int paddedFloats;
  private final int[] offsets;
  private final int[] firstOffset;
  private final int[] places;

  /** The first run of each vector. */
  private final int[] firstRun;

  /** The first lane of each run, and where its vector would begin, from the pixel's place. */
  private final int[] lane;

  private final int[] from;

  /** Floats of each vector that belong to the group; the others are zero. */
  private final int[] filled;

  PatchStaging(Sweep sweep, int rows, int columns, int usualRows) {
    this.sweep = sweep;
    reach = sweep.reach();
    this.columns = columns;
    rowTaps = sweep.taps().size() / tapRows(sweep);
    groups = Groups.of(sweep, usualRows);
    int stagedRows = rows + groups.extraRows();
    blockStep = (stagedRows * columns + 1) * BLOCK;
    paddedColumns = (columns - 1) * sweep.columnStep() + reach.columns();
    paddedFloats = groups.sourceRows(rows) * paddedColumns * sweep.depth() + 2 * BLOCK;

    int blocks = groups.blocks(0);
    offsets = new int[groups.allBlocks()];
    places = new int[offsets.length * BLOCK];
    firstOffset = new int[blocks + 1];
    int t = 0;
    for (int block = 0; block < blocks; block++) {
      firstOffset[block] = t;
      for (int group = 0; group < groups.count() && block < groups.blocks(group); group++, t++) {
        offsets[t] = block * blockStep + group * groups.step() * columns * BLOCK;
        for (int i = 0; i < BLOCK; i++) {
          places[t * BLOCK + i] = place(group, block * BLOCK + i);
        }
      }
    }
    firstOffset[blocks] = t;

    int length = groups.length(0);
    var lanes = new ArrayList<Integer>();
    var starts = new ArrayList<Integer>();
    firstRun = new int[blocks * UNITS + 1];
    filled = new int[blocks * UNITS];
    for (int unit = 0; unit < filled.length; unit++) {
      firstRun[unit] = starts.size();
      filled[unit] = Math.clamp(length - unit * L, 0, L);
      for (int i = 0; i < filled[unit]; i++) {
        int k = unit * L + i;
        if (i == 0 || source(k) != source(k - 1) + 1) {
          lanes.add(i);
          starts.add(source(k) - i);
        }
      }
    }
    firstRun[filled.length] = starts.size();
    lane = lanes.stream().mapToInt(i -> i).toArray();
    from = starts.stream().mapToInt(i -> i).toArray();
  }

  private static int tapRows(Sweep sweep) {
    return (int) sweep.taps().stream().mapToInt(Sweep.Tap::row).distinct().count();
  }

  /** Returns the weight of a group's k-th value, -1 if it has none. */
  private int place(int group, int k) {
    if (k >= groups.length(group)) {
      return -1;
    }
    int first = group * groups.rows() * rowTaps;
    return sweep.taps().get(first + k / sweep.depth()).number() * sweep.depth() + k % sweep.depth();
  }

  /**
   * Returns the offset of the first group's k-th value in the padded source from the pixel's place.
   */
  private int source(int k) {
    var tap = sweep.taps().get(k / sweep.depth());
    return ((tap.row() - reach.row()) * paddedColumns + tap.column() - reach.column())
            * sweep.depth()
        + k % sweep.depth();
  }

  @Override
  public int blocks() {
    return groups.blocks(0);
  }

  @Override
  public int firstOffset(int block) {
    return firstOffset[block];
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
    return blocks() * blockStep + 16 * BLOCK + Lanes.roundUp(paddedFloats, BLOCK);
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
    int step = sweep.columnStep() * sweep.depth();
    for (int unit = fromBlock * UNITS; unit < toBlock * UNITS; unit++) {
      int to = ao + (unit / UNITS - fromBlock) * blockStep + unit % UNITS * L;
      int first = firstRun[unit];
      int runs = firstRun[unit + 1] - first;
      for (int r = 0; r < rows + groups.extraRows(); r++) {
        int source = padded + r * sweep.rowStep() * paddedColumns * sweep.depth();
        int target = to + r * columns * BLOCK;
        if (runs == 2) {
          stageTwo(
              a,
              source + from[first],
              source + from[first + 1],
              step,
              lane[first + 1],
              filled[unit],
              target);
          continue;
        }
        stageOne(a, runs == 0 ? source : source + from[first], step, filled[unit], target);
        for (int run = first + 1; run < first + runs; run++) {
          stageOver(a, source + from[run], step, lane[run], filled[unit], target);
        }
      }
    }
  }

  /** One vector of each pixel of a row: {@code filled} floats, and zeros after them. */
  private void stageOne(float[] a, int source, int step, int filled, int target) {
    var inside = Lanes.S.indexInRange(0, filled);
    for (int c = 0; c < columns; c++) {
      FloatVector.fromArray(Lanes.S, a, source + c * step, inside).intoArray(a, target + c * BLOCK);
    }
  }

  /** The same, with the lanes from {@code lane} on from a second place. */
  private void stageTwo(
      float[] a, int source, int second, int step, int lane, int filled, int target) {
    var inside = Lanes.S.indexInRange(0, filled);
    var lanes = FloatVector.zero(Lanes.S).addIndex(1);
    var behind = lanes.compare(VectorOperators.GE, (float) lane);
    for (int c = 0; c < columns; c++) {
      FloatVector.fromArray(Lanes.S, a, source + c * step)
          .blend(FloatVector.fromArray(Lanes.S, a, second + c * step, inside), behind)
          .intoArray(a, target + c * BLOCK);
    }
  }

  /** Replaces the lanes from {@code lane} on. */
  private void stageOver(float[] a, int source, int step, int lane, int filled, int target) {
    var inside = Lanes.S.indexInRange(0, filled);
    var lanes = FloatVector.zero(Lanes.S).addIndex(1);
    var behind = lanes.compare(VectorOperators.GE, (float) lane);
    for (int c = 0; c < columns; c++) {
      FloatVector.fromArray(Lanes.S, a, target + c * BLOCK)
          .blend(FloatVector.fromArray(Lanes.S, a, source + c * step, inside), behind)
          .intoArray(a, target + c * BLOCK);
    }
  }

  /** Copies the values of one group that the block of pixels reads, with zeros around the image. */
  private void pad(
      float[] x, int xo, int sourceWidth, int row, int column, int rows, float[] a, int ao) {
    int depth = sweep.depth();
    int pitch = sweep.sourcePitch();
    int left = column * sweep.columnStep() + reach.column();
    int begin = Math.clamp(-left, 0, paddedColumns);
    int end = Math.clamp(sourceWidth - left, begin, paddedColumns);
    int paddedRows = groups.sourceRows(rows);
    for (int r = 0; r < paddedRows; r++) {
      int target = ao + r * paddedColumns * depth;
      int sourceRow = row * sweep.rowStep() + reach.row() + r;
      if (begin == end || sourceRow < 0 || sourceRow >= sweep.sourceHeight()) {
        Arrays.fill(a, target, target + paddedColumns * depth, 0);
        continue;
      }
      Arrays.fill(a, target, target + begin * depth, 0);
      int source = xo + (sourceRow * sourceWidth + left + begin) * pitch;
      if (pitch == depth) {
        System.arraycopy(x, source, a, target + begin * depth, (end - begin) * depth);
      } else {
        for (int c = 0; c < end - begin; c++) {
          System.arraycopy(x, source + c * pitch, a, target + (begin + c) * depth, depth);
        }
      }
      Arrays.fill(a, target + end * depth, target + paddedColumns * depth, 0);
    }
  }

  /**
   * The division of a patch's rows of taps into groups.
   *
   * @param rows rows of taps of a group; the last one may have fewer
   * @param rowLength values of a row of taps
   * @param tapRows rows of taps of a patch
   * @param reachRows source rows of a patch
   * @param rowStep source rows from a row of pixels to the next one
   */
  private record Groups(int rows, int rowLength, int tapRows, int reachRows, int rowStep) {

    /** Returns the groups that cost least for blocks of some rows of pixels. */
    static Groups of(Sweep sweep, int pixelRows) {
      int tapRows = PatchStaging.tapRows(sweep);
      int reachRows = sweep.reach().rows();
      int rowLength = sweep.taps().size() / tapRows * sweep.depth();
      var best = new Groups(tapRows, rowLength, tapRows, reachRows, sweep.rowStep());
      boolean undilated = reachRows == tapRows;
      for (int rows = sweep.rowStep(); undilated && rows < tapRows; rows += sweep.rowStep()) {
        var groups = new Groups(rows, rowLength, tapRows, reachRows, sweep.rowStep());
        if (groups.cost(sweep, pixelRows) < best.cost(sweep, pixelRows)) {
          best = groups;
        }
      }
      return best;
    }

    /** Cycles to a pixel, for staging and for multiplying. */
    private double cost(Sweep sweep, int pixelRows) {
      int panels = new Panels(0, sweep.width()).count();
      return BLOCK * panels * allBlocks()
          + STAGE * blocks(0) * (pixelRows + extraRows()) / pixelRows;
    }

    int count() {
      return Math.ceilDiv(tapRows, rows);
    }

    /** Rows of pixels from the one that a group was staged for to the one that has it next. */
    int step() {
      return rows / rowStep;
    }

    /** Rows of groups that are staged for the rows of pixels below the block. */
    int extraRows() {
      return (count() - 1) * step();
    }

    /** Source rows that are read for some rows of pixels. */
    int sourceRows(int pixelRows) {
      int last = (pixelRows - 1 + extraRows()) * rowStep;
      return last + (count() == 1 ? reachRows : rows);
    }

    /** Values of a group. */
    int length(int group) {
      return Math.min(rows, tapRows - group * rows) * rowLength;
    }

    int blocks(int group) {
      return Math.ceilDiv(length(group), BLOCK);
    }

    /** Blocks of all groups. */
    int allBlocks() {
      int blocks = 0;
      for (int group = 0; group < count(); group++) {
        blocks += blocks(group);
      }
      return blocks;
    }
  }
}
