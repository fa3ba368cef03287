package stride.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector width of this machine, fixed for the life of the JVM: a constant that C2 compiles in.
 *
 * <p>A mask of the first n lanes is made where it is used, by {@code S.indexInRange(0, n)}, which
 * C2 always inlines and keeps in a register; one of the lanes from n on by comparing their numbers,
 * as {@code indexInRange} makes objects of some masks that begin below lane 0. A method of ours
 * that took or returned a mask or a vector would make an object of it wherever C2 does not inline
 * its call: there are none.
 */
public final class Lanes {
  /** The preferred species of this machine. */
  public static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;

  /** Floats of a vector. */
  public static final int COUNT = S.length();

  /** The first float of an array that begins a cache line, where arrays' headers begin one. */
  public static final int ALIGNED = 12;

  private Lanes() {}

  /** {@return {@code n} rounded up to a multiple of {@code step}} */
  public static int roundUp(int n, int step) {
    return (n + step - 1) / step * step;
  }
}
