package stride.style;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import stride.engine.Engine;

/**
 * Limited-memory BFGS (Nocedal and Wright 2006, "Numerical Optimization", algorithms 7.4 and 7.5):
 * the last steps, and how the gradient changed in each, stand for the curvature. A step that makes
 * the loss no smaller is shortened (algorithm 3.1).
 */
final class Lbfgs {
  /** Values that a task computes. */
  private static final int TASK = 1 << 16;

  /** Sums of products side by side; they stay in the first-level cache. */
  private static final int LANES = 512;

  /** Part of the decrease that the slope promises, which a step has to bring at least. */
  private static final double DECREASE = 1e-4;

  private static final int SHORTENINGS = 12;

  /** The least curvature along a step that is remembered. */
  private static final double CURVATURE = 1e-10;

  /** Floats of the steps that are remembered, about, and the number of steps. */
  private static final int MEMORY_FLOATS = 48_000_000;

  private static final int LEAST_MEMORY = 5;
  private static final int MOST_MEMORY = 30;

  private final Engine engine;
  private final Function function;
  private final float[] x;
  private float[] gradient;
  private float[] next;
  private final float[] from;
  private final float[] direction;
  private final double[] sums;

  /** For each task what a product of vectors adds up side by side. */
  private final double[][] lanes;

  private final List<Pair> pairs = new ArrayList<>();

  /** Those that hold no step. All are made at once: who begins has the memory to end. */
  private final List<Pair> free = new ArrayList<>();

  private double loss;
  private boolean evaluated;
  private boolean ended;

  /** What is made small. */
  interface Function {
    /** Returns the value at x and writes its gradient. */
    double apply(float[] x, float[] gradient);
  }

  /** A step, the change of the gradient in it, and the inverse of their product. */
  private record Pair(float[] step, float[] change, double inverse) {}

  /**
   * @param x where to begin; becomes the result
   * @param memory the number of steps that are remembered
   */
  Lbfgs(Engine engine, Function function, float[] x, int memory) {
    this.engine = engine;
    this.function = function;
    this.x = x;
    gradient = new float[x.length];
    next = new float[x.length];
    from = new float[x.length];
    direction = new float[x.length];
    sums = new double[Math.ceilDiv(x.length, TASK)];
    lanes = new double[sums.length][LANES];
    for (int i = 0; i < memory; i++) {
      free.add(new Pair(new float[x.length], new float[x.length], 0));
    }
  }

  /**
   * {@return the number of steps to remember: 30 of small vectors, fewer of larger ones, of which
   * each takes two of their lengths. It does not depend on the memory that there is, as the bits of
   * the result depend on it.}
   *
   * @param length of the vector
   */
  static int memoryFor(int length) {
    return Math.clamp(MEMORY_FLOATS / (2L * length), LEAST_MEMORY, MOST_MEMORY);
  }

  /**
   * Makes a step. Where those that the memory proposes make the loss no smaller, the memory is
   * spoilt by rounding or by a bend, and is forgotten: the gradient itself leads down.
   *
   * @return the loss after it; that of before if no step makes it smaller, which is the end
   */
  double step() {
    if (!evaluated) {
      loss = function.apply(x, gradient);
      evaluated = true;
    }
    while (!ended && !moves()) {
      ended = pairs.isEmpty();
      free.addAll(pairs);
      pairs.clear();
      if (ended) {
        // What the function keeps of its last value is x's again.
        function.apply(x, next);
      }
    }
    return loss;
  }

  /** {@return whether no further step makes the loss smaller} */
  boolean ended() {
    return ended;
  }

  /**
   * Makes a step along the direction; false if none makes the loss smaller, x is as before then.
   */
  private boolean moves() {
    double length = direct();
    double slope = dot(gradient, direction);
    if (!(slope < 0)) {
      return false;
    }
    System.arraycopy(x, 0, from, 0, x.length);
    boolean moved = false;
    try {
      for (int i = 0; i < SHORTENINGS && !moved; i++) {
        moveBy(length);
        double found = function.apply(x, next);
        moved = found <= loss + DECREASE * length * slope;
        if (moved) {
          remember(length);
          loss = found;
        } else {
          length *= shortened(length * slope, found - loss);
        }
      }
    } finally {
      if (!moved) {
        System.arraycopy(from, 0, x, 0, x.length);
      }
    }
    return moved;
  }

