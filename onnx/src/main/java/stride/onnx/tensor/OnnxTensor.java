package stride.onnx.tensor;

import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A tensor of any rank and element type, in row-major order, in the file's own layout. In memory
 * floats of 32 bits and fewer are {@code float[]}, doubles {@code double[]}, integers of any width
 * and booleans {@code long[]} (unsigned 64-bit ones as their bits), texts {@code String[]}.
 *
 * <p>Arrays are not copied: whoever gets one must not change it, and a tensor's elements are put
 * only while it is made.
 */
public final class OnnxTensor {
  /** The most elements that a tensor has: 2 GiB of floats. */
  public static final int MOST_ELEMENTS = 1 << 29;

  private final ElementType type;
  private final int[] shape;
  private final int size;
  private volatile @Nullable Object values;
  private final @Nullable Supplier<Object> source;

  private OnnxTensor(
      ElementType type, int[] shape, @Nullable Object values, @Nullable Supplier<Object> source) {
    this.type = type;
    this.shape = shape.clone();
    this.size = size(shape);
    this.values = values;
    this.source = source;
  }

  /** Returns a tensor whose elements are read at the first use of them. */
  static OnnxTensor lazy(ElementType type, int[] shape, Supplier<Object> source) {
    return new OnnxTensor(type, shape, null, source);
  }

  private static OnnxTensor made(ElementType type, int[] shape, Object values, int count) {
    var tensor = new OnnxTensor(type, shape, values, null);
    if (count != tensor.size) {
      throw new IllegalArgumentException(
          "the shape %s has %,d elements, %,d are given"
              .formatted(Arrays.toString(shape), tensor.size, count));
    }
    return tensor;
  }

  /**
   * Returns a tensor of floats.
   *
   * @param shape its dimensions; none for a single number
   * @param values its elements, not copied
   * @return the tensor
   */
  public static OnnxTensor of(int[] shape, float[] values) {
    return made(ElementType.FLOAT, shape, values, values.length);
  }

  /**
   * Returns a tensor of doubles.
   *
   * @param shape its dimensions; none for a single number
   * @param values its elements, not copied
   * @return the tensor
   */
  public static OnnxTensor of(int[] shape, double[] values) {
    return made(ElementType.DOUBLE, shape, values, values.length);
  }

  /**
   * Returns a tensor of 64-bit integers.
   *
   * @param shape its dimensions; none for a single number
   * @param values its elements, not copied
   * @return the tensor
   */
  public static OnnxTensor of(int[] shape, long[] values) {
    return made(ElementType.INT64, shape, values, values.length);
  }

  /**
   * Returns a tensor of texts.
   *
   * @param shape its dimensions; none for a single text
   * @param values its elements, not copied
   * @return the tensor
   */
  public static OnnxTensor of(int[] shape, String[] values) {
    return made(ElementType.STRING, shape, values, values.length);
  }

  /**
   * Returns a list of 64-bit integers, as shapes are.
   *
   * @param values the elements
   * @return a tensor of one dimension
   */
  public static OnnxTensor list(long... values) {
    return of(new int[] {values.length}, values);
  }

  /**
   * Returns a tensor of zeros (false, empty texts).
   *
   * @param type its elements' type
   * @param shape its dimensions
   * @return the tensor
   * @throws IllegalArgumentException if it would have more than {@link #MOST_ELEMENTS} elements
   */
  public static OnnxTensor zeros(ElementType type, int... shape) {
    int size = size(shape);
    Object values =
        switch (type.kind) {
          case FLOAT -> new float[size];
          case DOUBLE -> new double[size];
          case TEXT -> {
            var texts = new String[size];
            Arrays.fill(texts, "");
            yield texts;
          }
          default -> new long[size];
        };
    return new OnnxTensor(type, shape, values, null);
  }

