package stride.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** What the outputs of a network should be for one sample. Immutable. */
public sealed interface Target {
  /** The type of this target: that of a data set whose samples all have such targets. */
  TargetType type();

  /**
   * The class of a sample.
   *
   * @param number from 0
   */
  static Target ofClass(int number) {
    return new OfClass(number);
  }

  /**
   * The classes of a sample that may belong to several, or none.
   *
   * @param of how many classes there are
   * @param numbers of those that the sample belongs to, from 0 to {@code of - 1}
   */
  static Target ofClasses(int of, Set<Integer> numbers) {
    return new OfClasses(of, numbers);
  }

  /** A vector of values. */
  static Target values(float... values) {
    return new Values(Tensor.of(Shape.of(values.length), values));
  }

  /** Values of any shape. */
  static Target values(Tensor values) {
    return new Values(values);
  }

  /**
   * An image.
   *
   * @param image (H, W, C)
   */
  static Target image(Tensor image) {
    return new Image(image);
  }

  /**
   * A class for each pixel.
   *
   * @param rows the pixels' classes from top to bottom, each from left to right; negative ones count
   *     for nothing
   * @throws IllegalArgumentException if there are none, or rows differ in length
   */
  static Target classMap(int[]... rows) {
    int width = rows.length == 0 ? 0 : rows[0].length;
    var classes = new int[rows.length * width];
    for (int y = 0; y < rows.length; y++) {
      if (rows[y].length != width) {
        throw new IllegalArgumentException(
            "row %d of the class map has %d pixels, row 0 has %d"
                .formatted(y, rows[y].length, width));
      }
      System.arraycopy(rows[y], 0, classes, y * width, width);
    }
    return new ClassMap(rows.length, width, classes);
  }

  /** Boxes, in pixels of the sample's image. */
  static Target boxes(List<Box> boxes) {
    return new Boxes(boxes);
  }

  /** Several targets by their names. */
  static Target several(Map<String, Target> parts) {
    return new Several(parts);
  }

  /**
   * The class of a sample.
   *
   * @param number from 0
   */
  record OfClass(int number) implements Target {
    /** Classes are exact as floats up to this number. */
    private static final int LARGEST = 1 << 24;

    public OfClass {
      if (number < 0 || number > LARGEST) {
        throw new IllegalArgumentException(
            "a class must be in 0 to %d, was %d".formatted(LARGEST, number));
      }
    }

    @Override
    public TargetType type() {
      return new TargetType.OneClass();
    }
  }

  /**
   * The classes of a sample.
   *
   * @param classes how many there are
   * @param numbers of those that the sample belongs to
   */
  record OfClasses(int classes, Set<Integer> numbers) implements Target {
    public OfClasses {
      numbers = Set.copyOf(numbers);
      for (int number : numbers) {
        if (number < 0 || number >= classes) {
          throw new IllegalArgumentException(
              "a class must be in 0 to %d, was %d".formatted(classes - 1, number));
        }
      }
    }

    @Override
    public TargetType type() {
      return new TargetType.SeveralClasses(classes);
    }
  }

  /** Values of any shape. */
  record Values(Tensor values) implements Target {
    @Override
    public TargetType type() {
      return new TargetType.Values(values.shape());
    }
  }

  /**
   * An image.
   *
   * @param image (H, W, C)
   */
  record Image(Tensor image) implements Target {
    @Override
    public TargetType type() {
      return new TargetType.Image(image.shape());
    }
  }

  /**
   * A class for each pixel.
   *
   * @param classes row by row; shared with the caller, not copied
   */
  @SuppressWarnings("ArrayRecordComponent") // One array a sample, never compared.
  record ClassMap(int height, int width, int[] classes) implements Target {
    public ClassMap {
      if (height < 1 || width < 1 || classes.length != (long) height * width) {
        throw new IllegalArgumentException(
            "a class map of %dx%d pixels has as many classes, found %d"
                .formatted(height, width, classes.length));
      }
    }

    @Override
    public TargetType type() {
      return new TargetType.ClassMap(height, width);
    }
  }

  /** Boxes, in pixels of the sample's image. */
  record Boxes(List<Box> boxes) implements Target {
    public Boxes {
      boxes = List.copyOf(boxes);
    }

    /** The type that has room for just these boxes. */
    @Override
    public TargetType type() {
      return new TargetType.Boxes(Math.max(1, boxes.size()));
    }
  }

  /** Several targets by their names. */
  record Several(Map<String, Target> parts) implements Target {
    public Several {
      parts = Collections.unmodifiableMap(new LinkedHashMap<>(parts));
    }

    @Override
    public TargetType type() {
      var types = new LinkedHashMap<String, TargetType>();
      parts.forEach((name, part) -> types.put(name, part.type()));
      return new TargetType.Several(types);
    }
  }
}
