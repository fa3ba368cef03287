package stride.network;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import stride.format.FormatException;
import stride.layer.Layers;

/**
 * A record as a JSON object of its components. A component that is null is left out, as is one that
 * files do not keep; {@link Component#missing} is what a file without it means.
 */
record RecordCodec(Class<?> type, Constructor<?> constructor, List<Component> components)
    implements ComponentCodec {

  /**
   * A component of a record.
   *
   * @param optional whether a file may lack it
   * @param missing its value then
   */
  record Component(
      String name,
      Method accessor,
      ComponentCodec codec,
      boolean optional,
      @Nullable Object missing) {}

  /**
   * The codec of a record's class.
   *
   * @param path names the record, for messages
   * @param missing the values of components that a file lacks, by their names
   * @param within the records that it is part of
   * @throws IllegalArgumentException if a component cannot be saved, or the class is out of reach
   */
  static RecordCodec of(Class<?> type, String path, Map<String, ?> missing, Set<Class<?>> within) {
    var inside = new HashSet<>(within);
    inside.add(type);
    var components = new ArrayList<Component>();
    for (var component : type.getRecordComponents()) {
      String name = component.getName();
      var codec = ComponentCodec.of(component.getGenericType(), path + "." + name, inside);
      boolean given = missing.containsKey(name);
      components.add(
          new Component(
              name,
              component.getAccessor(),
              codec,
              given || !component.getType().isPrimitive(),
              given
                  ? missing.get(name)
                  : codec instanceof NotKept ? Layers.DEFAULT_INITIALIZER : null));
    }
    try {
      var constructor =
          type.getDeclaredConstructor(
              Arrays.stream(type.getRecordComponents())
                  .map(component -> component.getType())
                  .toArray(Class<?>[]::new));
      boolean reachable = constructor.trySetAccessible();
      for (var component : components) {
        reachable &= component.accessor.trySetAccessible();
      }
      if (!reachable) {
        throw new IllegalArgumentException(
            "%s cannot be saved: its package is not open to module stride"
                .formatted(type.getName()));
      }
      return new RecordCodec(type, constructor, List.copyOf(components));
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException(type.getName() + " has no canonical constructor", e);
    }
  }

  Set<String> names() {
    var names = new HashSet<String>();
    components.forEach(component -> names.add(component.name));
    return names;
  }

  @Override
  public Map<String, @Nullable Object> write(Object value) {
    var json = new LinkedHashMap<String, @Nullable Object>();
    for (var component : components) {
      Object own = read(component, value);
      if (own == null ? component.missing != null : !(component.codec instanceof NotKept)) {
        json.put(component.name, own == null ? null : component.codec.write(own));
      }
    }
    return json;
  }

  private @Nullable Object read(Component component, Object from) {
    try {
      return component.accessor.invoke(from);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(
          "%s.%s cannot be read".formatted(type.getSimpleName(), component.name), e);
    }
  }

  @Override
  public Object read(Object json, String path) {
    if (!(json instanceof Map<?, ?> map)) {
      throw new IllegalArgumentException(
          "%s is an object with %s, found %s"
              .formatted(path, names(), FormatException.quote(String.valueOf(json))));
    }
    for (var key : map.keySet()) {
      if (components.stream().noneMatch(component -> component.name.equals(key))) {
        throw new IllegalArgumentException(
            "%s has no component %s; it has %s"
                .formatted(
                    path,
                    FormatException.quote(String.valueOf(key)),
                    String.join(", ", components.stream().map(Component::name).toList())));
      }
    }
    var values = new ArrayList<@Nullable Object>();
    var absent = new ArrayList<String>();
    for (var component : components) {
      Object own = map.get(component.name);
      if (own != null) {
        values.add(component.codec.read(own, path + "." + component.name));
      } else if (component.optional) {
        values.add(map.containsKey(component.name) ? null : component.missing);
        absent.add(component.name);
      } else {
        throw new IllegalArgumentException("%s.%s is missing".formatted(path, component.name));
      }
    }
    return made(values, path, absent);
  }

  private Object made(List<@Nullable Object> values, String path, List<String> absent) {
    try {
      return constructor.newInstance(values.toArray());
    } catch (InvocationTargetException e) {
      var cause = e.getCause();
      if (cause instanceof NullPointerException) {
        throw new IllegalArgumentException(
            "%s cannot be without %s".formatted(path, String.join(", ", absent)), e);
      }
      throw new IllegalArgumentException(
          "%s: %s".formatted(path, cause == null ? "cannot be made" : cause.getMessage()), e);
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      throw new IllegalArgumentException(path + " cannot be made of what is there", e);
    }
  }
}