  /**
   * Returns how many elements a shape has.
   *
   * @param shape dimensions, 0 or more
   * @return their product; 1 for no dimension
   * @throws IllegalArgumentException if one is negative or the product is more than {@link
   *     #MOST_ELEMENTS}
   */
  public static int size(int... shape) {
    long size = 1;
    boolean empty = false;
    for (int dimension : shape) {
      if (dimension < 0) {
        throw new IllegalArgumentException(
            "the shape %s has a negative dimension".formatted(Arrays.toString(shape)));
      }
      empty |= dimension == 0;
      size = Math.min(size * Math.max(dimension, 1), Integer.MAX_VALUE);
    }
    if (!empty && size > MOST_ELEMENTS) {
      throw new IllegalArgumentException(
          "the shape %s has more than %,d elements"
              .formatted(Arrays.toString(shape), MOST_ELEMENTS));
    }
    return empty ? 0 : (int) size;
  }

  /**
   * Returns the elements' type.
   *
   * @return the type
   */
  public ElementType type() {
    return type;
  }

  /**
   * Returns the dimensions.
   *
   * @return a copy of them
   */
  public int[] shape() {
    return shape.clone();
  }

  /**
   * Returns how many dimensions there are.
   *
   * @return 0 for a single number
   */
  public int rank() {
    return shape.length;
  }

  /**
   * Returns one dimension.
   *
   * @param axis its index
   * @return its size
   */
  public int dimension(int axis) {
    return shape[axis];
  }

  /**
   * Returns how many elements there are.
   *
   * @return the product of the dimensions
   */
  public int size() {
    return size;
  }

  private Object values() {
    Object present = values;
    if (present == null) {
      if (source == null) {
        throw new IllegalStateException("a tensor has neither values nor a source of them");
      }
      present = source.get();
      values = present;
    }
    return present;
  }

  /**
   * Returns the elements of a tensor of floats of 32 bits and fewer.
   *
   * @return the array itself
   * @throws IllegalArgumentException if the elements are no such floats
   */
  public float[] floats() {
    return values() instanceof float[] floats ? floats : wrongType("floats");
  }

  /**
   * Returns the elements of a tensor of doubles.
   *
   * @return the array itself
   * @throws IllegalArgumentException if the elements are no doubles
   */
  public double[] doubles() {
    return values() instanceof double[] doubles ? doubles : wrongType("doubles");
  }

  /**
   * Returns the elements of a tensor of integers of any width or of booleans.
   *
   * @return the array itself
   * @throws IllegalArgumentException if the elements are neither
   */
  public long[] longs() {
    return values() instanceof long[] longs ? longs : wrongType("integers");
  }

  /**
   * Returns the elements of a tensor of texts.
   *
   * @return the array itself
   * @throws IllegalArgumentException if the elements are no texts
   */
  public String[] texts() {
    return values() instanceof String[] texts ? texts : wrongType("texts");
  }

  private <T> T wrongType(String expected) {
    throw new IllegalArgumentException(
        "a tensor of %s is given where one of %s is expected".formatted(type, expected));
  }

  /**
   * Returns an element as a float, whatever its type.
   *
   * @param index its place in row-major order
   * @return the number
   * @throws IllegalArgumentException if it is a text
   */
  public double real(int index) {
    return switch (values()) {
      case float[] floats -> floats[index];
      case double[] doubles -> doubles[index];
      case long[] longs -> type == ElementType.UINT64 ? unsigned(longs[index]) : longs[index];
      default -> wrongType("numbers");
    };
  }

  private static double unsigned(long bits) {
    return bits >= 0 ? bits : (bits >>> 1 | bits & 1) * 2.0;
  }

  /**
   * Returns an element as an integer, whatever its type; floats lose their fraction.
   *
   * @param index its place in row-major order
   * @return the number
   * @throws IllegalArgumentException if it is a text
   */
  public long integer(int index) {
    return switch (values()) {
      case long[] longs -> longs[index];
      case float[] floats -> (long) floats[index];
      case double[] doubles -> (long) doubles[index];
      default -> wrongType("numbers");
    };
  }

  /**
   * Puts an element, rounded to the tensor's type; of integers the fraction is dropped.
   *
   * @param index its place in row-major order
   * @param value the number
   */
  public void put(int index, double value) {
    switch (values()) {
      case float[] floats -> floats[index] = type.round(value);
      case double[] doubles -> doubles[index] = value;
      case long[] longs ->
          longs[index] =
              type == ElementType.BOOL ? (value != 0 ? 1 : 0) : type.wrap(toInteger(value));
      default -> wrongType("numbers");
    }
  }

