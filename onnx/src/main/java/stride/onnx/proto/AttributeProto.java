package stride.onnx.proto;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import stride.format.FormatException;

/**
 * A setting of a node: a name and a value.
 *
 * @param name the setting's name
 * @param value its value
 */
public record AttributeProto(String name, Value value) implements Message {
  /** The value of a setting. */
  public sealed interface Value {}

  /**
   * A float.
   *
   * @param value the number
   */
  public record Real(float value) implements Value {}

  /**
   * An integer.
   *
   * @param value the number
   */
  public record Int(long value) implements Value {}

  /**
   * A text, in UTF-8, or any bytes.
   *
   * @param bytes the bytes
   */
  public record Bytes(byte[] bytes) implements Value {
    /**
     * Returns the bytes as text.
     *
     * @return the text
     */
    public String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  /**
   * Several floats.
   *
   * @param values the numbers
   */
  public record Reals(float[] values) implements Value {}

  /**
   * Several integers.
   *
   * @param values the numbers
   */
  public record Ints(long[] values) implements Value {}

  /**
   * Several texts.
   *
   * @param values the texts
   */
  public record Texts(List<Bytes> values) implements Value {}

  /**
   * A tensor.
   *
   * @param tensor the tensor
   */
  public record TensorValue(TensorProto tensor) implements Value {}

  /**
   * A graph, as the branches of If are.
   *
   * @param graph the graph
   */
  public record GraphValue(GraphProto graph) implements Value {}

  /**
   * In a function's body: the value that the call of the function gives.
   *
   * @param attribute the name of the function's attribute
   */
  public record Reference(String attribute) implements Value {}

  /**
   * A value that no operator for vision has, such as a sparse tensor.
   *
   * @param type its number in {@code AttributeProto.AttributeType}
   */
  public record Other(int type) implements Value {}

  private static final int FLOAT = 1;
  private static final int INT = 2;
  private static final int STRING = 3;
  private static final int TENSOR = 4;
  private static final int GRAPH = 5;
  private static final int FLOATS = 6;
  private static final int INTS = 7;
  private static final int STRINGS = 8;

  /**
   * Returns an attribute.
   *
   * @param name its name
   * @param value an integer
   * @return the attribute
   */
  public static AttributeProto of(String name, long value) {
    return new AttributeProto(name, new Int(value));
  }

  /**
   * Returns an attribute.
   *
   * @param name its name
   * @param value a float
   * @return the attribute
   */
  public static AttributeProto of(String name, float value) {
    return new AttributeProto(name, new Real(value));
  }

  /**
   * Returns an attribute.
   *
   * @param name its name
   * @param value a text
   * @return the attribute
   */
  public static AttributeProto of(String name, String value) {
    return new AttributeProto(name, new Bytes(value.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Returns an attribute.
   *
   * @param name its name
   * @param values integers
   * @return the attribute
   */
  public static AttributeProto of(String name, long[] values) {
    return new AttributeProto(name, new Ints(values));
  }

  /**
   * Returns an attribute.
   *
   * @param name its name
   * @param values floats
   * @return the attribute
   */
  public static AttributeProto of(String name, float[] values) {
    return new AttributeProto(name, new Reals(values));
  }

  /**
   * Returns an attribute.
   *
   * @param name its name
   * @param value a tensor
   * @return the attribute
   */
  public static AttributeProto of(String name, TensorProto value) {
    return new AttributeProto(name, new TensorValue(value));
  }

  static AttributeProto read(WireReader in) throws FormatException {
    String name = "";
    String reference = "";
    int type = 0;
    float real = 0;
    long integer = 0;
    byte[] bytes = {};
    TensorProto tensor = null;
    GraphProto graph = null;
    var reals = new WireReader.Numbers();
    var integers = new WireReader.Numbers();
    var texts = new ArrayList<Bytes>();
    int seen = 0;
    while (in.next()) {
      int field = in.field();
      switch (field) {
        case 1 -> name = in.text();
        case 2 -> real = in.real();
        case 3 -> integer = in.integer();
        case 4 -> bytes = in.array();
        case 5 -> tensor = TensorProto.read(in.message("TensorProto"));
        case 6 -> graph = GraphProto.read(in.message("GraphProto"));
        case 7 -> in.floats(reals);
        case 8 -> in.integers(integers);
        case 9 -> texts.add(new Bytes(in.array()));
        case 20 -> type = in.smallInteger();
        case 21 -> reference = in.text();
        default -> in.skip();
      }
      // Files of 2017 have no type: the value itself says it.
      if (field >= 2 && field <= 9) {
        seen = field - 1;
      }
    }
    if (!reference.isEmpty()) {
      return new AttributeProto(name, new Reference(reference));
    }
    if (type == 0) {
      type = seen;
    }
    Value value =
        switch (type) {
          case FLOAT -> new Real(real);
          case INT -> new Int(integer);
          case STRING -> new Bytes(bytes);
          case TENSOR -> tensor == null ? new Other(type) : new TensorValue(tensor);
          case GRAPH -> graph == null ? new Other(type) : new GraphValue(graph);
          case FLOATS -> new Reals(reals.floats());
          case INTS -> new Ints(integers.longs());
          case STRINGS -> new Texts(List.copyOf(texts));
          default -> new Other(type);
        };
    return new AttributeProto(name, value);
  }

  @Override
  public void write(WireWriter out) {
    out.text(1, name);
    switch (value) {
      case Real real -> {
        out.alwaysReal(2, real.value);
        out.integer(20, FLOAT);
      }
      case Int integer -> {
        out.alwaysInteger(3, integer.value);
        out.integer(20, INT);
      }
      case Bytes text -> {
        out.bytes(4, text.bytes);
        out.integer(20, STRING);
      }
      case TensorValue tensor -> {
        out.message(5, tensor.tensor);
        out.integer(20, TENSOR);
      }
      case GraphValue graph -> {
        out.message(6, graph.graph);
        out.integer(20, GRAPH);
      }
      case Reals reals -> {
        out.floats(7, reals.values);
        out.integer(20, FLOATS);
      }
      case Ints ints -> {
        out.integers(8, ints.values);
        out.integer(20, INTS);
      }
      case Texts texts -> {
        texts.values.forEach(text -> out.bytes(9, text.bytes));
        out.integer(20, STRINGS);
      }
      case Reference reference -> out.text(21, reference.attribute);
      case Other other -> out.integer(20, other.type);
    }
  }
}
