package stride.kernel.vector;

import stride.kernel.ConvGeometry;
import stride.kernel.Convolution;
import stride.kernel.Kernels;
import stride.kernel.scalar.ScalarUpdates;

/** The kernels on the Vector API, at the width that the machine prefers. */
public final class VectorKernels {
  private VectorKernels() {}

  /** All kernels; needs the module {@code jdk.incubator.vector}. */
  public static Kernels create() {
    return new Kernels(
        "vector, %d bits".formatted(Lanes.S.vectorBitSize()),
        VectorKernels::convolution,
        VectorMatrixProduct::new,
        new VectorPooling(),
        new VectorElementwise(),
        new VectorChannelwise(),
        new ScalarUpdates());
  }

  /** Which kernels run a convolution: those whose vectors its shape fills. */
  private static Convolution convolution(ConvGeometry g) {
    if (g.isDepthwise()) {
      return new VectorDepthwise(g);
    }
    return VectorPlanarConvolution.suits(g)
        ? new VectorPlanarConvolution(g)
        : new VectorConvolution(g);
  }
}
