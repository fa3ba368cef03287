package stride.kernel;

import java.util.function.Function;

/**
 * All kernels of one kind: what a network needs, family by family.
 *
 * @param name which kernels these are, for people: "vector, 512 bits" or "scalar"
 * @param convolutions makes the kernels for a convolution's geometry
 */
public record Kernels(
    String name,
    Function<ConvGeometry, Convolution> convolutions,
    Pooling pooling,
    Elementwise elementwise,
    Channelwise channelwise,
    Updates updates) {

  /** The kernels for one convolution. */
  public Convolution convolution(ConvGeometry geometry) {
    return convolutions.apply(geometry);
  }

  /** The fastest kernels that this JVM runs; the same ones at every call. */
  public static Kernels best() {
    return KernelChoice.BEST;
  }
}
