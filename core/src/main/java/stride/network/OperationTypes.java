package stride.network;

import java.lang.invoke.MethodType;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
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
import stride.layer.LocalResponseNorm;
import stride.layer.MaxPool;
import stride.layer.Relu;
import stride.layer.Sigmoid;
import stride.layer.Silu;
import stride.layer.Softmax;
import stride.layer.StochasticDepth;
import stride.layer.Subsample;
import stride.layer.Tanh;

/**
 * The operations that model files may name. An operation is a record; a file holds a name of it and
 * its components. Only classes listed here are ever made; a file cannot name others.
 *
 * <p>A component is an int, long, float, double, boolean or String, an enum, a {@link
 * stride.layer.Size}, a {@link stride.tensor.Shape}, a record of these or a List of these. An
 * {@link stride.graph.Initializer} may be one too and is not kept: a model file brings its weights.
 *
 * <p>A model with an operation of your own is saved without a word about it, under the simple name
 * of its class; to be read, the class has to be named:
 *
 * <pre>{@code
 * Model.load(file, OperationTypes.standard().with(Blur.class))
 * }</pre>
 */
public final class OperationTypes {
  /** What a node's JSON object says besides its operation's components. */
  private static final Set<String> RESERVED =
      Set.of("name", "inputs", "type", GraphJson.WEIGHTS_OF);

  /** Convolutions and dense layers with PyTorch's biases. */
  private static final Map<String, @Nullable Object> NO_BIAS_INITIALIZER =
      Collections.singletonMap("biasInitializer", null);

  private final Map<String, RecordCodec> types;

  private OperationTypes(Map<String, RecordCodec> types) {
    this.types = types;
  }

  /** Stride's own operations. */
  public static OperationTypes standard() {
    return Standard.TYPES;
  }

  /** These and an operation of your own, under the simple name of its class. */
  public OperationTypes with(Class<? extends Operation> type) {
    return with(type.getSimpleName(), type, Map.of());
  }

  /**
   * These and an operation of your own. A class may have several names, for files that were written
   * when it was called otherwise; it is saved under the first.
   *
   * @param name of the operation in files
   * @param type a record that this library may read: a public one of an exported package, or any of
   *     a package that is open to it
   * @param missing what components are in files that were written before there were these, by their
   *     names; others that are missing are null, numbers and booleans must not be missing
   * @throws IllegalArgumentException if the class is not such a record, has a component of another
   *     type than {@link OperationTypes} says, or the name is another operation's
   */
  public OperationTypes with(
      String name,
      Class<? extends Operation> type,
      Map<String, ? extends @Nullable Object> missing) {
    var codec = codec(type, missing);
    var before = types.get(name);
    if (before != null) {
      throw new IllegalArgumentException(
          "two operations are named %s, %s and %s"
              .formatted(name, before.type().getName(), type.getName()));
    }
    var more = new LinkedHashMap<>(types);
    more.put(name, codec);
    return new OperationTypes(more);
  }

  private static RecordCodec codec(
      Class<? extends Operation> type, Map<String, ? extends @Nullable Object> missing) {
    if (!type.isRecord()) {
      throw new IllegalArgumentException(
          type.getName() + " is not a record, so it cannot be saved");
    }
    var codec = RecordCodec.of(type, type.getSimpleName(), missing, Set.of());
    for (var component : type.getRecordComponents()) {
      String name = component.getName();
      if (RESERVED.contains(name)) {
        throw new IllegalArgumentException(
            "%s.%s cannot be saved: a file says \"%s\" of every layer, call the component otherwise"
                .formatted(type.getSimpleName(), name, name));
      }
      Object value = missing.get(name);
      var wanted = MethodType.methodType(component.getType()).wrap().returnType();
      if (missing.containsKey(name)
          && !(value == null ? !component.getType().isPrimitive() : wanted.isInstance(value))) {
        throw new IllegalArgumentException(
            "%s.%s is of type %s, it cannot be %s where it is missing"
                .formatted(
                    type.getSimpleName(), name, component.getGenericType().getTypeName(), value));
      }
    }
    for (var name : missing.keySet()) {
      if (!codec.names().contains(name)) {
        throw new IllegalArgumentException(
            "%s has no component %s that could be missing".formatted(type.getName(), name));
      }
    }
    return codec;
  }

  /**
   * Refuses a network that cannot be saved.
   *
   * @throws IllegalArgumentException if it has an operation that is not a record, or has a
   *     component that no file holds; the message names the layer and says why
   */
  public void requireSavable(Network network) {
    var _ = new GraphJson(this).write(network.graph());
  }

  /** The operations' classes. */
  Collection<Class<?>> classes() {
    return List.copyOf(types.values().stream().<Class<?>>map(RecordCodec::type).toList());
  }

  boolean knows(String name) {
    return types.containsKey(name);
  }

  /**
   * An operation as JSON's maps, numbers and strings.
   *
   * @throws IllegalArgumentException if it cannot be saved
   */
  Map<String, @Nullable Object> write(Operation operation) {
    var type = operation.getClass();
    for (var entry : types.entrySet()) {
      if (entry.getValue().type() == type) {
        return json(entry.getKey(), entry.getValue(), operation);
      }
    }
    String name = type.getSimpleName();
    var other = types.get(name);
    if (other != null) {
      throw new IllegalArgumentException(
          "%s cannot be saved as %s, which is %s: give it another name, as OperationTypes.with(\"Own%s\", %s.class, Map.of()) does"
              .formatted(type.getName(), name, other.type().getName(), name, name));
    }
    return json(name, codec(type, Map.of()), operation);
  }

  private static Map<String, @Nullable Object> json(
      String name, RecordCodec codec, Operation operation) {
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("type", name);
    json.putAll(codec.write(operation));
    return json;
  }

  /**
   * The operation that {@link #write} wrote.
   *
   * @param json its components, and perhaps what else a node says
   * @throws IllegalArgumentException if it is of an unknown type, lacks a component, or has a wrong
   *     or an unknown one
   */
  Operation read(Map<?, ?> json) {
    String name = String.valueOf(json.get("type"));
    var codec = types.get(name);
    if (codec == null) {
      throw new IllegalArgumentException("unknown operation " + name);
    }
    var components = new LinkedHashMap<>(json);
    components.keySet().removeAll(RESERVED);
    return (Operation) codec.read(components, name);
  }

  /** Stride's own operations, under the names they have had from the first version on. */
  private static final class Standard {
    static final OperationTypes TYPES = make();

    private static OperationTypes make() {
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
      return types
          .with("Conv", Conv.class, NO_BIAS_INITIALIZER)
          .with("Dense", Dense.class, NO_BIAS_INITIALIZER);
    }
  }
}
