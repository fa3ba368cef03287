package stride.onnx.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;
import stride.onnx.graph.OnnxValue;
import stride.onnx.proto.TypeProto.Dimension;
import stride.tensor.Shape;

/**
 * What a file leaves open of its inputs.
 *
 * @param images the shape (H, W, C) of images whose height or width the file does not say; null if
 *     it says them
 * @param layout how images lie; null for what their channels tell: an image has 1, 3 or 4
 */
public record InputShapes(@Nullable Shape images, @Nullable InputLayout layout) {
  /** All is as the file says. */
  public static final InputShapes OF_FILE = new InputShapes(null, null);

  private static final List<Long> CHANNELS = List.of(1L, 3L, 4L);

  /** An input on the engine: its shape there and how ONNX sees it. */
  record Placed(Shape shape, View view) {}

  /**
   * Places an input.
   *
   * @param edge its edge
   * @throws IllegalArgumentException if its shape is not known, or is none of an image or a vector
   */
  Placed place(OnnxValue input, int edge) {
    var dims = input.shape();
    if (dims == null || dims.size() < 2 || dims.size() > 4) {
      throw new IllegalArgumentException(
          "the input %s is %s, expected images, sequences or vectors with a first dimension of samples"
              .formatted(input.name(), input.description()));
    }
    return switch (dims.size()) {
      case 2 -> {
        var shape = Shape.of(known(input, dims.get(1)));
        yield new Placed(shape, View.vector(edge, shape));
      }
      case 3 -> {
        var shape = Shape.image(1, known(input, dims.get(2)), known(input, dims.get(1)));
        yield new Placed(shape, View.sequence(edge, shape));
      }
      default -> {
        boolean last = isLast(dims);
        int[] order = last ? new int[] {1, 2, 3} : new int[] {2, 3, 1};
        int[] sizes = new int[3];
        for (int i = 0; i < 3; i++) {
          var dim = dims.get(order[i]);
          sizes[i] = images == null ? known(input, dim) : images.size(i);
          if (images != null && dim.value() >= 0 && dim.value() != sizes[i]) {
            throw new IllegalArgumentException(
                "the input %s is %s, which images of %s are not"
                    .formatted(input.name(), input.description(), images));
          }
        }
        var shape = Shape.of(sizes);
        yield new Placed(shape, last ? View.channelsLast(edge, shape) : View.image(edge, shape));
      }
    };
  }

  private boolean isLast(List<Dimension> dims) {
    if (layout != null) {
      return layout == InputLayout.CHANNELS_LAST;
    }
    return CHANNELS.contains(dims.get(3).value()) && !CHANNELS.contains(dims.get(1).value());
  }

  private static int known(OnnxValue input, Dimension dimension) {
    if (dimension.value() < 1 || dimension.value() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "the input %s is %s: give the images' shape with --input HxWxC, in Java with InputShapes"
              .formatted(input.name(), input.description()));
    }
    return (int) dimension.value();
  }

  /** The number of samples that a file was written for; 1 if it is free. */
  static int batch(List<OnnxValue> inputs) {
    return inputs.stream()
        .map(OnnxValue::shape)
        .filter(shape -> shape != null && !shape.isEmpty() && shape.getFirst().value() > 0)
        .mapToInt(shape -> (int) Math.min(shape.getFirst().value(), Integer.MAX_VALUE))
        .findFirst()
        .orElse(1);
  }
}
