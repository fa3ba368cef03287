package stride.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import stride.engine.Engine;
import stride.engine.Plan;

/**
 * Updates the weights of a plan with the gradients of its last backward pass, on all threads of its
 * engine. Created once for many steps, which allocate nothing.
 */
public final class WeightUpdate {
  /** The number that PyTorch's clip_grad_norm_ adds to the norm that it divides by. */
  private static final double CLIP_EPSILON = 1e-6;

  private final Plan plan;
  private final Optimizer.State optimizer;
  private final List<ParameterGroup> parts;
  private final double clipNorm;
  private final double[] squares;
  private final Shared learned;
  private final Engine.Tasks updates = (task, worker) -> update(parts().get(own(task)));
  private final Engine.Tasks norms = (task, worker) -> square(own(task));

  /** The first part that this task updates, and the one behind the last. */
  private int firstOwn;

  private int lastOwn;

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
      int end = group.from() + group.count();
      for (int from = group.from(); from < end; ) {
        // Cut where slices of several tasks may be cut: a part belongs to one task as a whole.
        int to = Math.min(end, (from / Shared.UNIT + 1) * Shared.UNIT);
        cut.add(new ParameterGroup(from, to - from, group.rate(), group.decays(), group.since()));
        from = to;
      }
    }
    parts = List.copyOf(cut);
    squares = new double[parts.size()];
    int last = parts.isEmpty() ? 0 : parts.getLast().from() + parts.getLast().count();
    learned =
        parts.isEmpty()
            ? new Shared(plan.gradients(), 0, 0)
            : new Shared(plan.gradients(), parts.getFirst().from(), last);
    lastOwn = parts.size();
  }

  /** Returns the gradients of the weights that learn, and of frozen ones between them. */
  Shared learned() {
    return learned;
  }

  private List<ParameterGroup> parts() {
    return parts;
  }

  private int own(int task) {
    return firstOwn + task;
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
    if (clips()) {
      computeSquares();
      clip(sum(squares));
    }
    update();
  }

  /**
   * Updates the weights of this task's slice of {@link #learned}, with the gradients of that slice.
   *
   * @param exchange adds up what the slices have in common
   * @throws IOException if another task cannot be reached
   */
  void run(double rate, long step, Exchange exchange) throws IOException {
    this.rate = rate;
    this.step = step;
    var ranks = exchange.ranks();
    int begin = learned.begin(ranks.task(), ranks.tasks());
    int end = learned.end(ranks.task(), ranks.tasks());
    firstOwn = (int) parts.stream().filter(part -> part.from() < begin).count();
    lastOwn = (int) parts.stream().filter(part -> part.from() < end).count();
    if (clips()) {
      computeSquares();
      clip(sum(everybodys(exchange)));
    }
    update();
  }

  private boolean clips() {
    return clipNorm < Double.POSITIVE_INFINITY;
  }

  private void update() {
    plan.engine().forEach(lastOwn - firstOwn, updates);
    plan.weights().changed();
  }

  /** Computes the square of the gradients' Euclidean norm in each part of this task. */
  private void computeSquares() {
    plan.engine().forEach(lastOwn - firstOwn, norms);
  }

  /** Returns the squares of all parts, each from the task that has computed it. */
  private double[] everybodys(Exchange exchange) throws IOException {
    var own = new double[parts.size()];
    System.arraycopy(squares, firstOwn, own, firstOwn, lastOwn - firstOwn);
    var all = new double[parts.size()];
    for (byte[] message : exchange.all(bytes(own))) {
      var others = ByteBuffer.wrap(message).asDoubleBuffer();
      for (int i = 0; i < all.length; i++) {
        all[i] += others.get(i);
      }
    }
    return all;
  }

  private static byte[] bytes(double[] values) {
    var bytes = ByteBuffer.allocate(values.length * Double.BYTES);
    bytes.asDoubleBuffer().put(values);
    return bytes.array();
  }

  private static double sum(double[] squares) {
    double sum = 0;
    for (double square : squares) {
      sum += square;
    }
    return sum;
  }

  /** Scales gradients down if the square of the norm of all that learn is too large. */
  private void clip(double square) {
    scale = (float) Math.min(1, clipNorm / (Math.sqrt(square) + CLIP_EPSILON));
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
