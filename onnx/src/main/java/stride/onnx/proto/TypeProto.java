package stride.onnx.proto;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import stride.format.FormatException;

/**
 * The type of a value.
 *
 * @param kind which kind of value it is; only tensors are described further
 * @param elementType the elements' type by the numbers of {@code TensorProto.DataType}; 0 if
 *     unknown
 * @param shape the tensor's dimensions; null if not even the rank is known
 */
public record TypeProto(Kind kind, int elementType, @Nullable List<Dimension> shape)
    implements Message {
  /** Makes a type that shares no list with the caller. */
  public TypeProto {
    shape = shape == null ? null : List.copyOf(shape);
  }

  /** The kinds of values. */
  public enum Kind {
    /** A dense tensor. */
    TENSOR(1),
    /** A sequence of values. */
    SEQUENCE(4),
    /** A map from keys to values. */
    MAP(5),
    /** A sparse tensor. */
    SPARSE_TENSOR(8),
    /** A value or nothing. */
    OPTIONAL(9),
    /** Not said. */
    UNKNOWN(0);

    private final int field;

    Kind(int field) {
      this.field = field;
    }
  }

  /**
   * One dimension: a number, a name, or nothing known.
   *
   * @param value its size; -1 if it is not fixed
   * @param name its name where it is not fixed; "" if it has none
   */
  public record Dimension(long value, String name) implements Message {
    /**
     * Returns a fixed dimension.
     *
     * @param value its size, 0 or more
     * @return the dimension
     */
    public static Dimension of(long value) {
      return new Dimension(value, "");
    }

    /**
     * Returns a dimension that each call may set.
     *
     * @param name its name, such as "batch"
     * @return the dimension
     */
    public static Dimension free(String name) {
      return new Dimension(-1, name);
    }

    static Dimension read(WireReader in) throws FormatException {
      long value = -1;
      String name = "";
      while (in.next()) {
        switch (in.field()) {
          case 1 -> value = in.integer();
          case 2 -> name = in.text();
          default -> in.skip();
        }
      }
      return new Dimension(value, name);
    }

    @Override
    public void write(WireWriter out) {
      if (value >= 0) {
        out.alwaysInteger(1, value);
      } else {
        out.text(2, name);
      }
    }
  }

  /**
   * Returns a tensor's type.
   *
   * @param elementType the elements' type by the numbers of {@code TensorProto.DataType}
   * @param shape the dimensions
   * @return the type
   */
  public static TypeProto tensor(int elementType, List<Dimension> shape) {
    return new TypeProto(Kind.TENSOR, elementType, shape);
  }

  static TypeProto read(WireReader in) throws FormatException {
    TypeProto type = new TypeProto(Kind.UNKNOWN, 0, null);
    while (in.next()) {
      Kind kind = kind(in.field());
      if (kind == Kind.TENSOR) {
        type = tensorType(in.message("TypeProto.Tensor"));
      } else {
        in.skip();
        if (kind != Kind.UNKNOWN) {
          type = new TypeProto(kind, 0, null);
        }
      }
    }
    return type;
  }

  private static Kind kind(int field) {
    for (Kind kind : Kind.values()) {
      if (kind.field == field) {
        return kind;
      }
    }
    return Kind.UNKNOWN;
  }

  private static TypeProto tensorType(WireReader in) throws FormatException {
    int elementType = 0;
    List<Dimension> shape = null;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> elementType = in.smallInteger();
        case 2 -> shape = dimensions(in.message("TensorShapeProto"));
        default -> in.skip();
      }
    }
    return new TypeProto(Kind.TENSOR, elementType, shape);
  }

  private static List<Dimension> dimensions(WireReader in) throws FormatException {
    var dimensions = new ArrayList<Dimension>();
    while (in.next()) {
      if (in.field() == 1) {
        dimensions.add(Dimension.read(in.message("TensorShapeProto.Dimension")));
      } else {
        in.skip();
      }
    }
    return dimensions;
  }

  /** Writes a tensor's type; of others only that they are such. */
  @Override
  public void write(WireWriter out) {
    if (kind == Kind.UNKNOWN) {
      return;
    }
    var tensor = new WireWriter();
    if (kind == Kind.TENSOR) {
      tensor.integer(1, elementType);
      if (shape != null) {
        var dimensions = new WireWriter();
        dimensions.messages(1, shape);
        tensor.append(2, dimensions);
      }
    }
    out.append(kind.field, tensor);
  }
}
