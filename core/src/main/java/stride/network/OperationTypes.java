package stride.network;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import stride.graph.Initializer;
import stride.graph.Operation;
import stride.layer.AdaptiveAvgPool;
import stride.layer.Add;
import stride.layer.AvgPool;
import stride.layer.BatchNorm;
import stride.layer.ChannelScale;
import stride.layer.ChannelShuffle;
import stride.layer.ChannelSplit;
import stride.layer.Concat;
import stride.layer.Conv;
import stride.layer.Dense;
import stride.layer.Dropout;
import stride.layer.Flatten;
import stride.layer.GlobalAvgPool;
import stride.layer.HardSigmoid;
import stride.layer.HardSwish;
import stride.layer.Layers;
import stride.layer.LocalResponseNorm;
import stride.layer.MaxPool;
import stride.layer.Relu;
import stride.layer.Sigmoid;
import stride.layer.Silu;
import stride.layer.Size;
import stride.layer.Softmax;
import stride.layer.StochasticDepth;
import stride.layer.Subsample;
import stride.layer.Tanh;

/**
 * The operations that model files may name. An operation is a record of numbers, booleans, strings
 * and {@link Size}s; a file holds its simple class name and its components. Only classes listed
 * here are ever made; a file cannot name others. Initialisers are not kept: a model file brings its
 * weights.
 */
public final class OperationTypes {
  private final Map<String, Class<? extends Operation>> types;

  private OperationTypes(Map<String, Class<? extends Operation>> types) {
    this.types = types;
  }

  /** Stride's own operations. */
  public static OperationTypes standard() {
    var types = new OperationTypes(Map.of());
    for (var type :
        List.of(
            AdaptiveAvgPool.class,
            Add.class,
            AvgPool.class,
            BatchNorm.class,
            ChannelScale.class,
            ChannelShuffle.class,
            ChannelSplit.class,
            Concat.class,
            Conv.class,
            Dense.class,
            Dropout.class,
            Flatten.class,
            GlobalAvgPool.class,
            HardSigmoid.class,
            HardSwish.class,
            LocalResponseNorm.class,
            MaxPool.class,
            Relu.class,
            Sigmoid.class,
            Silu.class,
            Softmax.class,
            StochasticDepth.class,
            Subsample.class,
            Tanh.class)) {
      types = types.with(type);
    }
    return types;
  }

  /** These and an operation of your own: a public record. */
  public OperationTypes with(Class<? extends Operation> type) {
    if (!type.isRecord()) {
      throw new IllegalArgumentException(
          type.getName() + " is not a record, so it cannot be saved");
    }
    var more = new LinkedHashMap<>(types);
    if (more.putIfAbsent(type.getSimpleName(), type) != null) {
      throw new IllegalArgumentException("two operations are named " + type.getSimpleName());
    }
    return new OperationTypes(more);
  }

  /**
   * Checks that a model of a network can be saved.
   *
   * @throws IllegalArgumentException if one of its operations is none of these
   */
  public void requireAll(Network network) {
    network.graph().nodes().forEach(node -> write(node.operation()));
  }

  /** An operation as JSON's maps, numbers and strings. */
  Map<String, Object> write(Operation operation) {
    var type = operation.getClass();
    if (types.get(type.getSimpleName()) != type) {
      throw new IllegalArgumentException(
          "%s cannot be saved: pass OperationTypes.standard().with(%s.class)"
              .formatted(type.getName(), type.getSimpleName()));
    }
    var json = new LinkedHashMap<String, Object>();
    json.put("type", type.getSimpleName());
    for (var component : type.getRecordComponents()) {
      Object value = read(component, operation);
      if (value instanceof Size size) {
        json.put(component.getName(), List.of(size.height(), size.width()));
      } else if (value != null && !(value instanceof Initializer)) {
        json.put(
            component.getName(), value instanceof Float f && f.isInfinite() ? "infinite" : value);
      }
    }
    return json;
  }

  private static @Nullable Object read(RecordComponent component, Operation operation) {
    try {
      var accessor = component.getAccessor();
      accessor.trySetAccessible();
      return accessor.invoke(operation);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalArgumentException(
          "%s cannot be saved: its package is not open to module stride"
              .formatted(operation.getClass().getName()),
          e);
    }
  }

  /**
   * The operation that {@link #write} wrote.
   *
   * @throws IllegalArgumentException if it is of an unknown type, lacks a component or has a wrong
   *     one
   */
  Operation read(Map<?, ?> json) {
    var type = types.get(String.valueOf(json.get("type")));
    if (type == null) {
      throw new IllegalArgumentException(
          "unknown operation \"%s\"; known are %s"
              .formatted(json.get("type"), String.join(", ", types.keySet())));
    }
    var components = type.getRecordComponents();
    var classes = new ArrayList<Class<?>>();
    var values = new ArrayList<@Nullable Object>();
    for (var component : components) {
      classes.add(component.getType());
      values.add(component(component, json.get(component.getName()), type.getSimpleName()));
    }
    try {
      var constructor = type.getDeclaredConstructor(classes.toArray(Class<?>[]::new));
      constructor.trySetAccessible();
      return constructor.newInstance(values.toArray());
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(
          "%s: %s"
              .formatted(
                  type.getSimpleName(),
                  String.valueOf(Objects.requireNonNull(e.getCause()).getMessage())),
          e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(type.getName() + " cannot be made", e);
    }
  }

  private static @Nullable Object component(
      RecordComponent component, @Nullable Object json, String operation) {
    var type = component.getType();
    if (type == Initializer.class) {
      return component.getName().equals("biasInitializer") ? null : Layers.DEFAULT_INITIALIZER;
    }
    if (type == int.class && json instanceof Integer) {
      return json;
    }
    if (type == float.class && json instanceof Number number) {
      return number.floatValue();
    }
    if (type == float.class && "infinite".equals(json)) {
      return Float.POSITIVE_INFINITY;
    }
    if ((type == boolean.class && json instanceof Boolean)
        || (type == String.class && json instanceof String)) {
      return json;
    }
    if (type == Size.class
        && json instanceof List<?> list
        && list.size() == 2
        && list.get(0) instanceof Integer height
        && list.get(1) instanceof Integer width) {
      return new Size(height, width);
    }
    if (type == Size.class && json == null) {
      return null;
    }
    throw new IllegalArgumentException(
        "%s.%s is a %s, found %s"
            .formatted(operation, component.getName(), type.getSimpleName(), json));
  }
}
