package stride.kernel;

/**
 * The gradient of a convolution's weights: the convolution of its inputs with the gradient at its
 * outputs. Immutable and safe to share between threads.
 */
public interface WeightGradient {
  /** {@return the floats of scratch that each call needs} */
  int scratchLength();

  /** {@return the number of parts of the weights that can be computed at the same time} */
  int parts();

  /**
   * Adds to one part of dw the gradient for the samples [first, first + samples), sample by sample.
   *
   * @param x inputs, those of sample 0 at {@code xo}, one after another
   * @param dy gradients at the outputs, those of sample 0 at {@code dyo}
   * @param dw in the weights' layout (kernelHeight, kernelWidth, inChannels / groups, outChannels)
   */
  void add(
      float[] x,
      int xo,
      float[] dy,
      int dyo,
      int first,
      int samples,
      float[] dw,
      int dwo,
      int part,
      float[] scratch);

  /** Adds to all parts. */
  default void addAll(
      float[] x,
      int xo,
      float[] dy,
      int dyo,
      int first,
      int samples,
      float[] dw,
      int dwo,
      float[] scratch) {
    for (int part = 0; part < parts(); part++) {
      add(x, xo, dy, dyo, first, samples, dw, dwo, part, scratch);
    }
  }
}
