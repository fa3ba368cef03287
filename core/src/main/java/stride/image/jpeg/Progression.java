package stride.image.jpeg;

import java.util.Arrays;
import java.util.List;
import stride.format.FormatException;

/** The bits of the coefficients that a progressive picture's scans have given so far. */
final class Progression {
  /** The state of a coefficient of which no scan has given any bit. */
  static final int NOTHING = -1;

  /**
   * The number of tracked coefficients; {@link BlockSmoothing} estimates the first ones of these.
   */
  private static final int GUESSED = 10;

  private final int[][] lowBits;
  private final int[][] lowBitsBefore;
  private int scans;

  Progression(List<Component> components) {
    lowBits = new int[components.size()][64];
    lowBitsBefore = new int[components.size()][64];
    for (int[] bits : lowBits) {
      Arrays.fill(bits, NOTHING);
    }
    for (int[] bits : lowBitsBefore) {
      Arrays.fill(bits, NOTHING);
    }
  }

  /**
   * Records a scan. An unusual order of scans, or missing ones, are accepted.
   *
   * @throws FormatException if the scan's own parameters are invalid
   */
  void begin(Scan scan) throws FormatException {
    boolean dc = scan.first() == 0;
    boolean valid =
        dc
            ? scan.last() == 0
            : scan.first() <= scan.last() && scan.last() < 64 && scan.parts().size() == 1;
    valid &= scan.highBit() == 0 || scan.lowBit() == scan.highBit() - 1;
    if (!valid || scan.lowBit() > 13) {
      throw JpegPicture.damaged(
          "a scan of %d components gives the coefficients %d to %d from bit %d to %d"
              .formatted(
                  scan.parts().size(), scan.first(), scan.last(), scan.highBit(), scan.lowBit()));
    }
    scans++;
    for (var part : scan.parts()) {
      int[] bits = lowBits[part.component().index];
      int[] before = lowBitsBefore[part.component().index];
      for (int k = Math.min(scan.first(), 1); k <= Math.max(scan.last(), GUESSED - 1); k++) {
        before[k] = scans > 1 ? bits[k] : 0;
      }
      Arrays.fill(bits, scan.first(), scan.last() + 1, scan.lowBit());
    }
  }

  /** Returns for each coefficient the lowest bit that is known, or {@link #NOTHING}. */
  int[] lowBits(Component component) {
    return lowBits[component.index];
  }

  /** Returns the lowest known bits before the last scan of a component. */
  int[] lowBitsBefore(Component component) {
    if (scans > 1) {
      return lowBitsBefore[component.index];
    }
    var nothing = new int[64];
    Arrays.fill(nothing, NOTHING);
    return nothing;
  }
}
