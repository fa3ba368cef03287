package stride.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import stride.data.Box;
import stride.data.Target;
import stride.data.TargetType;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/**
 * What the outputs of a batch should be: for each sample a row of floats, as its {@link TargetType}
 * lays it out. Filled anew for each batch, so that no step allocates.
 */
public final class Targets {
  private final TargetType type;
  private final int batch;

  /** The values of a row that outputs are compared with; 0 where there are none. */
  private final int width;

  /** Floats from one sample's row to the next. */
  private final int stride;

  /** Where the row of sample 0 begins. */
  private final int offset;

  private final float[] rows;

  private Targets(TargetType type, int batch, int stride, int offset, float[] rows) {
    this.type = type;
    this.batch = batch;
    boolean soft =
        type instanceof TargetType.SeveralClasses
            || type instanceof TargetType.Values
            || type instanceof TargetType.Image;
    width = soft ? type.floats() : 0;
    this.stride = stride;
    this.offset = offset;
    this.rows = rows;
  }

  /**
   * Room for the targets of up to {@code batch} samples.
   *
   * @throws IllegalArgumentException if the batch is below 0, or they are more than an array holds
   */
  public static Targets of(TargetType type, int batch) {
    int floats = type.floats();
    if (batch < 0 || (long) batch * floats > Integer.MAX_VALUE - 64) {
      throw new IllegalArgumentException(
          "targets of %d samples with %d values each do not fit into an array"
              .formatted(batch, floats));
    }
    return new Targets(type, batch, floats, 0, new float[batch * floats]);
  }

  /**
   * Room for a class for each of up to {@code batch} samples.
   *
   * @throws IllegalArgumentException if the batch is below 0
   */
  public static Targets classes(int batch) {
    return of(new TargetType.OneClass(), batch);
  }

  /**
   * Room for a row of {@code width} values for each of up to {@code batch} samples.
   *
   * @throws IllegalArgumentException if the width is below 1, or they are more than an array holds
   */
  public static Targets values(int batch, int width) {
    return of(new TargetType.Values(Shape.of(checkedWidth(width))), batch);
  }

  /**
   * Room for a row of {@code width} values for each of up to {@code batch} samples, each of which
   * says for itself whether the sample belongs to a class: 1 if it does, 0 if not.
   *
   * @throws IllegalArgumentException if the width is below 1, or they are more than an array holds
   */
  public static Targets severalClasses(int batch, int width) {
    return of(new TargetType.SeveralClasses(checkedWidth(width)), batch);
  }

  private static int checkedWidth(int width) {
    if (width < 1) {
      throw new IllegalArgumentException("a row of targets has at least 1 value, found " + width);
    }
    return width;
  }

  /**
   * The targets of some samples, all of the first one's type.
   *
   * @throws IllegalArgumentException if there is none, or two differ in their type
   */
  public static Targets of(List<Target> samples) {
    if (samples.isEmpty()) {
      throw new IllegalArgumentException("targets are of at least 1 sample, found none");
    }
    var targets = of(samples.getFirst().type(), samples.size());
    for (int n = 0; n < samples.size(); n++) {
      targets.set(n, samples.get(n));
    }
    return targets;
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
      System.arraycopy(row, 0, targets.rows, n * width, width);
    }
    return targets;
  }

  /** The type of each sample's target. */
  public TargetType type() {
    return type;
  }

  /**
   * One of several targets: what is set there is set here.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  public Targets part(String name) {
    if (!(type instanceof TargetType.Several several)) {
      throw new IllegalArgumentException(
          "no target is named %s: each sample's target is %s".formatted(name, type));
    }
    int from = several.offset(name);
    return new Targets(
        Objects.requireNonNull(several.parts().get(name)), batch, stride, offset + from, rows);
  }

  /**
   * Sets a sample's target.
   *
   * @throws IllegalArgumentException if it is of another type
   */
  public void set(int sample, Target target) {
    type.write(target, rows, at(sample));
  }

  private int at(int sample) {
    return offset + Objects.checkIndex(sample, batch) * stride;
  }

  /** Whether each sample has a row of values that outputs can be compared with one by one. */
  public boolean soft() {
    return width > 0;
  }

  /** Whether a sample may belong to several classes, or none. */
  public boolean several() {
    return type instanceof TargetType.SeveralClasses;
  }

  /** The values of a row; 0 where targets are not {@linkplain #soft rows of values}. */
  public int width() {
    return width;
  }

  /** The class of a sample, or the first of those with the largest value in its row. */
  public int likeliest(int sample) {
    if (!soft()) {
      return label(sample);
    }
    int best = 0;
    for (int i = 1; i < width; i++) {
      if (value(sample, i) > value(sample, best)) {
        best = i;
      }
    }
    return best;
  }

  /**
   * The class of a sample.
   *
   * @throws IllegalArgumentException if samples have no class each
   */
  public int label(int sample) {
    requireClasses();
    return (int) rows[at(sample)];
  }

  /** Sets the class of a sample. */
  public void setLabel(int sample, int label) {
    requireClasses();
    rows[at(sample)] = label;
  }

  private void requireClasses() {
    if (!(type instanceof TargetType.OneClass)) {
      throw new IllegalArgumentException(
          "a class is asked for, each sample's target is %s".formatted(type));
    }
  }

  /** Whether each sample has a class for each pixel. */
  public boolean isClassMap() {
    return type instanceof TargetType.ClassMap;
  }

  /** How many pixels of a sample have a class each; 0 where they have none. */
  public int pixels() {
    return isClassMap() ? type.floats() : 0;
  }

  /**
   * The class of a pixel; a negative one counts for nothing.
   *
   * @param pixel row by row, from 0 to {@link #pixels} - 1
   */
  public int label(int sample, int pixel) {
    return (int) rows[at(sample) + Objects.checkIndex(pixel, pixels())];
  }

  /**
   * The boxes of a sample.
   *
   * @throws IllegalArgumentException if targets are no boxes
   */
  public List<Box> boxes(int sample) {
    if (!(type instanceof TargetType.Boxes)) {
      throw new IllegalArgumentException(
          "boxes are asked for, each sample's target is %s".formatted(type));
    }
    int next = at(sample);
    int count = (int) rows[next++];
    var boxes = new ArrayList<Box>(count);
    for (int i = 0; i < count; i++, next += 5) {
      boxes.add(
          new Box(
              (int) rows[next], rows[next + 1], rows[next + 2], rows[next + 3], rows[next + 4]));
    }
    return boxes;
  }

  /** Sets a sample's row to {@code count} values from {@code at} on, and zeros after them. */
  void setRow(int sample, float[] from, int at, int count) {
    int row = at(sample);
    System.arraycopy(from, at, rows, row, count);
    Arrays.fill(rows, row + count, row + type.floats(), 0);
  }

  /**
   * A value of a sample's row.
   *
   * @throws IndexOutOfBoundsException if there is no such sample or value
   */
  public float value(int sample, int i) {
    return rows[at(sample) + Objects.checkIndex(i, width)];
  }

  /**
   * Sets a value of a sample's row.
   *
   * @throws IndexOutOfBoundsException if there is no such sample or value
   */
  public void setValue(int sample, int i, float value) {
    rows[at(sample) + Objects.checkIndex(i, width)] = value;
  }

  /**
   * Refuses a loss of more samples than there are targets of.
   *
   * @throws IllegalArgumentException if {@code samples} is not from 1 to their number
   */
  public void requireSamples(int samples) {
    if (samples < 1 || samples > batch) {
      throw new IllegalArgumentException(
          "a loss of %d samples is asked for, the targets are of %d".formatted(samples, batch));
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
