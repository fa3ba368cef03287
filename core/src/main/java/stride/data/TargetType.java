package stride.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import stride.tensor.Shape;

/**
 * The type of a data set's targets, the same for all of its samples, with the layout of a target in
 * a row of floats. Targets are passed as such rows from a data set through augmentations to a loss.
 */
public sealed interface TargetType {
  /** {@return the length of a target's row} */
  int floats();

  /**
   * Writes a target as a row.
   *
   * @param target the target
   * @param row receives {@link #floats} values from {@code at} on
   * @param at the first index written
   * @throws IllegalArgumentException if the target is of another type, or does not fit
   */
  void write(Target target, float[] row, int at);

  /** Returns the exception for a target of another type than the data set's. */
  private static IllegalArgumentException other(TargetType expected, Target found) {
    return new IllegalArgumentException(
        "the targets of this data set are %s, found %s".formatted(expected, found.type()));
  }

  /** One class. Its row is the class's number, from 0. */
  record OneClass() implements TargetType {
    @Override
    public int floats() {
      return 1;
    }

    @Override
    public void write(Target target, float[] row, int at) {
      if (!(target instanceof Target.OfClass(int number))) {
        throw other(this, target);
      }
      row[at] = number;
    }

    @Override
    public String toString() {
      return "a class";
    }
  }

  /**
   * Any number of classes. A row has 1 for each class that the sample belongs to, 0 for the others.
   *
   * @param classes the number of classes, at least 1
   */
  record SeveralClasses(int classes) implements TargetType {
    /**
     * Checks the number of classes.
     *
     * @throws IllegalArgumentException if it is below 1
     */
    public SeveralClasses {
      requirePositive("the number of classes", classes);
    }

    @Override
    public int floats() {
      return classes;
    }

    @Override
    public void write(Target target, float[] row, int at) {
      if (!(target instanceof Target.OfClasses own && own.classes() == classes)) {
        throw other(this, target);
      }
      for (int i = 0; i < classes; i++) {
        row[at + i] = own.numbers().contains(i) ? 1 : 0;
      }
    }

    @Override
    public String toString() {
      return "any of %d classes".formatted(classes);
    }
  }

  /**
   * Values, such as those of a regression. A row has them in their order.
   *
   * @param shape the shape of the values
   */
  record Values(Shape shape) implements TargetType {
    @Override
    public int floats() {
      return shape.elements();
    }

    @Override
    public void write(Target target, float[] row, int at) {
      if (!(target instanceof Target.Values(var values) && values.shape().equals(shape))) {
        throw other(this, target);
      }
      System.arraycopy(values.data(), 0, row, at, floats());
    }

    @Override
    public String toString() {
      return "values of " + shape;
    }
  }

  /**
   * An image that lies over the sample's own, such as the output of an autoencoder. If an
   * augmentation moves the sample's pixels, these move along.
   *
   * @param shape (H, W, C)
   */
  record Image(Shape shape) implements TargetType {
    /**
     * Checks the shape.
     *
     * @throws IllegalArgumentException if it is not (H, W, C)
     */
    public Image {
      if (!shape.isImage()) {
        throw new IllegalArgumentException(
            "the shape of an image as target must be (H, W, C), was " + shape);
      }
    }

    @Override
    public int floats() {
      return shape.elements();
    }

    @Override
    public void write(Target target, float[] row, int at) {
      if (!(target instanceof Target.Image(var image) && image.shape().equals(shape))) {
        throw other(this, target);
      }
      System.arraycopy(image.data(), 0, row, at, floats());
    }

    @Override
    public String toString() {
      return "an image of " + shape;
    }
  }

  /**
   * A class for each pixel of the sample's image: a segmentation. Pixels of a negative class are
   * ignored. If an augmentation moves the sample's pixels, the classes move along.
   *
   * @param height in pixels
   * @param width in pixels
   */
  record ClassMap(int height, int width) implements TargetType {
    /**
     * Checks the size.
     *
     * @throws IllegalArgumentException if a side is below 1
     */
    public ClassMap {
      requirePositive("the height of a class map", height);
      requirePositive("the width of a class map", width);
    }

    @Override
    public int floats() {
      return height * width;
    }

    @Override
    public void write(Target target, float[] row, int at) {
      if (!(target instanceof Target.ClassMap map
          && map.height() == height
          && map.width() == width)) {
        throw other(this, target);
      }
      for (int i = 0; i < floats(); i++) {
        row[at + i] = map.classes()[i];
      }
    }

    @Override
    public String toString() {
      return "a class for each of %dx%d pixels".formatted(height, width);
    }
  }

  /**
   * Boxes, such as those of a detector. A row has their number, then the class, left, top, right
   * and bottom of each. If an augmentation moves the sample's pixels, the boxes move along. Where
   * detections are measured by other boxes than what is learned, the row goes on with their number,
   * and of each the class, left, top, right, bottom, its area, and 0, {@value #IGNORED} if it is
   * ignored or {@value #CROWD} if it is a crowd; these do not move.
   *
   * @param most the largest number of boxes of a sample, at least 1
   * @param measured the largest number of boxes that detections in a sample are measured by; 0 if
   *     those that are learned are all
   */
  record Boxes(int most, int measured) implements TargetType {
    /** The number of floats that a box takes in a row. */
    public static final int FLOATS = 5;

