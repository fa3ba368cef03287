package stride.layer.pooling;

import java.util.List;
import java.util.Set;
import stride.compute.Binding;
import stride.compute.Step;
import stride.graph.TensorType;
import stride.graph.Trait;
import stride.kernel.PoolGeometry;
import stride.layer.PlainLayer;
import stride.layer.Size;
import stride.layer.support.Window;
import stride.tensor.Shape;

/**
 * The average of each window, channel by channel. The gradient is spread evenly over the window.
 *
 * @param kernel the window's size
 * @param stride steps between windows
 * @param padding zeros around the image; at most half the window
 * @param ceil whether a last window may hang over the edge (PyTorch's ceil_mode)
 * @param countsPadding whether the padding's zeros count in the average (PyTorch's
 *     count_include_pad)
 */
public record AvgPool(Size kernel, Size stride, Size padding, boolean ceil, boolean countsPadding)
    implements PlainLayer {
  /** A window's pixels are numbered and counted in floats, which are exact up to this number. */
  private static final int MAX_PIXELS = 1 << 24;

  /** Channels that a thread takes at least of an average over all rows: a cache line of them. */
  private static final int STRETCH = 16;

  public AvgPool {
    check(kernel, stride, padding);
  }

  /** The same pooling with another stride. */
  public AvgPool stride(int stride) {
    return stride(stride, stride);
  }

  /** The same pooling with another stride, height and width apart. */
  public AvgPool stride(int height, int width) {
    return new AvgPool(kernel, new Size(height, width), padding, ceil, countsPadding);
  }

  /** The same pooling with padding. */
  public AvgPool padding(int padding) {
    return padding(padding, padding);
  }

  /** The same pooling with padding above and below, and left and right. */
  public AvgPool padding(int vertical, int horizontal) {
    return new AvgPool(kernel, stride, new Size(vertical, horizontal), ceil, countsPadding);
  }

  /** The same pooling with a last window that may hang over the edge. */
  public AvgPool ceilMode() {
    return new AvgPool(kernel, stride, padding, true, countsPadding);
  }

  /** The same pooling, dividing by the pixels inside of the image only. */
  public AvgPool countExcludePad() {
    return new AvgPool(kernel, stride, padding, ceil, false);
  }

  @Override
  public String kind() {
    return "avgpool";
  }

  @Override
  public String details() {
    return details(kernel, stride, padding, ceil);
  }

  @Override
  public TensorType infer(TensorType input) {
    return output(input, geometry(input, kernel, stride, padding, ceil, countsPadding));
  }

  @Override
  public Set<Trait> traits() {
    return Set.of(Trait.FORGETS_INPUT, Trait.FORGETS_OUTPUT, Trait.STORES_PITCH, Trait.READS_PITCH);
  }

  @Override
  public Step compile(Binding binding) {
    return step(
        binding, geometry(binding.inputType(0), kernel, stride, padding, ceil, countsPadding));
  }

  static Step step(Binding binding, PoolGeometry dense) {
    var pooling = binding.kernels().pooling();
    var x = binding.input(0);
    var y = binding.output();
    var g = dense.withPitches(x.pitch(dense.channels()), y.pitch(dense.channels()));
    var dx = binding.inputGradient(0);
    var dy = binding.outputGradient();
    int channels = g.channels();
    var forward =
        g.outHeight() > 1
            ? new Step.Rows(
                g.outHeight(),
                g.strideHeight() * g.inWidth() * channels,
                (i, from, to, worker) ->
                    pooling.average(
                        g, x.array(), x.at(i), y.array(), y.at(i), from, to, 0, channels))
            : new Step.Rows(
                Math.ceilDiv(channels, STRETCH),
                g.kernelHeight() * g.inWidth() * STRETCH,
                (i, from, to, worker) ->
                    pooling.average(
                        g,
                        x.array(),
                        x.at(i),
                        y.array(),
                        y.at(i),
                        0,
                        1,
                        from * STRETCH,
                        Math.min(to * STRETCH, channels)));
    var backward =
        new Step.Rows(
            g.inHeight(),
            g.inWidth() * channels,
            (i, from, to, worker) ->
                pooling.averageGradient(g, dy.array(), dy.at(i), dx.array(), dx.at(i), from, to));
    return new Step(List.of(forward), List.of(backward), List.of());
  }

  static void check(Size kernel, Size stride, Size padding) {
    kernel.atLeast(1, "a window's size");
    stride.atLeast(1, "a stride");
    padding.atLeast(0, "a padding");
    if (2L * padding.height() > kernel.height() || 2L * padding.width() > kernel.width()) {
      throw new IllegalArgumentException(
          "a pooling's padding is at most half of its window: padding %s, window %s"
              .formatted(padding, kernel));
    }
    if ((long) kernel.height() * kernel.width() > MAX_PIXELS) {
      throw new IllegalArgumentException(
          "a pooling's window has at most %d pixels, found %s: globalAvgPool() takes whole images"
              .formatted(MAX_PIXELS, kernel));
    }
  }

  static PoolGeometry geometry(
      TensorType input,
      Size kernel,
      Size stride,
      Size padding,
      boolean ceil,
      boolean countsPadding) {
    var in = Window.image(input);
    Window.checkPadded(in, 2L * padding.height(), 2L * padding.width());
    int height = outputs(in.height(), kernel.height(), stride.height(), padding.height(), ceil);
    int width = outputs(in.width(), kernel.width(), stride.width(), padding.width(), ceil);
    Window.fit(in, height, width, kernel, padding, Size.square(1));
    return new PoolGeometry(
        in.height(),
        in.width(),
        in.channels(),
        height,
        width,
        kernel.height(),
        kernel.width(),
        stride.height(),
        stride.width(),
        padding.height(),
        padding.width(),
        padding.height(),
        padding.width(),
        countsPadding);
  }

  private static int outputs(int n, int kernel, int stride, int padding, boolean ceil) {
    return ceil
        ? Window.outputsCeil(n, kernel, stride, padding)
        : Window.outputs(n, kernel, stride, 2L * padding, 1);
  }

  static TensorType output(TensorType input, PoolGeometry g) {
    return input.withShape(Shape.image(g.outHeight(), g.outWidth(), g.channels()));
  }

  static String details(Size kernel, Size stride, Size padding, boolean ceil) {
    return "%s / %s%s%s"
        .formatted(
            kernel,
            stride.height() == stride.width()
                ? Integer.toString(stride.height())
                : stride.toString(),
            padding.equals(Size.square(0)) ? "" : ", pad " + padding,
            ceil ? ", ceil" : "");
  }
}
