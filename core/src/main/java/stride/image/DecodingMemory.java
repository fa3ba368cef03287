package stride.image;

import java.util.concurrent.Semaphore;

/**
 * The memory for decoding pictures, half of what Java may take. Where several threads decode large
 * pictures, each waits until there is room for its own.
 */
final class DecodingMemory implements AutoCloseable {
  private static final int UNIT = 1 << 20;
  private static final int UNITS = (int) Math.clamp(most() / UNIT, 1, Integer.MAX_VALUE);

  /**
   * Of the whole process, as its memory is. First come, first served, so that none waits forever.
   */
  private static final Semaphore FREE = new Semaphore(UNITS, true);

  private final int units;

  private DecodingMemory(int units) {
    this.units = units;
  }

  /** Returns how many bytes there are in all. */
  static long most() {
    return Runtime.getRuntime().maxMemory() / 2;
  }

  /**
   * Waits for so many bytes, or for all of them if there are fewer. Who holds some asks for no
   * more.
   */
  static DecodingMemory take(long bytes) {
    int units = (int) Math.min(bytes / UNIT, UNITS);
    FREE.acquireUninterruptibly(units);
    return new DecodingMemory(units);
  }

  /** Gives them back. */
  @Override
  public void close() {
    FREE.release(units);
  }
}