  /** The minimum of the parabola through the losses and the slope, as a part of the step. */
  private static double shortened(double promised, double change) {
    double least = -promised / (2 * (change - promised));
    return least >= 0.1 && least <= 0.5 ? least : 0.5;
  }

  /** Sets the direction of the next step, and returns how far to go along it first. */
  private double direct() {
    scale(gradient, -1, direction);
    if (pairs.isEmpty()) {
      double sum = sum((first, end) -> absolute(gradient, first, end));
      return Math.min(1, 1 / sum);
    }
    var factors = new double[pairs.size()];
    for (int i = pairs.size() - 1; i >= 0; i--) {
      var pair = pairs.get(i);
      factors[i] = pair.inverse * dot(pair.step, direction);
      add(-factors[i], pair.change, direction);
    }
    var last = pairs.getLast();
    scale(direction, 1 / (last.inverse * dot(last.change, last.change)), direction);
    for (int i = 0; i < pairs.size(); i++) {
      var pair = pairs.get(i);
      add(factors[i] - pair.inverse * dot(pair.change, direction), pair.step, direction);
    }
    return 1;
  }

  private void moveBy(double length) {
    float by = (float) length;
    forRanges(
        (first, end) -> {
          for (int i = first; i < end; i++) {
            x[i] = from[i] + by * direction[i];
          }
        });
  }

  /** Keeps the step that was made, in the place of the oldest one. */
  private void remember(double length) {
    var oldest = free.isEmpty() ? pairs.removeFirst() : free.removeLast();
    float[] step = oldest.step;
    float[] change = oldest.change;
    float by = (float) length;
    float[] before = gradient;
    float[] after = next;
    forRanges(
        (first, end) -> {
          for (int i = first; i < end; i++) {
            step[i] = by * direction[i];
            change[i] = after[i] - before[i];
          }
        });
    double product = dot(step, change);
    if (product > CURVATURE * length) {
      pairs.add(new Pair(step, change, 1 / product));
    } else {
      free.add(oldest);
    }
    gradient = after;
    next = before;
  }

  /** Some values of all arrays, from one to before another. */
  private interface Range {
    void run(int from, int to);
  }

  /** The sum over some values. */
  private interface Sum {
    double of(int from, int to);
  }

  private void forRanges(Range range) {
    engine.forEach(
        sums.length,
        (task, worker) -> range.run(task * TASK, Math.min((task + 1) * TASK, x.length)));
  }

  /** Sums of fixed ranges, added in order: the same bits for any number of threads. */
  private double sum(Sum sum) {
    engine.forEach(
        sums.length,
        (task, worker) -> sums[task] = sum.of(task * TASK, Math.min((task + 1) * TASK, x.length)));
    return total(sums);
  }

  private static double total(double[] values) {
    double total = 0;
    for (double value : values) {
      total += value;
    }
    return total;
  }

  private double dot(float[] a, float[] b) {
    engine.forEach(
        sums.length,
        (task, worker) -> {
          double[] partial = lanes[task];
          int from = task * TASK;
          int to = Math.min(from + TASK, x.length);
          Arrays.fill(partial, 0);
          for (; from + LANES <= to; from += LANES) {
            addProducts(a, b, from, partial, LANES);
          }
          addProducts(a, b, from, partial, to - from);
          sums[task] = total(partial);
        });
    return total(sums);
  }

  /** Many sums side by side, which the JVM makes vectors of: one alone it must add in order. */
  private static void addProducts(float[] a, float[] b, int from, double[] sums, int n) {
    for (int i = 0; i < n; i++) {
      sums[i] += (double) a[from + i] * b[from + i];
    }
  }

  private static double absolute(float[] a, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += Math.abs(a[i]);
    }
    return sum;
  }

  private void add(double factor, float[] a, float[] into) {
    float f = (float) factor;
    forRanges(
        (from, to) -> {
          for (int i = from; i < to; i++) {
            into[i] += f * a[i];
          }
        });
  }

  private void scale(float[] a, double factor, float[] into) {
    float f = (float) factor;
    forRanges(
        (from, to) -> {
          for (int i = from; i < to; i++) {
            into[i] = f * a[i];
          }
        });
  }
}
