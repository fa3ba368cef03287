package stride.kernel.scalar;

import stride.kernel.Kernels;

/** Every kernel family in plain Java loops. They run on any JVM and give the same bits on each. */
public final class ScalarKernels {
  private ScalarKernels() {}

  /** {@return the scalar kernels of every family} */
  public static Kernels create() {
    var blocks = new Block.Pool();
    return new Kernels(
        "scalar",
        (geometry, usage) ->
            geometry.isDepthwise()
                ? new ScalarDepthwise(geometry, usage)
                : new ScalarConvolution(geometry, usage, blocks),
        new ScalarPooling(),
        new ScalarElementwise(),
        new ScalarChannelwise(),
        new ScalarUpdates());
  }
}
