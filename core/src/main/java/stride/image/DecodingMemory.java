package stride.image;

import java.util.concurrent.Semaphore;

/**
 * The memory for decoding pictures, half of Java's maximum. If several threads decode large
 * pictures, each waits until there is room for its own.
 */
final class DecodingMemory implements AutoCloseable {
  private static final int UNIT = 1 << 20;
  private static final int UNITS = Math.clamp(most() / UNIT, 1, Integer.MAX_VALUE);

  /**
   * The free units of the whole process, since they share its memory. The semaphore is fair, so
   * that no thread waits forever.
   */
  private static final Semaphore FREE = new Semaphore(UNITS, true);

  private final int units;

  private DecodingMemory(int units) {
    this.units = units;
  }

  /** Returns the total number of bytes. */
  static long most() {
    return Runtime.getRuntime().maxMemory() / 2;
  }

  /**
   * Waits for {@code bytes} bytes, or for all if there are fewer in total. Less than 1 MiB does not
   * wait. A thread that holds some must not ask for more.
   */
  static DecodingMemory take(long bytes) {
    int units = (int) Math.min(bytes / UNIT, UNITS);
    // A fair semaphore lets nobody pass those who wait, not even for nothing.
    if (units > 0) {
      FREE.acquireUninterruptibly(units);
    }
    return new DecodingMemory(units);
  }

  /** Releases the bytes. */
  @Override
  public void close() {
    FREE.release(units);
  }
}
