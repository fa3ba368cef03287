package stride.image.jpeg;

import stride.format.FormatException;

/** Counts the MCUs up to the next restart marker. */
final class Restarts {
  private final Input in;
  private final int interval;
  private int left;
  private int number;

  /**
   * Begins a scan.
   *
   * @param interval in MCUs, or 0 if there are no restarts
   */
  Restarts(Input in, int interval) {
    this.in = in;
    this.interval = interval;
    left = interval;
  }

  boolean any() {
    return interval > 0;
  }

  /** Returns whether no restart can follow: there are none, or another marker ends the scan. */
  boolean areOver() {
    return interval == 0 || in.isAtEnd();
  }

  /**
   * Returns whether the decoder must restart before the next MCU; if so, the marker has been read.
   */
  boolean isDue() throws FormatException {
    if (interval == 0) {
      return false;
    }
    boolean due = left == 0;
    if (due) {
      in.restart(number);
      number = number + 1 & 7;
      left = interval;
    }
    left--;
    return due;
  }
}
