package stride.app.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What all threads of this JVM have allocated since it started. */
final class AllocatedMemory {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private AllocatedMemory() {}

  /** Bytes of all threads, those that have ended too; asking allocates nothing. */
  static long bytes() {
    return THREADS.getTotalThreadAllocatedBytes();
  }
}
