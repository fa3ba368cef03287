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
  private static final int MOST_PLANS = 8;

  private final Deque<Idle> plans = new ArrayDeque<>();

  private record Idle(SoftReference<Plan> plan, long bytes) {}

  /** Takes a plan out that was made for just this; null if there is none. */
  synchronized @Nullable Plan take(Graph graph, Weights weights, int batch, Purpose purpose) {
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
  }

  /** Keeps a plan that is no longer in use, and drops those that were longest not. */
  synchronized void keep(Plan plan) {
    plans.addFirst(new Idle(new SoftReference<>(plan), plan.bytes()));
    while (plans.size() > MOST_PLANS) {
      plans.removeLast();
    }
  }

  /** Drops the plans that were longest not in use, until the others have so many bytes at most. */
  synchronized void shrink(long bytes) {
    plans.removeIf(idle -> idle.plan.refersTo(null));
    long sum = plans.stream().mapToLong(Idle::bytes).sum();
    while (sum > bytes && !plans.isEmpty()) {
      sum -= plans.removeLast().bytes;
    }
  }
}
