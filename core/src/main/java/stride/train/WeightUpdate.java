package stride.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import stride.engine.Engine;
import stride.engine.Plan;

/**
 * Updates the weights of a plan with the gradients of its last backward pass, on all threads of its
 * engine. Created once for many steps. They allocate nothing in a training of one task; several
 * tasks send each other messages, which are new in each step.
 */
public final class WeightUpdate {
  /** The number that PyTorch's clip_grad_norm_ adds to the norm that it divides by. */
  private static final double CLIP_EPSILON = 1e-6;

  private final Plan plan;
  private final Optimizer.State optimizer;
  private final List<ParameterGroup> parts;
  private final double clipNorm;

  /**
   * The square of the gradients' norm in each part, then that of the weights' in each; 0 in parts
   * of other tasks.
   */
  private final double[] squares;

  /** The factor of each tensor's rate, where tensors have one. */
  private final double[] tensorRates;

  private final ArrayPart learned;

  /** The numbers of the parts that this task updates. */
  private final int[] own;

  private final Shard shard;

  /**
   * The weights and gradients of this task's shard, laid out as the optimiser's memory is; empty if
   * that is all of them.
   */
  private final float[] ownWeights;

  private final float[] ownGradients;
  private final Engine.Tasks updates = (task, worker) -> update(part(task));
  private final Engine.Tasks norms = (task, worker) -> square(number(task));

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
        optimizer.hasTensorRates()
            ? ParameterGroup.tensors(plan.weights().table())
            : ParameterGroup.all(plan.weights().values().length),
        Double.POSITIVE_INFINITY,
        new Shard(0, 1));
  }

  /** Creates an update of a shard of the weights, for which the optimiser's state is. */
  WeightUpdate(
      Plan plan,
      Optimizer.State optimizer,
      List<ParameterGroup> groups,
      double clipNorm,
      Shard shard) {
    this.plan = plan;
    this.shard = shard;
    this.optimizer = optimizer;
    this.clipNorm = clipNorm;
    var cut = new ArrayList<ParameterGroup>();
    for (var group : groups) {
      int end = group.from() + group.count();
      for (int from = group.from(); from < end; ) {
        // A part belongs to one task as a whole.
        int to = (int) Math.min(end, (from / Shard.UNIT + 1L) * Shard.UNIT);
        cut.add(
            new ParameterGroup(
                from, to - from, group.rate(), group.decays(), group.since(), group.tensor()));
        from = to;
      }
    }
    parts = List.copyOf(cut);
    squares = new double[2 * parts.size()];
    tensorRates = new double[1 + parts.stream().mapToInt(ParameterGroup::tensor).max().orElse(0)];
    int last = parts.isEmpty() ? 0 : parts.getLast().from() + parts.getLast().count();
    learned =
        parts.isEmpty()
            ? new ArrayPart(plan.gradients(), 0, 0)
            : new ArrayPart(plan.gradients(), parts.getFirst().from(), last);
    own = IntStream.range(0, parts.size()).filter(i -> shard.owns(parts.get(i).from())).toArray();
    int floats = shard.tasks() == 1 ? 0 : shard.length(plan.weights().values().length);
    ownWeights = new float[floats];
    ownGradients = new float[floats];
  }

  /** Returns the gradients of the weights that learn, and of frozen ones between them. */
  ArrayPart learned() {
    return learned;
  }

  private int number(int task) {
    return own[task];
  }

  private ParameterGroup part(int task) {
    return parts.get(own[task]);
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
    if (needsNorms()) {
      computeSquares();
      useNorms(squares);
    }
    update();
  }

  /**
   * Updates the weights of this task's shard of {@link #learned}, with the gradients of that shard.
   *
   * @param exchange adds up what the shards have in common
   * @throws IOException if another task cannot be reached
   */
  void run(double rate, long step, Exchange exchange) throws IOException {
    this.rate = rate;
    this.step = step;
    if (needsNorms()) {
      computeSquares();
      useNorms(everybodys(exchange));
    }
    update();
  }

  private boolean clips() {
    return clipNorm < Double.POSITIVE_INFINITY;
  }

  private boolean needsNorms() {
    return clips() || optimizer.hasTensorRates();
  }

  private void update() {
    plan.engine().forEach(own.length, updates);
    plan.weights().changed();
  }

  /** Computes the squares of the Euclidean norms in each part of this task. */
  private void computeSquares() {
    plan.engine().forEach(own.length, norms);
  }

  /** Returns the squares of all parts, each from the task that has computed it. */
  private double[] everybodys(Exchange exchange) throws IOException {
    var all = new double[squares.length];
    for (byte[] message : exchange.all(bytes(squares))) {
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

  /**
   * Scales gradients down if the norm of all that learn is too large, and computes the factors of
   * the tensors' rates.
   */
  private void useNorms(double[] squares) {
    if (clips()) {
      double sum = 0;
      for (int i = 0; i < parts.size(); i++) {
        sum += squares[i];
      }
      scale = (float) Math.min(1, clipNorm / (Math.sqrt(sum) + CLIP_EPSILON));
    }
    for (int first = 0; first < parts.size(); ) {
      var part = parts.get(first);
      int end = first + 1;
      while (end < parts.size() && parts.get(end).tensor() == part.tensor()) {
        end++;
      }
      if (part.tensor() != ParameterGroup.NONE) {
        double gradients = 0;
        double weights = 0;
        for (int i = first; i < end; i++) {
          gradients += squares[i];
          weights += squares[parts.size() + i];
        }
        tensorRates[part.tensor()] =
            optimizer.tensorRate(Math.sqrt(weights), scale * Math.sqrt(gradients), part.decays());
      }
      first = end;
    }
  }

  private void square(int part) {
    squares[part] = square(plan.gradients(), parts.get(part));
    if (parts.get(part).tensor() != ParameterGroup.NONE) {
      squares[parts.size() + part] = square(plan.weights().values(), parts.get(part));
    }
  }

  private static double square(float[] values, ParameterGroup part) {
    double sum = 0;
    for (int i = part.from(); i < part.from() + part.count(); i++) {
      sum += (double) values[i] * values[i];
    }
    return sum;
  }

  private void update(ParameterGroup part) {
    float[] gradients = plan.gradients();
    if (scale != 1) {
      for (int i = part.from(); i < part.from() + part.count(); i++) {
        gradients[i] *= scale;
      }
    }
    float[] weights = plan.weights().values();
    if (shard.tasks() == 1) {
      update(part, weights, gradients, part.from());
      return;
    }
    int at = shard.local(part.from());
    System.arraycopy(weights, part.from(), ownWeights, at, part.count());
    System.arraycopy(gradients, part.from(), ownGradients, at, part.count());
    update(part, ownWeights, ownGradients, at);
    System.arraycopy(ownWeights, at, weights, part.from(), part.count());
  }

  private void update(ParameterGroup part, float[] weights, float[] gradients, int from) {
    optimizer.update(
        plan.engine().kernels().updates(),
        weights,
        gradients,
        from,
        part.count(),
        (float) (rate * part.rate() * tensorRate(part)),
        part.decays(),
        step - part.since());
  }

  private double tensorRate(ParameterGroup part) {
    return part.tensor() == ParameterGroup.NONE
        ? optimizer.vectorRate()
        : tensorRates[part.tensor()];
  }
}
