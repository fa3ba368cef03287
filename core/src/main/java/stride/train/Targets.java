package stride.train;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import stride.data.Box;
import stride.data.Target;
import stride.data.TargetType;
import stride.data.TrueBox;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/**
 * The targets of a batch: a row of floats for each sample, with the layout of its {@link
 * TargetType}. The same object is refilled for each batch, so that no step allocates.
 */
public final class Targets {
  private final TargetType type;
  private final int batch;

  /** The number of values in a row that outputs are compared with; 0 if there are none. */
  private final int width;

  /** The number of floats from one sample's row to the next. */
  private final int stride;

  /** The index at which the row of sample 0 begins. */
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
   * Creates targets for a batch.
   *
   * @param type the type of each sample's target
   * @param batch the largest number of samples
   * @return targets that are all 0
   * @throws IllegalArgumentException if the batch is below 0, or the values do not fit into an
   *     array
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
   * Creates targets of one class per sample.
   *
   * @param batch the largest number of samples
   * @return targets that are all class 0
   * @throws IllegalArgumentException if the batch is below 0
   */
  public static Targets classes(int batch) {
    return of(new TargetType.OneClass(), batch);
  }

  /**
   * Creates targets of a row of values per sample.
   *
   * @param batch the largest number of samples
   * @param width the number of values in a row, at least 1
   * @return targets that are all 0
   * @throws IllegalArgumentException if the width is below 1, or the values do not fit into an
   *     array
   */
  public static Targets values(int batch, int width) {
    return of(new TargetType.Values(Shape.of(checkedWidth(width))), batch);
  }

  /**
   * Creates targets of any number of classes per sample: each value of a row is 1 if the sample
   * belongs to that class, 0 if not.
   *
   * @param batch the largest number of samples
   * @param width the number of classes, at least 1
   * @return targets that are all 0
   * @throws IllegalArgumentException if the width is below 1, or the values do not fit into an
   *     array
   */
  public static Targets severalClasses(int batch, int width) {
    return of(new TargetType.SeveralClasses(checkedWidth(width)), batch);
  }

  private static int checkedWidth(int width) {
    if (width < 1) {
      throw new IllegalArgumentException(
          "a row of targets must have at least 1 value, was " + width);
    }
    return width;
  }

  /**
   * Returns the targets of some samples, all of the first one's type.
   *
   * @param samples the target of each sample
   * @return the targets of the batch
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

  /**
   * {@return targets of one class per sample}
   *
   * @param classes the class of each sample, from 0
   */
  public static Targets ofClasses(int... classes) {
    var targets = classes(classes.length);
    for (int n = 0; n < classes.length; n++) {
      targets.setLabel(n, classes[n]);
    }
    return targets;
  }

  /**
   * Returns targets of a row of values per sample.
   *
   * @param rows the values that each sample's output should have, all of the same length
   * @return the targets of the batch
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

  /** {@return the type of each sample's target} */
  public TargetType type() {
    return type;
  }

  /**
   * Returns a view of one of several targets: setting a value there sets it here.
   *
   * @param name the name of the target
   * @return the view
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
   * @param sample the sample in the batch, from 0
   * @param target its target
   * @throws IllegalArgumentException if it is of another type
   */
  public void set(int sample, Target target) {
    type.write(target, rows, at(sample));
  }

  private int at(int sample) {
    return offset + Objects.checkIndex(sample, batch) * stride;
  }

  /**
   * {@return whether each sample has a row of values that outputs can be compared with one by one}
   */
  public boolean soft() {
    return width > 0;
  }

  /** {@return whether a sample may belong to several classes, or none} */
  public boolean several() {
    return type instanceof TargetType.SeveralClasses;
  }

  /**
   * {@return the number of values in a row; 0 if targets are not {@linkplain #soft rows of values}}
   */
  public int width() {
    return width;
  }

  /**
   * {@return the class of a sample, or the first of those with the largest value in its row}
   *
   * @param sample the sample in the batch, from 0
   */
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
   * Returns the class of a sample.
   *
   * @param sample the sample in the batch, from 0
   * @return the class, from 0
   * @throws IllegalArgumentException if targets are not classes
   */
  public int label(int sample) {
    requireClasses();
    return (int) rows[at(sample)];
  }

