package stride.train;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
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
    if (batch < 0 || (long) batch * width > Integer.MAX_VALUE - 64) {
      throw new IllegalArgumentException(
          "targets of %d samples with %d values each do not fit into an array"
              .formatted(batch, width));
    }
    this.width = width;
    this.several = several;
    classes = new int[width == 0 ? batch : 0];
    values = new float[width * batch];
  }

  /**
   * Room for a class for each of up to {@code batch} samples.
   *
   * @throws IllegalArgumentException if the batch is below 0
   */
  public static Targets classes(int batch) {
    return new Targets(batch, 0, false);
  }

  /**
   * Room for a row of {@code width} values for each of up to {@code batch} samples.
   *
   * @throws IllegalArgumentException if the width is below 1, or they are more than an array holds
   */
  public static Targets values(int batch, int width) {
    return new Targets(batch, checkedWidth(width), false);
  }

  /**
   * Room for a row of {@code width} values for each of up to {@code batch} samples, each of which
   * says for itself whether the sample belongs to a class: 1 if it does, 0 if not.
   *
   * @throws IllegalArgumentException if the width is below 1, or they are more than an array holds
   */
  public static Targets severalClasses(int batch, int width) {
    return new Targets(batch, checkedWidth(width), true);
  }

  private static int checkedWidth(int width) {
    if (width < 1) {
      throw new IllegalArgumentException("a row of targets has at least 1 value, found " + width);
    }
    return width;
  }

  /** A class for each sample. */
  public static Targets ofClasses(int... classes) {
    var targets = classes(classes.length);
    for (int n = 0; n < classes.length; n++) {
      targets.setLabel(n, classes[n]);
    }
    return targets;
  }

  /**
   * A row of values for each sample: what its output should be. All have the same shape.
   *
   * @throws IllegalArgumentException if there is no row, or two differ in length
   */
  public static Targets ofValues(List<Tensor> rows) {
    if (rows.isEmpty()) {
      throw new IllegalArgumentException("targets are of at least 1 sample, found none");
    }
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

  /** Sets a sample's row to {@code count} values from {@code at} on, and zeros behind them. */
  void setRow(int sample, float[] from, int at, int count) {
    int row = sample * width;
    System.arraycopy(from, at, values, row, count);
    Arrays.fill(values, row + count, row + width, 0);
  }

  /**
   * A value of a sample's row.
   *
   * @throws IndexOutOfBoundsException if there is no such sample or value
   */
  public float value(int sample, int i) {
    return values[sample * width + Objects.checkIndex(i, width)];
  }

  /**
   * Sets a value of a sample's row.
   *
   * @throws IndexOutOfBoundsException if there is no such sample or value
   */
  public void setValue(int sample, int i, float value) {
    values[sample * width + Objects.checkIndex(i, width)] = value;
  }

  /**
   * Refuses a loss of more samples than there are targets of.
   *
   * @throws IllegalArgumentException if {@code samples} is not from 1 to their number
   */
  public void requireSamples(int samples) {
    int most = soft() ? values.length / width : classes.length;
    if (samples < 1 || samples > most) {
      throw new IllegalArgumentException(
          "a loss of %d samples is asked for, the targets are of %d".formatted(samples, most));
    }
  }

  /**
   * Refuses rows that are not as wide as the outputs that they are compared with.
   *
   * @param loss names the loss, for the message
   * @throws IllegalArgumentException if they are not {@code outputs} wide
   */
  public void requireWidth(String loss, int outputs) {
    if (width != outputs) {
      throw new IllegalArgumentException(
          "%s compares outputs with as many targets, found %d outputs and %d targets"
              .formatted(loss, outputs, width));
    }
  }

  /**
   * A value of a sample's row that is a share of the sample.
   *
   * @param loss names the loss, for the message
   * @throws IllegalArgumentException if it is not in [0, 1]
   */
  float share(String loss, int sample, int i) {
    float share = value(sample, i);
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "%s's targets are in [0, 1], found %s for output %d of sample %d"
              .formatted(loss, share, i, sample));
    }
    return share;
  }
}
