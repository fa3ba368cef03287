package stride.layer;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.ShapeException;
import stride.graph.TensorType;
import stride.graph.Trait;
import stride.tensor.Shape;

/**
 * A sample's values in another order: as they lie in memory they are an array of the given sizes,
 * whose dimensions are put into another order, and what they are then, from the first to the last,
 * is an array of a shape. dx is dy in the order of before.
 *
 * @param sizes the sizes of the dimensions in memory, the innermost last
 * @param order for each dimension of the result the one of the input that it is
 * @param shape the result's shape, (H, W, C) or (C)
 */
public record Rearrange(List<Integer> sizes, List<Integer> order, Shape shape)
    implements PlainLayer {
  public Rearrange {
    sizes = List.copyOf(sizes);
    order = List.copyOf(order);
    boolean permuted = order.stream().sorted().toList().equals(numbers(sizes.size()));
    if (!permuted) {
      throw new IllegalArgumentException(
          "an order of %d dimensions names each of them once, found %s"
              .formatted(sizes.size(), order));
    }
  }

  private static List<Integer> numbers(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  @Override
  public String kind() {
    return "rearrange";
  }

  @Override
  public String details() {
    return "to " + shape;
  }

  @Override
  public TensorType infer(TensorType input) {
    input.requireOwnOrder("rearrange");
    long values = sizes.stream().mapToLong(size -> size).reduce(1, (a, b) -> a * b);
    if (values != input.shape().elements() || values != shape.elements()) {
      throw new ShapeException(
          "expects the %d values of %s as %s, the input has %d (shape %s)"
              .formatted(shape.elements(), shape, sizes, input.shape().elements(), input.shape()));
    }
    return input.withShape(shape);
  }

  @Override
  public Set<Trait> traits() {
    return Set.of(Trait.FORGETS_INPUT, Trait.FORGETS_OUTPUT);
  }

  @Override
  public Step compile(Binding binding) {
    int[] places = places();
    int channels = shape.channels();
    int pixels = places.length / channels;
    var x = binding.input(0);
    var y = binding.output();
    var dx = binding.inputGradient(0);
    var dy = binding.outputGradient();
    return Step.perPixel(
        shape,
        (from, to, worker) -> {
          for (int pixel = from, end; pixel < to; pixel = end) {
            int sample = pixel / pixels;
            end = Math.min((sample + 1) * pixels, to);
            int first = (pixel - sample * pixels) * channels;
            float[] in = x.array();
            float[] out = y.array();
            int at = x.at(sample);
            int own = y.at(sample);
            for (int i = first; i < first + (end - pixel) * channels; i++) {
              out[own + i] = in[at + places[i]];
            }
          }
        },
        (from, to, worker) -> {
          for (int pixel = from, end; pixel < to; pixel = end) {
            int sample = pixel / pixels;
            end = Math.min((sample + 1) * pixels, to);
            int first = (pixel - sample * pixels) * channels;
            float[] in = dx.array();
            float[] out = dy.array();
            int at = dx.at(sample);
            int own = dy.at(sample);
            for (int i = first; i < first + (end - pixel) * channels; i++) {
              in[at + places[i]] = out[own + i];
            }
          }
        });
  }

  /** For each value of the result its place in the input. */
  private int[] places() {
    int rank = sizes.size();
    var strides = new int[rank];
    for (int i = rank - 1, stride = 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= sizes.get(i);
    }
    var places = new int[shape.elements()];
    var index = new int[rank];
    int at = 0;
    for (int i = 0; i < places.length; i++) {
      places[i] = at;
      for (int d = rank - 1; d >= 0; d--) {
        int axis = order.get(d);
        at += strides[axis];
        if (++index[d] < sizes.get(axis)) {
          break;
        }
        at -= index[d] * strides[axis];
        index[d] = 0;
      }
    }
    return places;
  }
}
