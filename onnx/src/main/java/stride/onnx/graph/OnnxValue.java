package stride.onnx.graph;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import stride.onnx.proto.TypeProto;
import stride.onnx.tensor.ElementType;

/**
 * What a graph says of one of its values.
 *
 * @param name its name
 * @param type its elements' type; null if it is not said
 * @param shape its dimensions; null if not even the rank is said
 */
public record OnnxValue(
    String name, @Nullable ElementType type, @Nullable List<TypeProto.Dimension> shape) {
  /** Makes a value that shares no list with the caller. */
  public OnnxValue {
    shape = shape == null ? null : List.copyOf(shape);
  }

  /**
   * Returns the type and the dimensions.
   *
   * @return such as "float[batch, 3, 224, 224]"; "?" stands for what is not said
   */
  public String description() {
    String dimensions =
        shape == null
            ? "?"
            : shape.stream()
                .map(
                    dimension ->
                        dimension.value() >= 0
                            ? Long.toString(dimension.value())
                            : dimension.name().isEmpty() ? "?" : dimension.name())
                .collect(Collectors.joining(", "));
    return (type == null ? "?" : type) + "[" + dimensions + "]";
  }
}
