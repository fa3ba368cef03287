package stride.train;

import java.util.ArrayList;
import java.util.List;
import stride.engine.Engine;
import stride.engine.Plan;

/**
 * Updates the weights of a plan with the gradients of its last backward pass, on all threads of its
 * engine. Created once for many steps, which allocate nothing.
 */
public final class WeightUpdate {
  /** The number of weights that one task updates. */
  private static final int TASK_WEIGHTS = 1 << 14;

  /** The number that PyTorch's clip_grad_norm_ adds to the norm that it divides by. */
  private static final double CLIP_EPSILON = 1e-6;

  private final Plan plan;
  private final Optimizer.State optimizer;
  private final List<ParameterGroup> parts;
  private final double clipNorm;
  private final double[] squares;
  private final Engine.Tasks updates = (task, worker) -> update(parts().get(task));
  private final Engine.Tasks norms = (task, worker) -> square(task);
  private double rate;
  private float scale = 1;
  private long step;

  /**
   * Creates an update of all weights without options.
   *
   * @param plan a plan that was made for gradients
   * @param optimizer the optimiser's state for all of the plan's weights
   */
  public WeightUpdate(Plan plan, Optimizer.State optimizer) {
    this(
        plan,
        optimizer,
        ParameterGroup.all(plan.weights().values().length),
        Double.POSITIVE_INFINITY);
  }

  WeightUpdate(Plan plan, Optimizer.State optimizer, List<ParameterGroup> groups, double clipNorm) {
    this.plan = plan;
    this.optimizer = optimizer;
    this.clipNorm = clipNorm;
    var cut = new ArrayList<ParameterGroup>();
    for (var group : groups) {
      for (int done = 0; done < group.count(); done += TASK_WEIGHTS) {
        cut.add(
            new ParameterGroup(
                group.from() + done,
                Math.min(TASK_WEIGHTS, group.count() - done),
                group.rate(),
                group.decays(),
                group.since()));
      }
    }
    parts = List.copyOf(cut);
    squares = new double[parts.size()];
  }

  private List<ParameterGroup> parts() {
    return parts;
  }

  /**
   * Updates the weights.
   *
   * @param rate the learning rate of this step
   * @param step the number of this step, from 1
   */
  public void run(double rate, long step) {
    this.rate = rate;
    this.step = step;
    if (clipNorm < Double.POSITIVE_INFINITY) {
      scale = (float) Math.min(1, clipNorm / (gradientNorm() + CLIP_EPSILON));
    }
    plan.engine().forEach(parts.size(), updates);
    plan.weights().changed();
  }

  /**
   * Returns the Euclidean norm of the gradients of all weights that learn; each task adds up its
   * own sum.
   */
  private double gradientNorm() {
    plan.engine().forEach(parts.size(), norms);
    double sum = 0;
    for (double square : squares) {
      sum += square;
    }
    return Math.sqrt(sum);
  }

  private void square(int task) {
    var part = parts.get(task);
    float[] gradients = plan.gradients();
    double sum = 0;
    for (int i = part.from(); i < part.from() + part.count(); i++) {
      sum += (double) gradients[i] * gradients[i];
    }
    squares[task] = sum;
  }

  private void update(ParameterGroup part) {
    float[] gradients = plan.gradients();
    if (scale != 1) {
      for (int i = part.from(); i < part.from() + part.count(); i++) {
        gradients[i] *= scale;
      }
    }
    optimizer.update(
        plan.engine().kernels().updates(),
        plan.weights().values(),
        gradients,
        part.from(),
        part.count(),
        (float) (rate * part.rate()),
        part.decays(),
        step - part.since());
  }
}