  private long toInteger(double value) {
    return type == ElementType.UINT64 && value >= 0x1p63
        ? (long) (value - 0x1p63) ^ Long.MIN_VALUE
        : (long) value;
  }

  /**
   * Puts an element where a float of 8 bits cannot be as large: infinity, or NaN if its type has no
   * infinities. Other elements stay as they are.
   *
   * @param index its place in row-major order
   * @param value the number that was to be put there
   */
  public void putBeyond(int index, double value) {
    if (type.kind == ElementType.Kind.FLOAT && type.bits() == 8) {
      floats()[index] = SmallFloats.beyond(type, value, floats()[index]);
    }
  }

  /**
   * Puts an element, with the bits that fit into the tensor's type.
   *
   * @param index its place in row-major order
   * @param value the number
   */
  public void put(int index, long value) {
    switch (values()) {
      case float[] floats -> floats[index] = type == ElementType.FLOAT ? value : type.round(value);
      case double[] doubles -> doubles[index] = value;
      case long[] longs -> longs[index] = type.wrap(value);
      default -> wrongType("numbers");
    }
  }

  /**
   * Copies elements between tensors of one type.
   *
   * @param from where they begin here
   * @param to the tensor they go to
   * @param at where they begin there
   * @param count how many
   */
  public void copy(int from, OnnxTensor to, int at, int count) {
    if (type != to.type) {
      throw new IllegalArgumentException(
          "elements of %s cannot be copied to %s".formatted(type, to.type));
    }
    System.arraycopy(values(), from, to.values(), at, count);
  }

  /**
   * Returns chosen elements.
   *
   * @param shape the dimensions of what is returned
   * @param places for each element of it the place of an element here, in row-major order; -1 gives
   *     0
   * @return a new tensor of this type
   */
  public OnnxTensor take(int[] shape, int[] places) {
    OnnxTensor taken = zeros(type, shape);
    switch (values()) {
      case float[] from -> {
        float[] to = taken.floats();
        for (int i = 0; i < to.length; i++) {
          to[i] = places[i] < 0 ? 0 : from[places[i]];
        }
      }
      case long[] from -> {
        long[] to = taken.longs();
        for (int i = 0; i < to.length; i++) {
          to[i] = places[i] < 0 ? 0 : from[places[i]];
        }
      }
      case double[] from -> {
        double[] to = taken.doubles();
        for (int i = 0; i < to.length; i++) {
          to[i] = places[i] < 0 ? 0 : from[places[i]];
        }
      }
      default -> {
        String[] from = texts();
        String[] to = taken.texts();
        for (int i = 0; i < to.length; i++) {
          to[i] = places[i] < 0 ? "" : from[places[i]];
        }
      }
    }
    return taken;
  }

  /**
   * Returns all elements as doubles, whatever their type.
   *
   * @return a new array
   * @throws IllegalArgumentException if they are texts
   */
  public double[] reals() {
    var reals = new double[size];
    for (int i = 0; i < size; i++) {
      reals[i] = real(i);
    }
    return reals;
  }

  /**
   * Returns the same elements with other dimensions.
   *
   * @param shape the dimensions, of as many elements
   * @return a tensor that shares the elements
   * @throws IllegalArgumentException if it has another number of elements
   */
  public OnnxTensor reshaped(int... shape) {
    if (size(shape) != size) {
      throw new IllegalArgumentException(
          "%s cannot be reshaped to %s: it has %,d elements"
              .formatted(Arrays.toString(this.shape), Arrays.toString(shape), size));
    }
    Object present = values;
    return new OnnxTensor(type, shape, present, present == null ? this::values : null);
  }

  /**
   * Returns the type and the dimensions.
   *
   * @return such as "float[1, 3, 224, 224]"
   */
  @Override
  public String toString() {
    return type + Arrays.toString(shape);
  }
}
