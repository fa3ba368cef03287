package stride.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/** The values that the outputs of a network should have for one sample. Immutable. */
public sealed interface Target {
  /** {@return the type of this target: that of a data set whose samples all have such targets} */
  TargetType type();

  /**
   * Returns the class of a sample.
   *
   * @param number the class, from 0
   * @return the target
   * @throws IllegalArgumentException if the number is negative or above 2^24
   */
  static Target ofClass(int number) {
    return new OfClass(number);
  }

  /**
   * Returns the classes of a sample that may belong to several, or none.
   *
   * @param of the number of classes
   * @param numbers the classes that the sample belongs to, each from 0 to {@code of - 1}
   * @return the target
   * @throws IllegalArgumentException if a number is out of range
   */
  static Target ofClasses(int of, Set<Integer> numbers) {
    return new OfClasses(of, numbers);
  }

  /**
   * {@return a vector of values as target}
   *
   * @param values the values, in order
   */
  static Target values(float... values) {
    return new Values(Tensor.of(Shape.of(values.length), values));
  }

  /**
   * {@return values of any shape as target}
   *
   * @param values the values, without the dimension of samples
   */
  static Target values(Tensor values) {
    return new Values(values);
  }

  /**
   * Returns an image as target, such as an autoencoder's.
   *
   * @param image (H, W, C)
   * @return the target
   */
  static Target image(Tensor image) {
    return new Image(image);
  }

  /**
   * Returns a class for each pixel as target.
   *
   * @param rows the pixels' classes from top to bottom, each row from left to right; pixels of a
   *     negative class are ignored
   * @return the target
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

  /**
   * {@return boxes as target}
   *
   * @param boxes the boxes, in pixels of the sample's image
   */
  static Target boxes(List<Box> boxes) {
    return new Boxes(boxes);
  }

  /**
   * {@return several targets, each under a name}
   *
   * @param parts the targets by their names
   */
  static Target several(Map<String, Target> parts) {
    return new Several(parts);
  }

  /**
   * The class of a sample.
   *
   * @param number the class, from 0
   */
  record OfClass(int number) implements Target {
    /** Classes are exact as floats up to this number. */
    private static final int LARGEST = 1 << 24;

    /**
     * Checks the class.
     *
     * @throws IllegalArgumentException if the number is negative or above 2^24
     */
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
   * @param classes the number of classes
   * @param numbers the classes that the sample belongs to
   */
  record OfClasses(int classes, Set<Integer> numbers) implements Target {
    /**
     * Copies the numbers.
     *
     * @throws IllegalArgumentException if a number is not in 0 to {@code classes - 1}
     */
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

  /**
   * Values of any shape.
   *
   * @param values the values, without the dimension of samples
   */
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
   * @param height in pixels
   * @param width in pixels
   * @param classes the pixels' classes row by row; shared with the caller, not copied
   */
  @SuppressWarnings("ArrayRecordComponent") // One array a sample, never compared.
  record ClassMap(int height, int width, int[] classes) implements Target {
    /**
     * Checks the number of classes.
     *
     * @throws IllegalArgumentException if there is not one class for each pixel
     */
    public ClassMap {
      if (height < 1 || width < 1 || classes.length != (long) height * width) {
        throw new IllegalArgumentException(
            "a class map of %dx%d pixels needs a class for each pixel, found %d classes"
                .formatted(height, width, classes.length));
      }
    }

    @Override
    public TargetType type() {
      return new TargetType.ClassMap(height, width);
    }
  }

  /**
   * Boxes in the sample's image.
   *
   * @param boxes what is learned, in pixels of the image
   * @param measured what detections are measured by where that is something else: crowds and
   *     ignored objects too, and boxes that reach beyond the image; empty to measure by {@code
   *     boxes}
   */
  record Boxes(List<Box> boxes, List<TrueBox> measured) implements Target {
    /** Copies the lists. */
    public Boxes {
      boxes = List.copyOf(boxes);
      measured = List.copyOf(measured);
    }

    /** Boxes that are learned, by which detections are measured too. */
    public Boxes(List<Box> boxes) {
      this(boxes, List.of());
    }

    /** Returns the type with room for exactly these boxes. */
    @Override
    public TargetType type() {
      return new TargetType.Boxes(Math.max(1, boxes.size()), measured.size());
    }
  }

  /**
   * Several targets, each under a name.
   *
   * @param parts the targets by their names, in order
   */
  record Several(Map<String, Target> parts) implements Target {
    /** Copies the map. */
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
