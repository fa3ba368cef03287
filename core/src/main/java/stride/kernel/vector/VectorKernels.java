package stride.kernel.vector;

import stride.kernel.Kernels;
import stride.kernel.scalar.ScalarUpdates;

/** The kernels on the Vector API, at the width that the machine prefers. */
public final class VectorKernels {
  private VectorKernels() {}

  /** {@return the vector kernels of every family; needs the module {@code jdk.incubator.vector}} */
  public static Kernels create() {
    return new Kernels(
        "vector, " + Lanes.S.vectorBitSize() + " bits",
        VectorConvolution::new,
        new VectorPooling(),
        new VectorElementwise(),
        new VectorChannelwise(),
        new ScalarUpdates());
  }
}
