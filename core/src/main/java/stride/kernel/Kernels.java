package stride.kernel;

import stride.kernel.scalar.ScalarKernels;

/**
 * All kernels of one kind: what a network needs, family by family.
 *
 * @param name which kernels these are, for people: "vector, 512 bits" or "scalar"
 * @param convolutions makes the kernels for a convolution's geometry
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
    Convolution of(ConvGeometry geometry, Usage usage);
  }

  /**
   * How a convolution will be used.
   *
   * @param batch the number of samples that usually run together: what pays off for many may not
   *     for one
   * @param group the number of samples that a small layer's calls take at least, if there are as
   *     many
   * @param threads how many threads share the work: they decide into how many parts it falls, never
   *     about a bit of the result
   * @param exact whether only kernels are chosen that sum as the definition says
   */
  public record Usage(int batch, int group, int threads, boolean exact) {}

  /** {@return the fastest kernels that this JVM runs; the same ones at every call} */
  public static Kernels best() {
    return KernelChoice.BEST;
  }

  /**
   * Plain loops, which the JIT compiler translates in milliseconds; it needs two seconds for the
   * best kernels of a large network. They end first where there is little to compute.
   */
  public static Kernels scalar() {
    return ScalarKernels.create();
  }
}
