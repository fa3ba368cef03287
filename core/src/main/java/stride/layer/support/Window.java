package stride.layer.support;

import stride.graph.ShapeException;
import stride.graph.TensorType;
import stride.layer.Size;
import stride.tensor.Shape;

/**
 * Where a sliding window fits into an image: the output-size formulas of the lecture and of
 * PyTorch.
 */
public final class Window {
  private Window() {}

  /**
   * floor((n + 2p - d (f - 1) - 1) / s) + 1: the outputs of a window of size f, dilated d, over n
   * values; 0 where the window does not fit.
   *
   * @param paddingBoth the padding before and behind the values together
   */
  public static int outputs(int n, int kernel, int stride, long paddingBoth, int dilation) {
    long last = n + paddingBoth - dilation * (kernel - 1L) - 1;
    return last < 0 ? 0 : (int) (last / stride) + 1;
  }

  /**
   * As {@link #outputs} rounded up, without a window that begins in the padding behind the image
   * (PyTorch's rule).
   */
  public static int outputsCeil(int n, int kernel, int stride, int padding) {
    long outputs = Math.ceilDiv(n + 2L * padding - kernel, (long) stride) + 1;
    return (int) ((outputs - 1) * stride >= (long) n + padding ? outputs - 1 : outputs);
  }

  /** The padding before and behind n values that makes ceil(n / s) outputs. */
  public static long samePadding(int n, int kernel, int stride, int dilation) {
    long last = (Math.ceilDiv(n, stride) - 1L) * stride;
    return Math.max(last + dilation * (kernel - 1L) + 1 - n, 0);
  }

  /** The input's shape, if it is an image. */
  public static Shape image(TensorType input) {
    if (!input.shape().isImage()) {
      throw new ShapeException(
          "expects an image (height x width x channels), the input is " + input.shape());
    }
    return input.shape();
  }

  /**
   * The padded image, whose values kernels number in int.
   *
   * @param vertical the padding above and below together
   * @param horizontal the padding on the left and the right together
   * @throws ShapeException if it has more than 2^31 - 1 values
   */
  public static void checkPadded(Shape in, long vertical, long horizontal) {
    long height = in.height() + vertical;
    long width = in.width() + horizontal;
    if (height > Integer.MAX_VALUE
        || width > Integer.MAX_VALUE
        || height * width > Integer.MAX_VALUE / in.channels()) {
      throw new ShapeException(
          "the input of %s, padded to %dx%d, has more than %d values"
              .formatted(in, height, width, Integer.MAX_VALUE));
    }
  }

  /** Refuses an output without a pixel: at least one window has to fit into the input. */
  public static void fit(
      Shape in, int height, int width, Size kernel, Size padding, Size dilation) {
    if (height < 1 || width < 1) {
      throw new ShapeException(
          "a %s window%s does not fit into the input of %s with padding %s"
              .formatted(
                  kernel,
                  dilation.height() == 1 && dilation.width() == 1 ? "" : " dilated by " + dilation,
                  in,
                  padding));
    }
  }
}
