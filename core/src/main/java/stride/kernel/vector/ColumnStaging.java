package stride.kernel.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Staging for many channels. 16 channels of a source pixel are copied once for every column of
 * taps, and shared by the taps of a column: [block][column of taps][phase of rows][row][pixel][16].
 */
public final class ColumnStaging implements Staging {
  private final Sweep sweep;
  private final int columns;
  private final int[] tapColumns;

  /** Rows of taps that differ by multiples of the row step share staged rows: a phase. */
  private final int[] phaseFirst;

  private final int[] phaseExtra;
  private final int[] phaseAt;
  private final int copyStep;
  private final int blockStep;
  private final int[] offsets;
  private final int[] places;

  /** Stages blocks of {@code rows} x {@code columns} output pixels of a sweep. */
  public ColumnStaging(Sweep sweep, int rows, int columns) {
    this.sweep = sweep;
    this.columns = columns;
    var taps = sweep.taps();
    tapColumns = taps.stream().mapToInt(Sweep.Tap::column).distinct().sorted().toArray();
    int[] phases =
        taps.stream()
            .mapToInt(t -> Math.floorMod(t.row(), sweep.rowStep()))
            .distinct()
            .sorted()
            .toArray();
    phaseFirst = new int[phases.length];
    phaseExtra = new int[phases.length];
    phaseAt = new int[phases.length];
    int at = 0;
    for (int f = 0; f < phases.length; f++) {
      int phase = phases[f];
      int[] tapRows =
          taps.stream()
              .mapToInt(Sweep.Tap::row)
              .filter(row -> Math.floorMod(row, sweep.rowStep()) == phase)
              .sorted()
              .toArray();
      phaseFirst[f] = tapRows[0];
      phaseExtra[f] = (tapRows[tapRows.length - 1] - tapRows[0]) / sweep.rowStep();
      phaseAt[f] = at;
      at += (rows + phaseExtra[f]) * columns * BLOCK;
    }
    copyStep = at;
    blockStep = tapColumns.length * copyStep;
    int blocks = Math.ceilDiv(sweep.depth(), BLOCK);
    offsets = new int[blocks * taps.size()];
    places = new int[offsets.length * BLOCK];
    for (int t = 0; t < offsets.length; t++) {
      int block = t / taps.size();
      var tap = taps.get(t % taps.size());
      int copy = Arrays.binarySearch(tapColumns, tap.column());
      int f = Arrays.binarySearch(phases, Math.floorMod(tap.row(), sweep.rowStep()));
      int row = (tap.row() - phaseFirst[f]) / sweep.rowStep();
      offsets[t] = block * blockStep + copy * copyStep + phaseAt[f] + row * columns * BLOCK;
      for (int i = 0; i < BLOCK; i++) {
        int channel = block * BLOCK + i;
        places[t * BLOCK + i] =
            channel < sweep.depth() ? tap.number() * sweep.depth() + channel : -1;
      }
    }
  }

  @Override
  public int blocks() {
    return Math.ceilDiv(sweep.depth(), BLOCK);
  }

  @Override
  public int firstOffset(int block) {
    return block * sweep.taps().size();
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
    return blocks() * blockStep + 16 * BLOCK;
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
    int step = sweep.columnStep();
    int pitch = sweep.sourcePitch();
    for (int f = 0; f < phaseFirst.length; f++) {
      for (int r = 0; r < rows + phaseExtra[f]; r++) {
        int sourceRow = (row + r) * sweep.rowStep() + phaseFirst[f];
        boolean inside = sourceRow >= 0 && sourceRow < sweep.sourceHeight();
        for (int copy = 0; copy < tapColumns.length; copy++) {
          int sourceColumn = column * step + tapColumns[copy];
          int from = inside ? Math.clamp(Math.ceilDiv(-sourceColumn, step), 0, columns) : columns;
          int to =
              inside
                  ? Math.clamp(Math.ceilDiv(sourceWidth - sourceColumn, step), from, columns)
                  : columns;
          int source = xo + (sourceRow * sourceWidth + sourceColumn + from * step) * pitch;
          int target = ao + copy * copyStep + phaseAt[f] + r * columns * BLOCK;
          if (from > 0 || to < columns) {
            for (int block = fromBlock; block < toBlock; block++) {
              int at = target + (block - fromBlock) * blockStep;
              Arrays.fill(a, at, at + from * BLOCK, 0);
              Arrays.fill(a, at + to * BLOCK, at + columns * BLOCK, 0);
            }
          }
          int whole = Math.min(toBlock, sweep.depth() / BLOCK);
          int at = target + from * BLOCK;
          copy(x, source, step * pitch, a, at, to - from, fromBlock, whole);
          if (whole < toBlock) {
            int block = Math.max(whole, fromBlock);
            copyFew(
                x,
                source + block * BLOCK,
                step * pitch,
                a,
                at + (block - fromBlock) * blockStep,
                to - from,
                sweep.depth() - block * BLOCK);
          }
        }
      }
    }
  }

  /** Copies whole blocks, pixel by pixel, in the order of memory. */
  private void copy(
      float[] x,
      int source,
      int step,
      float[] a,
      int target,
      int pixels,
      int fromBlock,
      int toBlock) {
    for (int p = 0; p < pixels; p++) {
      int from = source + p * step + fromBlock * BLOCK;
      int to = target + p * BLOCK;
      for (int block = fromBlock; block < toBlock; block++) {
        for (int v = 0; v < BLOCK; v += Lanes.COUNT) {
          FloatVector.fromArray(Lanes.S, x, from + v).intoArray(a, to + v);
        }
        from += BLOCK;
        to += blockStep;
      }
    }
  }

  /** Copies {@code n} channels of each pixel, and zeros after them. */
  private static void copyFew(float[] x, int from, int step, float[] a, int to, int pixels, int n) {
    for (int v = 0; v < BLOCK; v += Lanes.COUNT) {
      var mask = Lanes.S.indexInRange(v, n);
      for (int p = 0; p < pixels; p++) {
        FloatVector.fromArray(Lanes.S, x, from + p * step + v, mask)
            .intoArray(a, to + p * BLOCK + v);
      }
    }
  }
}
