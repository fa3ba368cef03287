package stride.train;

import java.util.List;
import stride.tensor.Tensor;

/**
 * What the outputs of a batch should be: a class for each sample, or a row of values (soft labels,
 * regression targets). Filled anew for each batch, so that no step allocates.
 */
public final class Targets {
  private final int width;
  private final boolean several;
  private final int[] classes;
  private final float[] values;

  private Targets(int batch, int width, boolean several) {
    this.width = width;
    this.several = several;
    classes = new int[width == 0 ? batch : 0];
    values = new float[width * batch];
  }

  /** Room for a class for each of up to {@code batch} samples. */
  public static Targets classes(int batch) {
    return new Targets(batch, 0, false);
  }

  /** Room for a row of {@code width} values for each of up to {@code batch} samples. */
  public static Targets values(int batch, int width) {
    return new Targets(batch, width, false);
  }

  /**
   * Room for a row of {@code width} values for each of up to {@code batch} samples, each of which
   * says for itself whether the sample belongs to a class: 1 if it does, 0 if not.
   */
  public static Targets severalClasses(int batch, int width) {
    return new Targets(batch, width, true);
  }

  /** A class for each sample. */
  public static Targets ofClasses(int... classes) {
    var targets = classes(classes.length);
    for (int n = 0; n < classes.length; n++) {
      targets.setLabel(n, classes[n]);
    }
    return targets;
  }

  /** A row of values for each sample: what its output should be. All have the same shape. */
  public static Targets ofValues(List<Tensor> rows) {
    int width = rows.getFirst().data().length;
    var targets = values(rows.size(), width);
    for (int n = 0; n < rows.size(); n++) {
      float[] row = rows.get(n).data();
      if (row.length != width) {
        throw new IllegalArgumentException(
            "row %d of the targets has %d values, row 0 has %d".formatted(n, row.length, width));
      }
      System.arraycopy(row, 0, targets.values, n * width, width);
    }
    return targets;
  }

  /** Whether there is a row of values, not a class, for each sample. */
  public boolean soft() {
    return width > 0;
  }

  /** Whether a sample may belong to several classes, or none. */
  public boolean several() {
    return several;
  }

  /** The values of a row; 0 if there is a class for each sample. */
  public int width() {
    return width;
  }

  /** The class of a sample, or the first of those with the largest value in its row. */
  public int likeliest(int sample) {
    if (!soft()) {
      return classes[sample];
    }
    int best = 0;
    for (int i = 1; i < width; i++) {
      if (value(sample, i) > value(sample, best)) {
        best = i;
      }
    }
    return best;
  }

  /** The class of a sample. */
  public int label(int sample) {
    return classes[sample];
  }

  /** Sets the class of a sample. */
  public void setLabel(int sample, int label) {
    classes[sample] = label;
  }

  /** Sets a sample's row to the values from {@code at} on. */
  void setRow(int sample, float[] from, int at) {
    System.arraycopy(from, at, values, sample * width, width);
  }

  /** A value of a sample's row. */
  public float value(int sample, int i) {
    return values[sample * width + i];
  }

  /** Sets a value of a sample's row. */
  public void setValue(int sample, int i, float value) {
    values[sample * width + i] = value;
  }
}
