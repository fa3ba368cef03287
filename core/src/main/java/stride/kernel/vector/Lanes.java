package stride.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector width of this machine, fixed for the life of the JVM: a constant that C2 compiles in.
 */
final class Lanes {
  static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;

  /** Floats to a vector. */
  static final int COUNT = S.length();

  private Lanes() {}

  /**
   * A mask of the first {@code n} lanes; of all where n exceeds their number. Made anew each time:
   * C2 keeps it in a mask register, which it cannot do with one that comes from a table.
   */
  static VectorMask<Float> first(int n) {
    return S.indexInRange(0, n);
  }

  /** {@code n} rounded up to a multiple of {@code step}. */
  static int roundUp(int n, int step) {
    return (n + step - 1) / step * step;
  }
}
