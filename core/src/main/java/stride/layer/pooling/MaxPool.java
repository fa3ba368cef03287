package stride.layer.pooling;

import java.util.List;
import java.util.Set;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.ShapeException;
import stride.graph.TensorType;
import stride.graph.Trait;
import stride.kernel.PoolGeometry;
import stride.layer.PlainLayer;
import stride.layer.Size;

/**
 * The maximum of each window, channel by channel. The gradient goes to the place of the maximum; on
 * a tie to the first in row-major order, as in PyTorch.
 *
 * @param kernel the window's size
 * @param stride steps between windows
 * @param padding pixels around the image that no maximum looks at; at most half the window
 * @param ceil whether a last window may hang over the edge (PyTorch's ceil_mode)
 */
public record MaxPool(Size kernel, Size stride, Size padding, boolean ceil) implements PlainLayer {
  public MaxPool {
    AvgPool.check(kernel, stride, padding);
  }

  /** The same pooling with another stride. */
  public MaxPool stride(int stride) {
    return stride(stride, stride);
  }

  /** The same pooling with another stride, height and width apart. */
  public MaxPool stride(int height, int width) {
    return new MaxPool(kernel, new Size(height, width), padding, ceil);
  }

  /** The same pooling with padding. */
  public MaxPool padding(int padding) {
    return padding(padding, padding);
  }

  /** The same pooling with padding above and below, and left and right. */
  public MaxPool padding(int vertical, int horizontal) {
    return new MaxPool(kernel, stride, new Size(vertical, horizontal), ceil);
  }

  /** The same pooling with a last window that may hang over the edge. */
  public MaxPool ceilMode() {
    return new MaxPool(kernel, stride, padding, true);
  }

  @Override
  public String kind() {
    return "maxpool";
  }

  @Override
  public String details() {
    return AvgPool.details(kernel, stride, padding, ceil);
  }

  @Override
  public TensorType infer(TensorType input) {
    return AvgPool.output(input, geometry(input));
  }

  private PoolGeometry geometry(TensorType input) throws ShapeException {
    return AvgPool.geometry(input, kernel, stride, padding, ceil, false);
  }

  @Override
  public Set<Trait> traits() {
    return Set.of(Trait.FORGETS_INPUT, Trait.FORGETS_OUTPUT, Trait.STORES_PITCH, Trait.READS_PITCH);
  }

  @Override
  public Step compile(Binding binding) {
    var pooling = binding.kernels().pooling();
    var x = binding.input(0);
    var y = binding.output();
    int channels = binding.outputType().shape().channels();
    var g = geometry(binding.inputType(0)).withPitches(x.pitch(channels), y.pitch(channels));
    var dx = binding.inputGradient(0);
    var dy = binding.outputGradient();
    int floats = g.strideHeight() * g.inWidth() * g.channels();
    if (!binding.wantsInputGradient(0)) {
      return new Step(
          List.of(
              new Step.Rows(
                  g.outHeight(),
                  floats,
                  (i, from, to, worker) ->
                      pooling.max(g, x.array(), x.at(i), y.array(), y.at(i), from, to))),
          List.of(),
          List.of());
    }
    var taps = binding.keep(y.stride());
    return new Step(
        List.of(
            new Step.Rows(
                g.outHeight(),
                floats,
                (i, from, to, worker) ->
                    pooling.max(
                        g,
                        x.array(),
                        x.at(i),
                        y.array(),
                        y.at(i),
                        taps.array(),
                        taps.at(i),
                        from,
                        to))),
        List.of(
            new Step.Rows(
                g.inHeight(),
                g.inWidth() * g.channels(),
                (i, from, to, worker) ->
                    pooling.maxGradient(
                        g,
                        dy.array(),
                        dy.at(i),
                        taps.array(),
                        taps.at(i),
                        dx.array(),
                        dx.at(i),
                        from,
                        to))),
        List.of());
  }
}
