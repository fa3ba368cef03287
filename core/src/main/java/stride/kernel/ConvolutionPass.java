package stride.kernel;

/**
 * One direction of a convolution: forward, from the inputs to the outputs, or back, from the
 * outputs' gradient to the inputs'. Immutable and safe to share between threads: everything that
 * varies is an argument, and each thread brings its own scratch.
 *
 * <p>The work on some samples falls into parts that write different values and may run at the same
 * time. A value's bits do not depend on which samples run together, in one call or in many.
 */
public interface ConvolutionPass {
  /** {@return what tables call this kernel, such as "winograd"} */
  default String name() {
    return "direct";
  }

  /** {@return the floats of scratch that each call needs} */
  int scratchLength();

  /**
   * {@return a name of the weights' packed form: passes of one geometry with equal names can share
   * it}
   */
  default String packing() {
    return getClass().getName();
  }

  /**
   * {@return whether the packed form equals the weights in memory, so that {@link #run} takes the
   * weights themselves and nothing needs to be packed}
   */
  default boolean readsPlainWeights() {
    return false;
  }

  /** {@return the length in floats of the weights' packed form} */
  int packedLength();

  /**
   * Packs weights (kernelHeight, kernelWidth, inChannels / groups, outChannels) from {@code wo} on.
   */
  void pack(float[] w, int wo, float[] packed, int po);

  /** {@return the number of parts that the work on {@code samples} samples falls into} */
  int parts(int samples);

  /**
   * Computes one part of y = epilogue(x * w) for the samples [first, first + samples).
   *
   * @param x images, those of sample 0 at {@code xo}, one after another
   * @param y images, those of sample 0 at {@code yo}; overwritten
   */
  void run(
      float[] x,
      int xo,
      float[] packed,
      int po,
      Epilogue epilogue,
      float[] y,
      int yo,
      int first,
      int samples,
      int part,
      float[] scratch);

  /** Computes all parts. */
  default void runAll(
      float[] x,
      int xo,
      float[] packed,
      int po,
      Epilogue epilogue,
      float[] y,
      int yo,
      int first,
      int samples,
      float[] scratch) {
    int parts = parts(samples);
    for (int part = 0; part < parts; part++) {
      run(x, xo, packed, po, epilogue, y, yo, first, samples, part, scratch);
    }
  }
}
