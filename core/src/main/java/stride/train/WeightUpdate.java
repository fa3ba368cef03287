package stride.train;

import stride.engine.Engine;
import stride.engine.Plan;

/**
 * The update of all weights of a plan by the gradients of its last backward pass, on all its
 * threads. Made once for many steps, which allocate nothing.
 */
public final class WeightUpdate {
  /** Weights that one task updates. */
  private static final int TASK_WEIGHTS = 1 << 14;

  private final Plan plan;
  private final Optimizer.State optimizer;
  private final Engine.Tasks tasks = (task, worker) -> update(task);
  private float rate;
  private long step;

  public WeightUpdate(Plan plan, Optimizer.State optimizer) {
    this.plan = plan;
    this.optimizer = optimizer;
  }

  /**
   * Updates the weights.
   *
   * @param rate the learning rate of this step
   * @param step the number of this step, from 1
   */
  public void run(double rate, long step) {
    this.rate = (float) rate;
    this.step = step;
    plan.engine().forEach(Math.ceilDiv(plan.weights().values().length, TASK_WEIGHTS), tasks);
    plan.weights().changed();
  }

  private void update(int task) {
    float[] weights = plan.weights().values();
    int from = task * TASK_WEIGHTS;
    optimizer.update(
        plan.engine().kernels().updates(),
        weights,
        plan.gradients(),
        from,
        Math.min(TASK_WEIGHTS, weights.length - from),
        rate,
        step);
  }
}
