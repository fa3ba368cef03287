package stride.kernel;

import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * All kernels of one kind: what a network needs, family by family.
 *
 * @param name which kernels these are, for people: "vector, 512 bits" or "scalar"
 * @param convolutions makes the kernels for a convolution's geometry
 * @param matrixProducts makes the kernels for a dense layer's inputs and outputs
 */
public record Kernels(
    String name,
    Function<ConvGeometry, Convolution> convolutions,
    BiFunction<Integer, Integer, MatrixProduct> matrixProducts,
    Pooling pooling,
    Elementwise elementwise,
    Channelwise channelwise,
    Updates updates) {

  /** The kernels for one convolution. */
  public Convolution convolution(ConvGeometry geometry) {
    return convolutions.apply(geometry);
  }

  /** The kernels for one dense layer of {@code in} inputs and {@code out} outputs. */
  public MatrixProduct matrixProduct(int in, int out) {
    return matrixProducts.apply(in, out);
  }

  /** The fastest kernels that this JVM runs; the same ones at every call. */
  public static Kernels best() {
    return KernelChoice.BEST;
  }
}
