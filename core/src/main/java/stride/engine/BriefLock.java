package stride.engine;

import java.util.concurrent.locks.ReentrantLock;

/**
 * A lock that is held for less than a microsecond. A virtual thread does not block for it: what
 * wakes it up again would put it behind all that its carriers have to do, and when many virtual
 * threads compute they never end, while it holds a plan.
 */
final class BriefLock extends ReentrantLock {
  private static final long serialVersionUID = 1;

  @Override
  public void lock() {
    while (!tryLock()) {
      if (!Thread.currentThread().isVirtual()) {
        super.lock();
        return;
      }
      Thread.yield();
    }
  }
}
