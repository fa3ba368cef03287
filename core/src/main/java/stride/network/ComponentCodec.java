package stride.network;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import stride.format.FormatException;
import stride.graph.Initializer;
import stride.layer.Size;
import stride.tensor.Shape;

/** How the values of a record's component stand in JSON, by the component's type. */
interface ComponentCodec {
  /** What a component can be, for messages. */
  String KINDS =
      "an int, long, float, double, boolean or String, an enum, a Size, a Shape, an Initializer, a"
          + " record of these or a List of these";

  /** A value, which is not null, as JSON's maps, lists, numbers, booleans and strings. */
  Object write(Object value);

  /**
   * The value that {@link #write} wrote.
   *
   * @param path names the component, for messages
   * @throws IllegalArgumentException if it is another kind of value
   */
  Object read(Object json, String path);

  /**
   * The codec of a type.
   *
   * @param path names the component, for messages
   * @param within the records that the component is part of
   * @throws IllegalArgumentException if values of the type cannot be saved
   */
  static ComponentCodec of(Type type, String path, Set<Class<?>> within) {
    if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
      return new Elements(of(list.getActualTypeArguments()[0], path + "[]", within));
    }
    if (type instanceof Class<?> plain) {
      var codec = SIMPLE.get(plain);
      if (codec != null) {
        return codec;
      }
      if (plain.isEnum()) {
        return new Constants(plain);
      }
      if (plain.isRecord() && !within.contains(plain)) {
        return RecordCodec.of(plain, path, Map.of(), within);
      }
    }
    throw new IllegalArgumentException(
        "%s cannot be saved, it is of type %s; a component is %s"
            .formatted(path, type.getTypeName(), KINDS));
  }

  private static IllegalArgumentException wrong(String path, String expected, Object found) {
    return new IllegalArgumentException(
        "%s is %s, found %s"
            .formatted(path, expected, FormatException.quote(String.valueOf(found))));
  }

  /** The codecs of types that hold no others. */
  Map<Class<?>, ComponentCodec> SIMPLE = simple();

  private static Map<Class<?>, ComponentCodec> simple() {
    var whole = new Simple("a whole number", json -> json instanceof Integer ? json : null);
    var wholeLong =
        new Simple(
            "a whole number",
            json ->
                json instanceof Integer i ? Long.valueOf(i) : json instanceof Long ? json : null);
    var yesOrNo = new Simple("true or false", json -> json instanceof Boolean ? json : null);
    return Map.ofEntries(
        Map.entry(int.class, whole),
        Map.entry(Integer.class, whole),
        Map.entry(long.class, wholeLong),
        Map.entry(Long.class, wholeLong),
        Map.entry(float.class, new Real(true)),
        Map.entry(Float.class, new Real(true)),
        Map.entry(double.class, new Real(false)),
        Map.entry(Double.class, new Real(false)),
        Map.entry(boolean.class, yesOrNo),
        Map.entry(Boolean.class, yesOrNo),
        Map.entry(String.class, new Simple("text", json -> json instanceof String ? json : null)),
        Map.entry(Size.class, new Sizes()),
        Map.entry(Shape.class, new Shapes()),
        Map.entry(Initializer.class, new NotKept()));
  }

  /** A value that JSON has as it is. */
  record Simple(String what, Function<Object, @Nullable Object> taken) implements ComponentCodec {
    @Override
    public Object write(Object value) {
      return value;
    }

    @Override
    public Object read(Object json, String path) {
      var value = taken.apply(json);
      if (value == null) {
        throw wrong(path, what, json);
      }
      return value;
    }
  }

  /** A float or double; JSON has no numbers for those that are not finite. */
  record Real(boolean single) implements ComponentCodec {
    private static final String INFINITE = "infinite";
    private static final String MINUS_INFINITE = "-infinite";
    private static final String NOT_A_NUMBER = "nan";

    @Override
    public Object write(Object value) {
      double number = ((Number) value).doubleValue();
      if (Double.isFinite(number)) {
        return value;
      }
      return Double.isNaN(number) ? NOT_A_NUMBER : number > 0 ? INFINITE : MINUS_INFINITE;
    }

    @Override
    public Object read(Object json, String path) {
      double number =
          switch (String.valueOf(json)) {
            case INFINITE -> Double.POSITIVE_INFINITY;
            case MINUS_INFINITE -> Double.NEGATIVE_INFINITY;
            case NOT_A_NUMBER -> Double.NaN;
            default -> finite(json, path);
          };
      return single ? (Object) (float) number : (Object) number;
    }

    private double finite(Object json, String path) {
      if (json instanceof Number number) {
        double value = number.doubleValue();
        if (single ? Float.isFinite((float) value) : Double.isFinite(value)) {
          return value;
        }
      }
      throw wrong(path, single ? "a float" : "a double", json);
    }
  }

  /** An enum's constant, by its name. */
  record Constants(Class<?> type) implements ComponentCodec {
    @Override
    public Object write(Object value) {
      return ((Enum<?>) value).name();
    }

    @Override
    public Object read(Object json, String path) {
      var constants =
          Stream.of(type.getEnumConstants()).<Enum<?>>map(own -> (Enum<?>) own).toList();
      for (var constant : constants) {
        if (constant.name().equals(json)) {
          return constant;
        }
      }
      throw wrong(path, "one of " + constants.stream().map(Enum::name).toList(), json);
    }
  }

  /** A size as a list of its height and width. */
  record Sizes() implements ComponentCodec {
    @Override
    public Object write(Object value) {
      var size = (Size) value;
      return List.of(size.height(), size.width());
    }

    @Override
    public Object read(Object json, String path) {
      if (json instanceof List<?> list
          && list.size() == 2
          && list.get(0) instanceof Integer height
          && list.get(1) instanceof Integer width) {
        return new Size(height, width);
      }
      throw wrong(path, "a height and a width", json);
    }
  }

  /** A shape as a list of its sizes. */
  record Shapes() implements ComponentCodec {
    @Override
    public Object write(Object value) {
      return IntStream.of(((Shape) value).sizes()).boxed().toList();
    }

    @Override
    public Object read(Object json, String path) {
      if (json instanceof List<?> list && list.stream().allMatch(Integer.class::isInstance)) {
        return Shape.of(list.stream().mapToInt(Integer.class::cast).toArray());
      }
      throw wrong(path, "a shape's sizes", json);
    }
  }

  /** An initialiser: a model file brings the weights that it would make. */
  record NotKept() implements ComponentCodec {
    @Override
    public Object write(Object value) {
      throw new IllegalStateException("initialisers are not kept");
    }

    @Override
    public Object read(Object json, String path) {
      throw wrong(path, "not kept in files", json);
    }
  }

  /** A list, element by element. */
  record Elements(ComponentCodec element) implements ComponentCodec {
    @Override
    public Object write(Object value) {
      return ((List<?>) value).stream().map(element::write).toList();
    }

    @Override
    public Object read(Object json, String path) {
      if (!(json instanceof List<?> list)) {
        throw wrong(path, "a list", json);
      }
      var values = new ArrayList<Object>();
      for (var item : list) {
        if (item == null) {
          throw wrong(path, "a list of values", list);
        }
        values.add(element.read(item, "%s[%d]".formatted(path, values.size())));
      }
      return List.copyOf(values);
    }
  }
}
