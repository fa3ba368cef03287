package stride.kernel.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Staging for depthwise convolutions, where every copy counts: 16 channels of a band of rows are
 * copied once, zeros around the image, columns and rows apart by their phase, so that a step to the
 * next output pixel is a step to the next staged one: [phase of columns][phase of
 * rows][row][column] [16].
 */
final class PhaseStaging {
  private static final int BLOCK = Staging.BLOCK;

  private final Sweep sweep;
  private final Sweep.Reach reach;
  private final int pitch;
  private final int stagedRows;
  private final int phaseStep;
  private final int[] offsets;

  PhaseStaging(Sweep sweep, int rows) {
    this.sweep = sweep;
    reach = sweep.reach();
    pitch = sweep.columns() + (reach.columns() - 1) / sweep.columnStep();
    stagedRows = rows + (reach.rows() - 1) / sweep.rowStep();
    phaseStep = stagedRows * pitch * BLOCK;
    offsets =
        sweep.taps().stream()
            .mapToInt(
                tap -> {
                  int row = tap.row() - reach.row();
                  int column = tap.column() - reach.column();
                  int phase = column % sweep.columnStep() * sweep.rowStep() + row % sweep.rowStep();
                  return phase * phaseStep
                      + (row / sweep.rowStep() * pitch + column / sweep.columnStep()) * BLOCK;
                })
            .toArray();
  }

  /** Where each tap of the band's first pixel is. */
  int[] offsets() {
    return offsets;
  }

  /** Floats from a row of staged pixels to the next. */
  int rowStep() {
    return pitch * BLOCK;
  }

  int length() {
    return sweep.columnStep() * sweep.rowStep() * phaseStep + 16 * BLOCK;
  }

  /** Stages {@code n} of the channels from {@code x[xo]} on for a band of output rows. */
  void stage(float[] x, int xo, int n, int row, int rows, float[] a, int ao) {
    int channels = sweep.sourceChannels();
    int rowEnd = (rows - 1) * sweep.rowStep() + reach.rows();
    for (int r = 0; r < rowEnd; r++) {
      int sourceRow = row * sweep.rowStep() + reach.row() + r;
      boolean inside = sourceRow >= 0 && sourceRow < sweep.sourceHeight();
      for (int phase = 0; phase < sweep.columnStep(); phase++) {
        int first = reach.column() + phase;
        int step = sweep.columnStep();
        int from = inside ? Math.clamp(Math.ceilDiv(-first, step), 0, pitch) : pitch;
        int to =
            inside
                ? Math.clamp(Math.ceilDiv(sweep.sourceWidth() - first, step), from, pitch)
                : pitch;
        int target =
            ao
                + (phase * sweep.rowStep() + r % sweep.rowStep()) * phaseStep
                + r / sweep.rowStep() * pitch * BLOCK;
        Arrays.fill(a, target, target + from * BLOCK, 0);
        int source = xo + (sourceRow * sweep.sourceWidth() + first + from * step) * channels;
        copy(x, source, step * channels, n, a, target + from * BLOCK, to - from);
        Arrays.fill(a, target + to * BLOCK, target + pitch * BLOCK, 0);
      }
    }
  }

  private static void copy(float[] x, int from, int step, int n, float[] a, int to, int pixels) {
    for (int v = 0; v < BLOCK; v += Lanes.COUNT) {
      var mask = Lanes.S.indexInRange(v, n);
      for (int p = 0; p < pixels; p++) {
        FloatVector.fromArray(Lanes.S, x, from + p * step + v, mask)
            .intoArray(a, to + p * BLOCK + v);
      }
    }
  }
}
