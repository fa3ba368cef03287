package stride.layer.spatial;

import java.util.Set;
import java.util.stream.IntStream;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.ShapeException;
import stride.graph.TensorType;
import stride.graph.Trait;
import stride.layer.PlainLayer;
import stride.layer.support.Window;
import stride.tensor.Shape;

/**
 * An image with more pixels on its sides: PyTorch's ZeroPad2d, ReflectionPad2d and
 * ReplicationPad2d. The gradient goes back to the pixels that were repeated.
 *
 * @param left columns on the left, and so on; each is 0 or more
 * @param edge what the new pixels hold
 */
public record Pad(int left, int right, int top, int bottom, Edge edge) implements PlainLayer {
  /** What lies beyond an image's edge. */
  public enum Edge {
    /** Zeros. */
    ZERO,
    /** The image mirrored, without its last pixel: of 1 2 3, 2 comes after 3. */
    REFLECT,
    /** The last pixel again and again. */
    REPLICATE
  }

  public Pad {
    if (Math.min(Math.min(left, right), Math.min(top, bottom)) < 0) {
      throw new IllegalArgumentException(
          "a padding is at least 0, found left %d, right %d, top %d, bottom %d: crop() cuts off"
              .formatted(left, right, top, bottom));
    }
  }

  @Override
  public String kind() {
    return "pad";
  }

  @Override
  public String details() {
    return "%s, left %d, right %d, top %d, bottom %d"
        .formatted(
            switch (edge) {
              case ZERO -> "zeros";
              case REFLECT -> "reflection";
              case REPLICATE -> "replication";
            },
            left,
            right,
            top,
            bottom);
  }

  @Override
  public TensorType infer(TensorType input) {
    var in = Window.image(input);
    if (edge == Edge.REFLECT
        && (Math.max(top, bottom) >= in.height() || Math.max(left, right) >= in.width())) {
      throw new ShapeException(
          "a reflection is smaller than the image, found left %d, right %d, top %d, bottom %d for %s"
              .formatted(left, right, top, bottom, in));
    }
    Window.checkPadded(in, (long) top + bottom, (long) left + right);
    return input.withShape(
        Shape.image(in.height() + top + bottom, in.width() + left + right, in.channels()));
  }

  @Override
  public Set<Trait> traits() {
    return Set.of(Trait.FORGETS_INPUT, Trait.FORGETS_OUTPUT);
  }

  @Override
  public Step compile(Binding binding) {
    var in = binding.inputType(0).shape();
    return PixelStep.of(
        binding,
        PixelStep.map(
            binding, sources(in.height(), top, bottom), sources(in.width(), left, right)));
  }

  private IntStream sources(int n, int before, int behind) {
    return IntStream.range(-before, n + behind)
        .map(
            i ->
                switch (edge) {
                  case ZERO -> i < 0 || i >= n ? -1 : i;
                  case REFLECT -> i < 0 ? -i : i < n ? i : 2 * (n - 1) - i;
                  case REPLICATE -> Math.clamp(i, 0, n - 1);
                });
  }
}
