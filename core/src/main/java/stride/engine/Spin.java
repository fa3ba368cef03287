package stride.engine;

/**
 * How long a thread looks for what it waits for before it sleeps. Waking a sleeping thread takes
 * tens of microseconds, as long as a layer of a small network, so threads stay awake between the
 * stages of a plan and between the passes of a training step; but an idle server must not burn a
 * core.
 */
final class Spin {
  /** Looks in a row, tens of microseconds, before others are let in between. */
  private static final int PAUSES = 2_000;

  private static final long NANOS = 200_000;

  /** A virtual thread that sleeps may wait for a carrier for as long as others have work. */
  private static final long VIRTUAL_NANOS = 20_000_000;

  private Spin() {}

  /**
   * Waits a moment.
   *
   * @param turn how often it was called before in this wait
   * @param since {@link System#nanoTime} when the wait began
   * @return whether to look again, and not to sleep
   */
  static boolean again(int turn, long since) {
    if (turn < PAUSES) {
      Thread.onSpinWait();
      return true;
    }
    Thread.yield();
    return System.nanoTime() - since < (Thread.currentThread().isVirtual() ? VIRTUAL_NANOS : NANOS);
  }
}
