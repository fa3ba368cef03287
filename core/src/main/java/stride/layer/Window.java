package stride.layer;

import stride.graph.ShapeException;
import stride.graph.TensorType;
import stride.tensor.Shape;

/**
 * Where a sliding window fits into an image: the output-size formulas of the lecture and of
 * PyTorch.
 */
final class Window {
  private Window() {}

  /**
   * floor((n + 2p - d (f - 1) - 1) / s) + 1: the outputs of a window of size f, dilated d, over n
   * values.
   */
  static int outputs(int n, int kernel, int stride, int paddingBoth, int dilation) {
    return Math.floorDiv(n + paddingBoth - dilation * (kernel - 1) - 1, stride) + 1;
  }

  /**
   * As {@link #outputs} rounded up, without a window that begins in the padding behind the image
   * (PyTorch's rule).
   */
  static int outputsCeil(int n, int kernel, int stride, int padding) {
    int outputs = Math.ceilDiv(n + 2 * padding - kernel, stride) + 1;
    return (outputs - 1) * stride >= n + padding ? outputs - 1 : outputs;
  }

  /** The padding before and behind n values that makes ceil(n / s) outputs. */
  static int samePadding(int n, int kernel, int stride, int dilation) {
    return Math.max((Math.ceilDiv(n, stride) - 1) * stride + dilation * (kernel - 1) + 1 - n, 0);
  }

  /** The input's shape, if it is an image. */
  static Shape image(TensorType input) {
    if (!input.shape().isImage()) {
      throw new ShapeException(
          "expects an image (height x width x channels), the input is " + input.shape());
    }
    return input.shape();
  }

  /** The output's shape, if at least one window fits. */
  static Shape fit(
      Shape in, int height, int width, int channels, Size kernel, Size padding, Size dilation) {
    if (height < 1 || width < 1) {
      throw new ShapeException(
          "a %s window%s does not fit into the input of %s with padding %s"
              .formatted(
                  kernel,
                  dilation.height() == 1 && dilation.width() == 1 ? "" : " dilated by " + dilation,
                  in,
                  padding));
    }
    return Shape.image(height, width, channels);
  }
}
