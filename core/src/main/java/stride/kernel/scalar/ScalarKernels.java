package stride.kernel.scalar;

import stride.kernel.ConvGeometry;
import stride.kernel.Convolution;
import stride.kernel.Kernels;

/** Every kernel family in plain Java loops. They run on any JVM, with the same bits on all. */
public final class ScalarKernels {
  private ScalarKernels() {}

  /** All families. */
  public static Kernels create() {
    return new Kernels(
        "scalar",
        ScalarKernels::convolution,
        new ScalarPooling(),
        new ScalarElementwise(),
        new ScalarChannelwise(),
        new ScalarUpdates());
  }

  /** The kernels for one convolution: those for depthwise ones have a shape of their own. */
  private static Convolution convolution(ConvGeometry geometry, Kernels.Usage usage) {
    return geometry.isDepthwise() ? new ScalarDepthwise(geometry) : new ScalarConvolution(geometry);
  }
}
