package stride.onnx.graph;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import stride.onnx.tensor.OnnxTensor;

/**
 * The settings of a node, by name. Whoever asks for one says what it is when the file does not have
 * it.
 */
public final class Attributes {
  /** No settings. */
  public static final Attributes NONE = new Attributes(Map.of());

  private final Map<String, Object> values;

  /**
   * Makes settings.
   *
   * @param values a Long, Float, String, {@code long[]}, {@code float[]}, {@code List<String>},
   *     {@link OnnxTensor} or {@link OnnxGraph} for each name
   */
  public Attributes(Map<String, Object> values) {
    this.values = new TreeMap<>(values);
  }

  /**
   * Returns the names of all settings.
   *
   * @return the names, sorted
   */
  public Collection<String> names() {
    return List.copyOf(values.keySet());
  }

  /**
   * Tells whether the file has a setting.
   *
   * @param name its name
   * @return true if so
   */
  public boolean has(String name) {
    return values.containsKey(name);
  }

  /**
   * Returns a setting of any kind.
   *
   * @param name its name
   * @return its value, as the constructor takes it; null if the file does not have it
   */
  public @Nullable Object value(String name) {
    return values.get(name);
  }

  /**
   * Returns an integer.
   *
   * @param name its name
   * @param missing its value if the file does not have it
   * @return the number
   * @throws IllegalArgumentException if it is of another kind
   */
  public long integer(String name, long missing) {
    Object value = values.get(name);
    return value == null ? missing : value instanceof Long number ? number : wrong(name, "integer");
  }

  /**
   * Returns a flag.
   *
   * @param name its name
   * @return true if the file has it and it is not 0
   * @throws IllegalArgumentException if it is no integer
   */
  public boolean flag(String name) {
    return integer(name, 0) != 0;
  }

  /**
   * Returns an integer that is small by its meaning, such as an axis.
   *
   * @param name its name
   * @param missing its value if the file does not have it
   * @return the number
   * @throws IllegalArgumentException if it is of another kind, or does not fit an int
   */
  public int small(String name, int missing) {
    long value = integer(name, missing);
    if (value != (int) value) {
      throw new IllegalArgumentException("the attribute %s is %d".formatted(name, value));
    }
    return (int) value;
  }

  /**
   * Returns a float.
   *
   * @param name its name
   * @param missing its value if the file does not have it
   * @return the number
   * @throws IllegalArgumentException if it is of another kind
   */
  public float real(String name, float missing) {
    Object value = values.get(name);
    return value == null ? missing : value instanceof Float number ? number : wrong(name, "float");
  }

  /**
   * Returns a text.
   *
   * @param name its name
   * @param missing its value if the file does not have it
   * @return the text
   * @throws IllegalArgumentException if it is of another kind
   */
  public String text(String name, String missing) {
    Object value = values.get(name);
    return value == null ? missing : value instanceof String text ? text : wrong(name, "text");
  }

  /**
   * Returns several integers.
   *
   * @param name their name
   * @return the numbers, a copy; null if the file does not have them
   * @throws IllegalArgumentException if they are of another kind
   */
  public long @Nullable [] integers(String name) {
    Object value = values.get(name);
    return value == null
        ? null
        : value instanceof long[] numbers ? numbers.clone() : wrong(name, "list of integers");
  }

  /**
   * Returns several small integers, such as axes.
   *
   * @param name their name
   * @return the numbers; null if the file does not have them
   * @throws IllegalArgumentException if they are of another kind, or one does not fit an int
   */
  public int @Nullable [] smalls(String name) {
    long[] wide = integers(name);
    if (wide == null) {
      return null;
    }
    var narrow = new int[wide.length];
    for (int i = 0; i < wide.length; i++) {
      narrow[i] = (int) wide[i];
      if (narrow[i] != wide[i]) {
        throw new IllegalArgumentException("the attribute %s has %d".formatted(name, wide[i]));
      }
    }
    return narrow;
  }

  /**
   * Returns several floats.
   *
   * @param name their name
   * @return the numbers, a copy; null if the file does not have them
   * @throws IllegalArgumentException if they are of another kind
   */
  public float @Nullable [] reals(String name) {
    Object value = values.get(name);
    return value == null
        ? null
        : value instanceof float[] numbers ? numbers.clone() : wrong(name, "list of floats");
  }

  /**
   * Returns a tensor.
   *
   * @param name its name
   * @return the tensor; null if the file does not have it
   * @throws IllegalArgumentException if it is of another kind
   */
  public @Nullable OnnxTensor tensor(String name) {
    Object value = values.get(name);
    return value == null
        ? null
        : value instanceof OnnxTensor tensor ? tensor : wrong(name, "tensor");
  }

  /**
   * Returns a graph.
   *
   * @param name its name
   * @return the graph
   * @throws IllegalArgumentException if it is of another kind, or the file does not have it
   */
  public OnnxGraph graph(String name) {
    return values.get(name) instanceof OnnxGraph graph ? graph : wrong(name, "graph");
  }

  /**
   * Returns all graphs among the settings.
   *
   * @return the graphs, in the order of their names
   */
  public List<OnnxGraph> graphs() {
    var graphs = new ArrayList<OnnxGraph>();
    for (Object value : values.values()) {
      if (value instanceof OnnxGraph graph) {
        graphs.add(graph);
      }
    }
    return graphs;
  }

  private <T> T wrong(String name, String expected) {
    throw new IllegalArgumentException("the attribute %s is no %s".formatted(name, expected));
  }

  @Override
  public String toString() {
    return values.keySet().toString();
  }
}
