package stride.onnx.engine;

import stride.layer.spatial.Upsample;

/**
 * Where ONNX's Resize takes a pixel from.
 *
 * @param coordinates how a place in the output becomes one in the input
 * @param rounding how that becomes a pixel's number
 * @param vertical output rows to an input row
 * @param horizontal output columns to an input column
 */
record Resampled(String coordinates, String rounding, float vertical, float horizontal) {

  /** Whether an upsampling of the engine repeats the same pixels. */
  boolean isNearest(Upsample upsample, int inHeight, int inWidth, int height, int width) {
    boolean sized = upsample.size() != null;
    if (!sized && (vertical != horizontal || !(vertical > 0))) {
      return false;
    }
    return alike(inHeight, height, vertical, sized ? (float) inHeight / height : 1 / vertical)
        && alike(inWidth, width, horizontal, sized ? (float) inWidth / width : 1 / horizontal);
  }

  private boolean alike(int n, int outputs, float scale, float step) {
    for (int i = 0; i < outputs; i++) {
      int own = n == outputs ? i : Math.min((int) (i * step), n - 1);
      if (own != place(i, n, outputs, scale)) {
        return false;
      }
    }
    return true;
  }

  private int place(int i, int n, int outputs, float scale) {
    double x =
        switch (coordinates) {
          case "asymmetric" -> i / (double) scale;
          case "align_corners" -> outputs == 1 ? 0 : i * (n - 1.0) / (outputs - 1.0);
          case "pytorch_half_pixel" -> outputs == 1 ? 0 : (i + 0.5) / scale - 0.5;
          case "tf_half_pixel_for_nn" -> (i + 0.5) / scale;
          default -> (i + 0.5) / scale - 0.5;
        };
    double whole =
        switch (rounding) {
          case "floor" -> Math.floor(x);
          case "ceil" -> Math.ceil(x);
          case "round_prefer_ceil" -> Math.floor(x + 0.5);
          default -> Math.ceil(x - 0.5);
        };
    return Math.clamp((long) whole, 0, n - 1);
  }
}
