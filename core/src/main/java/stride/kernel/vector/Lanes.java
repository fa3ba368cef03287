package stride.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** The vector width of this machine, fixed for the life of the JVM: a constant that C2 compiles in. */
final class Lanes {
  static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;

  /** Floats to a vector. */
  static final int COUNT = S.length();

  private static final VectorMask<?>[] FIRST = firstMasks();

  private Lanes() {}

  private static VectorMask<?>[] firstMasks() {
    var masks = new VectorMask<?>[COUNT + 1];
    for (int n = 0; n <= COUNT; n++) {
      masks[n] = S.indexInRange(0, n);
    }
    return masks;
  }

  /** A mask of the first {@code n} lanes; of all where n exceeds their number. */
  @SuppressWarnings("unchecked")
  static VectorMask<Float> first(int n) {
    return (VectorMask<Float>) FIRST[Math.min(n, COUNT)];
  }

  /** {@code n} rounded up to a multiple of {@code step}. */
  static int roundUp(int n, int step) {
    return (n + step - 1) / step * step;
  }
}
