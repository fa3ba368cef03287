package stride.kernel;

import stride.kernel.scalar.ScalarKernels;

/** Chooses the kernels once, when they are first asked for. */
final class KernelChoice {
  static final Kernels BEST = choose();

  private KernelChoice() {}

  private static Kernels choose() {
    if ("scalar".equals(System.getProperty("stride.kernels"))) {
      return ScalarKernels.create();
    }
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      System.getLogger("stride")
          .log(
              System.Logger.Level.WARNING,
              "Stride runs on its scalar kernels, several times slower: add --add-modules"
                  + " jdk.incubator.vector to the java command.");
      return ScalarKernels.create();
    }
    return stride.kernel.vector.VectorKernels.create();
  }
}