  /**
   * Sets the class of a sample.
   *
   * @param sample the sample in the batch, from 0
   * @param label the class, from 0
   * @throws IllegalArgumentException if targets are not classes
   */
  public void setLabel(int sample, int label) {
    requireClasses();
    rows[at(sample)] = label;
  }

  private void requireClasses() {
    if (!(type instanceof TargetType.OneClass)) {
      throw new IllegalArgumentException(
          "targets are not classes: each sample's target is %s".formatted(type));
    }
  }

  /** {@return whether each sample has a class for each pixel} */
  public boolean isClassMap() {
    return type instanceof TargetType.ClassMap;
  }

  /** {@return the number of pixels in a sample's class map; 0 if targets are not class maps} */
  public int pixels() {
    return isClassMap() ? type.floats() : 0;
  }

  /**
   * Returns the class of a pixel; pixels of a negative class are ignored.
   *
   * @param sample the sample in the batch, from 0
   * @param pixel row by row, from 0 to {@link #pixels} - 1
   * @return the class
   */
  public int label(int sample, int pixel) {
    return (int) rows[at(sample) + Objects.checkIndex(pixel, pixels())];
  }

  /**
   * Returns the boxes of a sample that are learned.
   *
   * @param sample the sample in the batch, from 0
   * @return the boxes
   * @throws IllegalArgumentException if targets are not boxes
   */
  public List<Box> boxes(int sample) {
    return boxType().learned(rows, at(sample));
  }

  /**
   * Returns the boxes that detections in a sample are measured by: also crowds and ignored objects,
   * if the targets have them.
   *
   * @param sample the sample in the batch, from 0
   * @return the boxes
   * @throws IllegalArgumentException if targets are not boxes
   */
  public List<TrueBox> measuredBoxes(int sample) {
    return boxType().measured(rows, at(sample));
  }

  private TargetType.Boxes boxType() {
    if (!(type instanceof TargetType.Boxes boxes)) {
      throw new IllegalArgumentException(
          "targets are not boxes: each sample's target is %s".formatted(type));
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
   * Returns a value of a sample's row.
   *
   * @param sample the sample in the batch, from 0
   * @param i the index in the row, from 0
   * @return the value
   * @throws IndexOutOfBoundsException if there is no such sample or value
   */
  public float value(int sample, int i) {
    return rows[at(sample) + Objects.checkIndex(i, width)];
  }

  /**
   * Sets a value of a sample's row.
   *
   * @param sample the sample in the batch, from 0
   * @param i the index in the row, from 0
   * @param value the new value
   * @throws IndexOutOfBoundsException if there is no such sample or value
   */
  public void setValue(int sample, int i, float value) {
    rows[at(sample) + Objects.checkIndex(i, width)] = value;
  }

  /**
   * Checks that there are targets for a number of samples.
   *
   * @param samples the number of samples that a loss is computed of
   * @throws IllegalArgumentException if it is not from 1 to the size of the batch
   */
  public void requireSamples(int samples) {
    if (samples < 1 || samples > batch) {
      throw new IllegalArgumentException(
          "the loss of %d samples was requested, there are targets for %d"
              .formatted(samples, batch));
    }
  }

  /**
   * Checks that rows are as wide as the outputs that they are compared with.
   *
   * @param loss the name of the loss, for the message
   * @param outputs the number of outputs
   * @throws IllegalArgumentException if rows are not {@code outputs} wide
   */
  public void requireWidth(String loss, int outputs) {
    if (width != outputs) {
      throw new IllegalArgumentException(
          "%s needs one target for each output, found %d outputs and %d targets"
              .formatted(loss, outputs, width));
    }
  }

  /**
   * Returns a value of a sample's row that must be a fraction.
   *
   * @param loss the name of the loss, for the message
   * @throws IllegalArgumentException if it is not in [0, 1]
   */
  float share(String loss, int sample, int i) {
    float share = value(sample, i);
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "the targets of %s must be in [0, 1], was %s for output %d of sample %d"
              .formatted(loss, share, i, sample));
    }
    return share;
  }
}
