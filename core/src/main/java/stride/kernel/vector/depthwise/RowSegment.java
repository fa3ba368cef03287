package stride.kernel.vector.depthwise;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.stream.IntStream;
import stride.kernel.vector.Sweep;

/**
 * Neighbouring pixels of an output row, those of the columns [first, end), for which the same taps
 * are inside of the source: the others read zeros.
 *
 * @param taps two numbers for each tap inside: where it reads, in floats from the source pixel (r
 *     rowStep, c columnStep) of output pixel (r, c), and where its weights are in the packed ones
 * @param inRuns whether the taps are runs of three, each of which reads what the one before it
 *     reads for the next output pixel
 */
record RowSegment(int first, int end, int[] taps, boolean inRuns) {

  /** Taps to a run. */
  static final int RUN = 3;

  /**
   * Returns the segments of every output row; rows for which they are the same share one array.
   *
   * @param weightStep from a tap's packed weights to the next one's
   */
  static RowSegment[][] of(Sweep sweep, int weightStep) {
    var known = new HashMap<List<Integer>, RowSegment[]>();
    var rows = new RowSegment[sweep.height()][];
    for (int r = 0; r < rows.length; r++) {
      int first = r * sweep.rowStep();
      var inside = new ArrayList<Integer>();
      for (int t = 0; t < sweep.taps().size(); t++) {
        int row = first + sweep.taps().get(t).row();
        if (row >= 0 && row < sweep.sourceHeight()) {
          inside.add(t);
        }
      }
      rows[r] = known.computeIfAbsent(inside, taps -> ofRow(sweep, taps, weightStep));
    }
    return rows;
  }

  /** Returns the segments of a row for which the rows of these taps are inside of the source. */
  private static RowSegment[] ofRow(Sweep sweep, List<Integer> taps, int weightStep) {
    var segments = new ArrayList<RowSegment>();
    for (int c = 0; c < sweep.columns(); ) {
      var inside = inside(sweep, taps, c);
      int end = c + 1;
      while (end < sweep.columns() && inside(sweep, taps, end).equals(inside)) {
        end++;
      }
      int[] numbers =
          inside.stream()
              .flatMapToInt(t -> IntStream.of(offset(sweep, sweep.taps().get(t)), t * weightStep))
              .toArray();
      segments.add(new RowSegment(c, end, numbers, inRuns(sweep, inside)));
      c = end;
    }
    return segments.toArray(RowSegment[]::new);
  }

  /** Returns the taps whose columns are inside of the source for an output column. */
  private static List<Integer> inside(Sweep sweep, List<Integer> taps, int column) {
    int first = column * sweep.columnStep();
    return taps.stream()
        .filter(
            t -> {
              int at = first + sweep.taps().get(t).column();
              return at >= 0 && at < sweep.sourceWidth();
            })
        .toList();
  }

  private static boolean inRuns(Sweep sweep, List<Integer> taps) {
    boolean runs = taps.size() % RUN == 0;
    for (int i = 0; i < taps.size(); i++) {
      if (i % RUN > 0) {
        var before = sweep.taps().get(taps.get(i - 1));
        var tap = sweep.taps().get(taps.get(i));
        runs &= taps.get(i) == taps.get(i - 1) + 1;
        runs &= tap.row() == before.row() && tap.column() == before.column() + sweep.columnStep();
      }
    }
    return runs;
  }

  private static int offset(Sweep sweep, Sweep.Tap tap) {
    return (tap.row() * sweep.sourceWidth() + tap.column()) * sweep.sourcePitch();
  }
}
