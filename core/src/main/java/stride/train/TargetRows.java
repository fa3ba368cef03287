package stride.train;

import stride.data.TargetType;

/** Copies the targets of samples into those of a batch, which may be of a wider type. */
final class TargetRows {
  private final TargetType read;
  private final Targets targets;

  /**
   * Creates a writer for a batch's targets.
   *
   * @param read the type of a sample's target; if it is a class, a batch may have rows of values
   * @param targets the targets of the batch
   */
  TargetRows(TargetType read, Targets targets) {
    this.read = read;
    this.targets = targets;
  }

  /** Whether these targets are set. */
  boolean areFor(Targets other) {
    return targets == other;
  }

  /** Sets a sample's target to the row that begins at {@code row[at]}. */
  void set(int sample, float[] row, int at) {
    if (read instanceof TargetType.OneClass && targets.soft()) {
      int label = (int) row[at];
      for (int i = 0; i < targets.width(); i++) {
        targets.setValue(sample, i, i == label ? 1 : 0);
      }
    } else {
      targets.setRow(sample, row, at, read.floats());
    }
  }
}
