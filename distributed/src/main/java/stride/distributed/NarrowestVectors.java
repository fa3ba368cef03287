package stride.distributed;

import java.util.Collection;

/**
 * How machines whose CPUs have vectors of different widths come to compute the same bits: all of
 * their JVMs are started with the narrowest. A JVM that runs cannot change its width, which its
 * compiled kernels are made for.
 */
public final class NarrowestVectors {
  private static final String BITS = " bits";

  private NarrowestVectors() {}

  /**
   * The option with which any JVM computes as the one with the narrowest vectors does.
   *
   * @param kernels the {@linkplain stride.kernel.Kernels#name names} of the machines' kernels, at
   *     least one
   * @return "-XX:MaxVectorSize=" and the bytes of a vector, or "-Dstride.kernels=scalar" if a
   *     machine computes without vectors
   */
  public static String option(Collection<String> kernels) {
    int narrowest = kernels.stream().mapToInt(NarrowestVectors::bits).min().orElseThrow();
    return narrowest == 0
        ? "-Dstride.kernels=scalar"
        : "-XX:MaxVectorSize=" + narrowest / Byte.SIZE;
  }

  /** The width in "vector, 256 bits"; 0 of scalar kernels. */
  private static int bits(String kernels) {
    if (!kernels.endsWith(BITS)) {
      return 0;
    }
    String before = kernels.substring(0, kernels.length() - BITS.length());
    return Integer.parseInt(before.substring(before.lastIndexOf(' ') + 1));
  }
}
