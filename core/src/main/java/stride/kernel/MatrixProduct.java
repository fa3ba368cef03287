package stride.kernel;

import org.jspecify.annotations.Nullable;

/**
 * The kernels of a dense layer, made for one pair of widths: y = x w + bias for rows of {@code in}
 * values to rows of {@code out} values, with w (in, out), outputs innermost. Immutable and safe to
 * share between threads; each thread brings scratch of {@link #scratchLength} floats.
 *
 * <p>Every value is the same bits whatever rows or panels are computed in one call.
 */
public interface MatrixProduct {
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
   * Number of panels of outputs that {@link #forward} and {@link #weightGradient} can compute by
   * themselves.
   */
  int panels();

  /** Number of panels of inputs that {@link #inputGradient} can compute by themselves. */
  int gradientPanels();

  /** y = x w + bias for {@code rows} rows and the outputs of the panels [fromPanel, toPanel). */
  void forward(
      float[] x,
      int xo,
      int rows,
      float[] packed,
      int po,
      float @Nullable [] bias,
      int bo,
      float[] y,
      int yo,
      int fromPanel,
      int toPanel,
      float[] scratch);

  /**
   * dx = dy w^T for {@code rows} rows and the inputs of the panels [fromPanel, toPanel); overwrites
   * dx.
   */
  void inputGradient(
      float[] dy,
      int dyo,
      int rows,
      float[] packed,
      int po,
      float[] dx,
      int dxo,
      int fromPanel,
      int toPanel,
      float[] scratch);

  /** dw += x^T dy for {@code rows} rows and the outputs of the panels [fromPanel, toPanel). */
  void weightGradient(
      float[] x,
      int xo,
      float[] dy,
      int dyo,
      int rows,
      float[] dw,
      int dwo,
      int fromPanel,
      int toPanel,
      float[] scratch);
}
