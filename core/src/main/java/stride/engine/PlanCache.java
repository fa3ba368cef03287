package stride.engine;

import java.lang.ref.SoftReference;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import stride.graph.Graph;
import stride.graph.Weights;

/**
 * Plans that have been used and may be used again: the most recent ones, as long as memory is not
 * needed for something else. A plan that is in use is not in here.
 */
final class PlanCache {
  private final int most;
  private final BriefLock lock = new BriefLock();
  private final Deque<Idle> plans = new ArrayDeque<>();

  private record Idle(SoftReference<Plan> plan, long bytes) {}

  /**
   * @param most how many plans are kept
   */
  PlanCache(int most) {
    this.most = most;
  }

  /** Takes a plan out that was made for just this; null if there is none. */
  @Nullable Plan take(Graph graph, Weights weights, int batch, Purpose purpose) {
    lock.lock();
    try {
      for (var all = plans.iterator(); all.hasNext(); ) {
        var plan = all.next().plan.get();
        if (plan == null) {
          all.remove();
        } else if (plan.isFor(graph, weights, batch, purpose)) {
          all.remove();
          return plan;
        }
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Keeps a plan that is no longer in use.
   *
   * @param bytes what all plans in here may have
   */
  void keep(Plan plan, long bytes) {
    var idle = new Idle(new SoftReference<>(plan), plan.bytes());
    lock.lock();
    try {
      plans.addFirst(idle);
      dropBeyond(bytes);
    } finally {
      lock.unlock();
    }
  }

  /** Drops plans until the others take at most the given number of bytes. */
  void shrink(long bytes) {
    lock.lock();
    try {
      dropBeyond(bytes);
    } finally {
      lock.unlock();
    }
  }

  /** Drops those that were longest not in use. */
  private void dropBeyond(long bytes) {
    int count = 0;
    long sum = 0;
    for (var all = plans.iterator(); all.hasNext(); ) {
      var idle = all.next();
      if (count == most || sum + idle.bytes > bytes || idle.plan.refersTo(null)) {
        all.remove();
      } else {
        count++;
        sum += idle.bytes;
      }
    }
  }
}
