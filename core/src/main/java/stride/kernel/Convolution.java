package stride.kernel;

import org.jspecify.annotations.Nullable;

/**
 * The kernels of one convolution, made for one {@link ConvGeometry}. Immutable and safe to share
 * between threads: what varies is passed in, and each thread brings its own scratch of {@link
 * #scratchLength} floats.
 *
 * <p>Images are (H, W, C); weights (kernelHeight, kernelWidth, inChannels / groups, outChannels).
 * The forward and the input-gradient kernels read weights in packed forms of their own, written by
 * {@link #pack} and {@link #packGradient}.
 *
 * <p>Every output value is the same bits whatever range of pixels or panels it is computed in.
 */
public interface Convolution {
  ConvGeometry geometry();

  /** Floats of scratch that each call needs. */
  int scratchLength();

  /** Length of the packed weights that {@link #forward} reads. */
  int packedLength();

  /** Packs weights from {@code w[wo..]} for the forward pass. */
  void pack(float[] w, int wo, float[] packed, int po);

  /** Length of the packed weights that {@link #inputGradient} reads. */
  int packedGradientLength();

  /** Packs weights from {@code w[wo..]} for the input gradient. */
  void packGradient(float[] w, int wo, float[] packed, int po);

  /**
   * Number of output-channel panels that {@link #forward} and {@link #weightGradient} can compute
   * by themselves.
   */
  int panels();

  /**
   * y = x * w + bias for the output pixels [fromPixel, toPixel), counted row by row, and the output
   * channels of the panels [fromPanel, toPanel) of one image.
   *
   * @param bias outChannels values at {@code bo}, or null
   */
  void forward(
      float[] x,
      int xo,
      float[] packed,
      int po,
      float @Nullable [] bias,
      int bo,
      float[] y,
      int yo,
      int fromPixel,
      int toPixel,
      int fromPanel,
      int toPanel,
      float[] scratch);

  /**
   * dx = the full convolution of dy with the flipped filter, for one image; overwrites dx.
   *
   * @param packed weights as {@link #packGradient} wrote them
   */
  void inputGradient(
      float[] dy, int dyo, float[] packed, int po, float[] dx, int dxo, float[] scratch);

  /**
   * dw += the convolution of x with dy, for one image and the output channels of the panels
   * [fromPanel, toPanel). dw has the weights' layout.
   */
  void weightGradient(
      float[] x,
      int xo,
      float[] dy,
      int dyo,
      float[] dw,
      int dwo,
      int fromPanel,
      int toPanel,
      float[] scratch);
}
