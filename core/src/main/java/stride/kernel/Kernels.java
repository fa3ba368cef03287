package stride.kernel;

import stride.kernel.scalar.ScalarKernels;

/**
 * All kernels of one implementation, by family.
 *
 * @param name the implementation's name, for display: "vector, 512 bits" or "scalar"
 * @param convolutions makes the kernels for a convolution's geometry
 * @param pooling max and average pooling
 * @param elementwise activations and sums, element by element
 * @param channelwise normalisation, softmax and other kernels over rows of channels
 * @param updates the optimisers' steps
 */
public record Kernels(
    String name,
    Convolutions convolutions,
    Pooling pooling,
    Elementwise elementwise,
    Channelwise channelwise,
    Updates updates) {

  /** Chooses the kernels for a convolution. */
  @FunctionalInterface
  public interface Convolutions {
    /**
     * {@return the kernels for a convolution}
     *
     * @param geometry the convolution's sizes
     * @param usage the way in which it will be run
     */
    Convolution of(ConvGeometry geometry, Usage usage);
  }

  /**
   * The way in which a convolution will be run.
   *
   * @param batch the number of samples by which a kernel is chosen: one that pays off for many may
   *     not pay off for one
   * @param together the number of samples that usually run together, by which the work is divided
   * @param group the least number of samples in a call of a small layer, if the batch has as many
   * @param threads the number of threads that share the work: it decides into how many parts the
   *     work falls, never about a bit of the result
   * @param exact whether to choose only kernels that sum in the definition's order, which excludes
   *     Winograd's
   * @param inPitch floats from an input pixel to the next one in the forward pass, whose results
   *     have the same bits for any; 0 where pixels follow each other without a gap, as they do in
   *     the other passes
   * @param outPitch the same of output pixels; an epilogue with a residual wants 0
   * @param learning whether the weights change from run to run, so that a packed form serves for
   *     one run only; no bit of a result depends on it
   */
  public record Usage(
      int batch,
      int together,
      int group,
      int threads,
      boolean exact,
      int inPitch,
      int outPitch,
      boolean learning) {
    /** Usage of weights that stay the same, without gaps between pixels. */
    public Usage(int batch, int together, int group, int threads, boolean exact) {
      this(batch, together, group, threads, exact, 0, 0, false);
    }

    /** A usage in which all samples run together, without gaps between pixels. */
    public Usage(int batch, int group, int threads, boolean exact) {
      this(batch, batch, group, threads, exact);
    }

    /**
     * {@return the same usage with gaps between pixels}
     *
     * @param inPitch floats from an input pixel to the next one, or 0
     * @param outPitch floats from an output pixel to the next one, or 0
     */
    public Usage withPitches(int inPitch, int outPitch) {
      return new Usage(batch, together, group, threads, exact, inPitch, outPitch, learning);
    }

    /** {@return the same usage of weights that change from run to run, or do not} */
    public Usage withLearning(boolean learning) {
      return new Usage(batch, together, group, threads, exact, inPitch, outPitch, learning);
    }
  }

  /** {@return the fastest kernels that this JVM runs, the same object at every call} */
  public static Kernels best() {
    return KernelChoice.BEST;
  }

  /**
   * Returns the scalar kernels: plain loops, which the JIT compiler translates in milliseconds,
   * while it needs two seconds for the best kernels of a large network. They finish first where
   * there is little to compute.
   *
   * @return the scalar kernels
   */
  public static Kernels scalar() {
    return ScalarKernels.create();
  }
}
