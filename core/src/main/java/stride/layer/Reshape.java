package stride.layer;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.ShapeException;
import stride.graph.TensorType;
import stride.graph.Trait;
import stride.tensor.Shape;

/**
 * The same values in another shape, in PyTorch's order: an image is read and written channel by
 * channel, (C, H, W), as PyTorch's reshape and Unflatten do. A vector that a dense layer gives
 * becomes the same image as there.
 *
 * @param shape the output's shape: (H, W, C) of an image
 */
public record Reshape(Shape shape) implements PlainLayer {
  @Override
  public String kind() {
    return "reshape";
  }

  @Override
  public String details() {
    return "to " + shape;
  }

  @Override
  public TensorType infer(TensorType input) {
    if (input.shape().elements() != shape.elements()) {
      throw new ShapeException(
          "expects the %d values of %s, the input has %d (shape %s)"
              .formatted(shape.elements(), shape, input.shape().elements(), input.shape()));
    }
    return input.withShape(shape);
  }

  @Override
  public Set<Trait> traits() {
    return Set.of(Trait.FORGETS_INPUT, Trait.FORGETS_OUTPUT);
  }

  @Override
  public Step compile(Binding binding) {
    var type = binding.inputType(0);
    int n = shape.elements();
    var from = new int[n];
    var to = new int[n];
    for (int i = 0; i < n; i++) {
      from[i] = place(i, type.shape().isImage() ? type.shape() : type.flattened());
      to[i] = place(i, shape.isImage() ? shape : null);
    }
    var x = binding.input(0);
    var y = binding.output();
    var dx = binding.inputGradient(0);
    var dy = binding.outputGradient();
    return Step.perSample(
        (first, end, worker) -> {
          for (int sample = first; sample < end; sample++) {
            move(x.array(), x.at(sample), from, y.array(), y.at(sample), to);
          }
        },
        (first, end, worker) -> {
          for (int sample = first; sample < end; sample++) {
            move(dy.array(), dy.at(sample), to, dx.array(), dx.at(sample), from);
          }
        });
  }

  /** Where the value that PyTorch has at {@code i} lies in memory. */
  private static int place(int i, @Nullable Shape image) {
    if (image == null) {
      return i;
    }
    int pixels = image.height() * image.width();
    return i % pixels * image.channels() + i / pixels;
  }

  private static void move(float[] x, int xo, int[] from, float[] y, int yo, int[] to) {
    for (int i = 0; i < from.length; i++) {
      y[yo + to[i]] = x[xo + from[i]];
    }
  }
}
