package stride.network;

import java.lang.invoke.MethodType;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import stride.format.FormatException;
import stride.graph.Operation;
import stride.image.Fit;
import stride.image.FitTypes;
import stride.layer.Add;
import stride.layer.ChannelMultiply;
import stride.layer.ChannelShuffle;
import stride.layer.ChannelSlice;
import stride.layer.ChannelSplit;
import stride.layer.Concat;
import stride.layer.Flatten;
import stride.layer.Multiply;
import stride.layer.Rearrange;
import stride.layer.Reshape;
import stride.layer.Subtract;
import stride.layer.activation.Elu;
import stride.layer.activation.Exp;
import stride.layer.activation.Gelu;
import stride.layer.activation.HardSigmoid;
import stride.layer.activation.HardSwish;
import stride.layer.activation.LeakyRelu;
import stride.layer.activation.Mish;
import stride.layer.activation.Prelu;
import stride.layer.activation.Relu;
import stride.layer.activation.Sigmoid;
import stride.layer.activation.Silu;
import stride.layer.activation.Softmax;
import stride.layer.activation.Softplus;
import stride.layer.activation.Tanh;
import stride.layer.convolution.Conv;
import stride.layer.convolution.ConvTranspose;
import stride.layer.convolution.Dense;
import stride.layer.normalization.BatchNorm;
import stride.layer.normalization.FixedAffine;
import stride.layer.normalization.FrozenBatchNorm;
import stride.layer.normalization.GroupNorm;
import stride.layer.normalization.InstanceNorm;
import stride.layer.normalization.LayerNorm;
import stride.layer.normalization.LocalResponseNorm;
import stride.layer.normalization.ScaledL2Norm;
import stride.layer.pooling.AdaptiveAvgPool;
import stride.layer.pooling.AvgPool;
import stride.layer.pooling.GlobalAvgPool;
import stride.layer.pooling.MaxPool;
import stride.layer.pooling.Subsample;
import stride.layer.regularization.Dropout;
import stride.layer.regularization.StochasticDepth;
import stride.layer.spatial.Crop;
import stride.layer.spatial.Pad;
import stride.layer.spatial.PixelConcat;
import stride.layer.spatial.SpaceToDepth;
import stride.layer.spatial.Upsample;

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
 *
 * <p>The {@link Fit} of a model's preprocessing is named in the same way: a file knows those that
 * {@link FitTypes} provide, and yours {@linkplain #withFit with its name}. So is its {@link
 * ModelMethod}, by {@link MethodTypes} and {@link #withMethod}.
 */
public final class OperationTypes {
  /** What a node's JSON object says besides its operation's components. */
  private static final Set<String> RESERVED =
      Set.of("name", "inputs", "type", GraphJson.WEIGHTS_OF);

  /** Convolutions and dense layers with PyTorch's biases. */
  private static final Map<String, @Nullable Object> NO_BIAS_INITIALIZER =
      Collections.singletonMap("biasInitializer", null);

  private final Map<String, RecordCodec> types;
  private final Map<String, RecordCodec> fits;
  private final Map<String, RecordCodec> methods;

  private OperationTypes(
      Map<String, RecordCodec> types,
      Map<String, RecordCodec> fits,
      Map<String, RecordCodec> methods) {
    this.types = types;
    this.fits = fits;
    this.methods = methods;
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
    return new OperationTypes(more, fits, methods);
  }

  /**
   * These and a fit of your own.
   *
   * @param name of the fit in files; without one given here it is the simple name of its class
   * @param type a record that this library may read, as {@link #with} says
   * @throws IllegalArgumentException if the class is not such a record, has a component of another
   *     type than {@link OperationTypes} says, or the name is another fit's
   */
  public OperationTypes withFit(String name, Class<? extends Fit> type) {
    var before = fits.get(name);
    if (PreprocessingJson.OWN.contains(name) || (before != null && before.type() != type)) {
      throw new IllegalArgumentException(
          "two fits are named %s, give %s another name".formatted(name, type.getName()));
    }
    var more = new LinkedHashMap<>(fits);
    more.put(name, recordCodec(type));
    return new OperationTypes(types, more, methods);
  }

  /**
   * These and a method of your own.
   *
   * @param name of the method in files
   * @param type a record that this library may read, as {@link #with} says
   * @throws IllegalArgumentException if the class is not such a record, has a component of another
   *     type than {@link OperationTypes} says, or the name is another method's
   */
  public OperationTypes withMethod(String name, Class<? extends ModelMethod> type) {
    var before = methods.get(name);
    if (before != null && before.type() != type) {
      throw new IllegalArgumentException(
          "two methods are named %s, give %s another name".formatted(name, type.getName()));
    }
    var more = new LinkedHashMap<>(methods);
    more.put(name, recordCodec(type));
    return new OperationTypes(types, fits, more);
  }

  private static RecordCodec recordCodec(Class<?> type) {
    if (!type.isRecord()) {
      throw new IllegalArgumentException(
          type.getName() + " is not a record, so it cannot be saved");
    }
    return RecordCodec.of(type, type.getSimpleName(), Map.of(), Set.of());
  }

  /**
   * The name and the components of a method.
   *
   * @throws IllegalArgumentException if it cannot be saved
   */
  Map.Entry<String, Map<String, @Nullable Object>> writeMethod(ModelMethod method) {
    for (var entry : methods.entrySet()) {
      if (entry.getValue().type() == method.getClass()) {
        return Map.entry(entry.getKey(), entry.getValue().write(method));
      }
    }
    String name = method.getClass().getSimpleName();
    if (methods.containsKey(name)) {
      throw new IllegalArgumentException(
          "%s cannot be saved as %s, which is another method: give it a name with OperationTypes.withMethod"
              .formatted(method.getClass().getName(), name));
    }
    return Map.entry(name, recordCodec(method.getClass()).write(method));
  }

  /**
   * The method that {@link #writeMethod} wrote.
   *
   * @throws IllegalArgumentException if its name is unknown, it lacks a component, or has a wrong
   *     or an unknown one
   */
  ModelMethod readMethod(String name, Map<?, ?> components) {
    var codec = methods.get(name);
    if (codec == null) {
      throw new IllegalArgumentException(
          "unknown method %s; there are %s. One of your own is named with OperationTypes.withMethod"
              .formatted(FormatException.quote(name), String.join(", ", methods.keySet())));
    }
    return (ModelMethod) codec.read(components, name);
  }

  /**
   * The name and the components of a fit.
   *
   * @throws IllegalArgumentException if it cannot be saved
   */
  Map.Entry<String, Map<String, @Nullable Object>> writeFit(Fit fit) {
    for (var entry : fits.entrySet()) {
      if (entry.getValue().type() == fit.getClass()) {
        return Map.entry(entry.getKey(), entry.getValue().write(fit));
      }
    }
    String name = fit.getClass().getSimpleName();
    if (PreprocessingJson.OWN.contains(name) || fits.containsKey(name)) {
      throw new IllegalArgumentException(
          "%s cannot be saved as %s, which is another fit: give it a name with OperationTypes.withFit"
              .formatted(fit.getClass().getName(), name));
    }
    return Map.entry(name, recordCodec(fit.getClass()).write(fit));
  }

  /**
   * The fit that {@link #writeFit} wrote.
   *
   * @throws IllegalArgumentException if its name is unknown, it lacks a component, or has a wrong
   *     or an unknown one
   */
  Fit readFit(String name, Map<?, ?> components) {
    var codec = fits.get(name);
    if (codec == null) {
      throw new IllegalArgumentException(
          "unknown fit %s; there are %s. One of your own is named with OperationTypes.withFit"
              .formatted(
                  FormatException.quote(name),
                  Stream.concat(PreprocessingJson.OWN.stream(), fits.keySet().stream())
                      .collect(Collectors.joining(", "))));
    }
    return (Fit) codec.read(components, name);
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
      var types = new OperationTypes(Map.of(), Map.of(), Map.of());
      for (var type :
          List.of(
              AdaptiveAvgPool.class,
              Add.class,
              AvgPool.class,
              BatchNorm.class,
              ChannelShuffle.class,
              ChannelSlice.class,
              ChannelSplit.class,
              Concat.class,
              Crop.class,
              Dropout.class,
              Elu.class,
              Exp.class,
              FixedAffine.class,
              Flatten.class,
              FrozenBatchNorm.class,
              Gelu.class,
              GlobalAvgPool.class,
              GroupNorm.class,
              HardSigmoid.class,
              HardSwish.class,
              InstanceNorm.class,
              LayerNorm.class,
              LeakyRelu.class,
              LocalResponseNorm.class,
              MaxPool.class,
              Mish.class,
              Multiply.class,
              Pad.class,
              PixelConcat.class,
              Prelu.class,
              Rearrange.class,
              Relu.class,
              Reshape.class,
              ScaledL2Norm.class,
              Sigmoid.class,
              Silu.class,
              Softmax.class,
              Softplus.class,
              StochasticDepth.class,
              SpaceToDepth.class,
              Subsample.class,
              Subtract.class,
              Tanh.class,
              Upsample.class)) {
        types = types.with(type);
      }
      for (var service : ServiceLoader.load(FitTypes.class, FitTypes.class.getClassLoader())) {
        for (var fit : service.fits().entrySet()) {
          types = types.withFit(fit.getKey(), fit.getValue());
        }
      }
      for (var service :
          ServiceLoader.load(MethodTypes.class, MethodTypes.class.getClassLoader())) {
        for (var method : service.methods().entrySet()) {
          types = types.withMethod(method.getKey(), method.getValue());
        }
      }
      return types
          .with("ChannelScale", ChannelMultiply.class, Map.of())
          .with("Conv", Conv.class, NO_BIAS_INITIALIZER)
          .with("ConvTranspose", ConvTranspose.class, NO_BIAS_INITIALIZER)
          .with("Dense", Dense.class, NO_BIAS_INITIALIZER);
    }
  }
}