    private static final int MEASURED_FLOATS = FLOATS + 2;
    private static final int IGNORED = 1;
    private static final int CROWD = 2;

    /**
     * Checks the numbers of boxes.
     *
     * @throws IllegalArgumentException if one is below what it may be
     */
    public Boxes {
      requirePositive("the largest number of boxes", most);
      if (measured < 0) {
        throw new IllegalArgumentException(
            "the largest number of boxes to measure by must be at least 0, was " + measured);
      }
    }

    /** The type of boxes that are learned, by which detections are measured too. */
    public Boxes(int most) {
      this(most, 0);
    }

    @Override
    public int floats() {
      return measuredAt() + (measured == 0 ? 0 : 1 + MEASURED_FLOATS * measured);
    }

    private int measuredAt() {
      return 1 + FLOATS * most;
    }

    @Override
    public void write(Target target, float[] row, int at) {
      if (!(target instanceof Target.Boxes(var boxes, var others))) {
        throw other(this, target);
      }
      requireMost("", most, boxes.size());
      row[at] = boxes.size();
      int next = at + 1;
      for (var box : boxes) {
        write(box, row, next);
        next += FLOATS;
      }
      if (measured == 0) {
        return;
      }
      requireMost(" to measure by", measured, others.size());
      next = at + measuredAt();
      row[next++] = others.size();
      for (var object : others) {
        write(object.box(), row, next);
        row[next + FLOATS] = (float) object.area();
        row[next + FLOATS + 1] = object.crowd() ? CROWD : object.ignored() ? IGNORED : 0;
        next += MEASURED_FLOATS;
      }
    }

    private static void requireMost(String purpose, int most, int found) {
      if (found > most) {
        throw new IllegalArgumentException(
            "a sample of this data set has at most %d boxes%s, found %d"
                .formatted(most, purpose, found));
      }
    }

    private static void write(Box box, float[] row, int at) {
      row[at] = box.label();
      row[at + 1] = box.left();
      row[at + 2] = box.top();
      row[at + 3] = box.right();
      row[at + 4] = box.bottom();
    }

    /**
     * {@return the boxes of a row that are learned}
     *
     * @param row the row
     * @param at its first index
     */
    public List<Box> learned(float[] row, int at) {
      var boxes = new ArrayList<Box>();
      for (int i = 0; i < (int) row[at]; i++) {
        boxes.add(box(row, at + 1 + FLOATS * i));
      }
      return boxes;
    }

    /**
     * {@return the boxes of a row that detections are measured by}
     *
     * @param row the row
     * @param at its first index
     */
    public List<TrueBox> measured(float[] row, int at) {
      if (measured == 0) {
        return learned(row, at).stream().map(TrueBox::of).toList();
      }
      int first = at + measuredAt();
      var objects = new ArrayList<TrueBox>();
      for (int i = 0; i < (int) row[first]; i++) {
        int next = first + 1 + MEASURED_FLOATS * i;
        int kind = (int) row[next + FLOATS + 1];
        objects.add(
            new TrueBox(box(row, next), row[next + FLOATS], kind == CROWD, kind == IGNORED));
      }
      return objects;
    }

    private static Box box(float[] row, int at) {
      return new Box((int) row[at], row[at + 1], row[at + 2], row[at + 3], row[at + 4]);
    }

    @Override
    public String toString() {
      return "up to %d boxes".formatted(most);
    }
  }

  /**
   * Several targets, each under a name. A row has their rows one after the other.
   *
   * @param parts the types by their names, in order
   */
  record Several(Map<String, TargetType> parts) implements TargetType {
    /**
     * Copies the map.
     *
     * @throws IllegalArgumentException if there are no parts
     */
    public Several {
      parts = Collections.unmodifiableMap(new LinkedHashMap<>(parts));
      if (parts.isEmpty()) {
        throw new IllegalArgumentException("several targets need at least 1 part, found none");
      }
    }

    @Override
    public int floats() {
      return parts.values().stream().mapToInt(TargetType::floats).sum();
    }

    /**
     * Returns where the row of a part begins in the whole row.
     *
     * @param name the name of the part
     * @return the index of its first value
     * @throws IllegalArgumentException if there is no part of this name
     */
    public int offset(String name) {
      int offset = 0;
      for (var part : parts.entrySet()) {
        if (part.getKey().equals(name)) {
          return offset;
        }
        offset += part.getValue().floats();
      }
      throw new IllegalArgumentException(
          "no target is named %s; there are %s".formatted(name, String.join(", ", parts.keySet())));
    }

    @Override
    public void write(Target target, float[] row, int at) {
      if (!(target instanceof Target.Several(var own) && own.keySet().equals(parts.keySet()))) {
        throw other(this, target);
      }
      int next = at;
      for (var part : parts.entrySet()) {
        part.getValue().write(Objects.requireNonNull(own.get(part.getKey())), row, next);
        next += part.getValue().floats();
      }
    }

    @Override
    public String toString() {
      return parts.toString();
    }
  }

  private static void requirePositive(String what, int number) {
    if (number < 1) {
      throw new IllegalArgumentException("%s must be at least 1, was %d".formatted(what, number));
    }
  }
}
