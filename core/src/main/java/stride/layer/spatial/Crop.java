package stride.layer.spatial;

import java.util.Set;
import java.util.stream.IntStream;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.ShapeException;
import stride.graph.TensorType;
import stride.graph.Trait;
import stride.layer.PlainLayer;
import stride.layer.Size;
import stride.layer.support.Window;
import stride.tensor.Shape;

/**
 * A part of an image: (H, W, C) becomes (height, width, C), from row {@code top} and column {@code
 * left} on, as torchvision's crop has it. The gradient of the other pixels is zero.
 */
public record Crop(int top, int left, int height, int width) implements PlainLayer {
  public Crop {
    if (top < 0 || left < 0) {
      throw new IllegalArgumentException(
          "a crop begins at row 0 and column 0 or behind, found row %d and column %d"
              .formatted(top, left));
    }
    new Size(height, width).atLeast(1, "a crop's size");
  }

  @Override
  public String kind() {
    return "crop";
  }

  @Override
  public String details() {
    return "%dx%d from row %d, column %d".formatted(height, width, top, left);
  }

  @Override
  public TensorType infer(TensorType input) {
    var in = Window.image(input);
    if ((long) top + height > in.height() || (long) left + width > in.width()) {
      throw new ShapeException(
          "a crop of %dx%d from row %d and column %d does not lie in the input of %s"
              .formatted(height, width, top, left, in));
    }
    return input.withShape(Shape.image(height, width, in.channels()));
  }

  @Override
  public Set<Trait> traits() {
    return Set.of(Trait.FORGETS_INPUT, Trait.FORGETS_OUTPUT);
  }

  @Override
  public Step compile(Binding binding) {
    return PixelStep.of(
        binding,
        PixelStep.map(
            binding, IntStream.range(top, top + height), IntStream.range(left, left + width)));
  }
}
