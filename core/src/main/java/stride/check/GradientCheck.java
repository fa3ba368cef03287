package stride.check;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import stride.compute.Buffer;
import stride.engine.Engine;
import stride.engine.Plan;
import stride.engine.Purpose;
import stride.graph.Weights;
import stride.layer.Layer;
import stride.network.Network;
import stride.tensor.Shape;

/**
 * Compares a layer's backward pass with central differences of its own forward pass, as training
 * runs them, without dropout: the gradients of the inputs and of the weights of L, the sum of u y
 * over all outputs y for random u.
 *
 * <pre>{@code
 * GradientCheck.of(new Sigmoid(), Shape.image(5, 4, 3)).run().requireRight();
 * }</pre>
 *
 * <p>A difference is taken over values that are up to 1/32 apart. Where a function bends within
 * that, as ReLU does at 0, differences over two distances disagree, and the value is skipped. It
 * says whether backward belongs to forward, not whether forward is right: compare that with a
 * definition in double.
 *
 * @param network the layer on its input
 * @param samples samples of the batch, at least 1
 * @param seed of the inputs, the weights and u
 * @param tolerance what a gradient may be off, as a part of its tensor's largest
 */
public record GradientCheck(Network network, int samples, long seed, double tolerance) {
  /** Values of a tensor that are tried at most. */
  private static final int TRIED = 64;

  private static final float STEP = 1 / 64f;

  public GradientCheck {
    if (samples < 1) {
      throw new IllegalArgumentException("a check has at least 1 sample, found " + samples);
    }
    if (!(tolerance > 0)) {
      throw new IllegalArgumentException("a check's tolerance is above 0, found " + tolerance);
    }
  }

  /** The check of a layer on inputs of a shape: 2 samples, 1 % tolerance. */
  public static GradientCheck of(Layer layer, Shape input) {
    return new GradientCheck(Network.of(input, layer), 2, 1, 0.01);
  }

  /** The same check with another number of samples. */
  public GradientCheck samples(int samples) {
    return new GradientCheck(network, samples, seed, tolerance);
  }

  /** The same check with other random numbers. */
  public GradientCheck seed(long seed) {
    return new GradientCheck(network, samples, seed, tolerance);
  }

  /** The same check with another tolerance. */
  public GradientCheck tolerance(double tolerance) {
    return new GradientCheck(network, samples, seed, tolerance);
  }

  /**
   * What a check found.
   *
   * @param wrong one sentence for each tensor with a wrong gradient, about its worst value
   * @param compared how many values were compared
   * @param skipped how many were not, since the function bends there
   */
  public record Result(List<String> wrong, int compared, int skipped) {
    public Result {
      wrong = List.copyOf(wrong);
    }

    /** Whether no gradient is wrong, and some have been compared. */
    public boolean isRight() {
      return wrong.isEmpty() && compared > 0;
    }

    /**
     * Does nothing if the gradients are right.
     *
     * @throws IllegalStateException if one is wrong; the message says which, and by how much
     */
    public void requireRight() {
      if (!isRight()) {
        throw new IllegalStateException(toString());
      }
    }

    /** Every wrong gradient in a line, or how many are right. */
    @Override
    public String toString() {
      if (compared == 0) {
        return "no gradient was compared, %d were skipped: the function bends everywhere"
            .formatted(skipped);
      }
      return wrong.isEmpty()
          ? "%d gradients are right, %d were skipped".formatted(compared, skipped)
          : String.join("\n", wrong);
    }
  }

  /** Runs both passes and compares them. */
  public Result run() {
    var random = new SplittableRandom(seed);
    var graph = network.graph();
    var weights = Weights.initialized(graph, seed);
    for (var entry : weights.table().weights()) {
      int end = entry.offset() + entry.parameter().shape().elements();
      for (int i = entry.offset(); i < end; i++) {
        weights.values()[i] += (float) random.nextDouble(-0.25, 0.25);
      }
    }
    weights.changed();
    try (var engine = Engine.withThreads(1)) {
      var purpose = Purpose.training().withDropout(false).withInputGradient();
      var plan = engine.plan(graph, weights, samples, purpose);
      var run = new Run(plan, samples, List.copyOf(graph.outputs().keySet()), random);
      return run.compare(tolerance, weights);
    }
  }

  /** One plan with its inputs and the u of all outputs. */
  private static final class Run {
    final Plan plan;
    final int samples;
    final List<String> outputs;
    final List<float[]> u = new ArrayList<>();
    final SplittableRandom random;
    final List<String> wrong = new ArrayList<>();
    int compared;
    int skipped;

    Run(Plan plan, int samples, List<String> outputs, SplittableRandom random) {
      this.plan = plan;
      this.samples = samples;
      this.outputs = outputs;
      this.random = random;
      fill(plan.input());
      for (var name : outputs) {
        u.add(random(samples * plan.output(name).stride()));
      }
    }

    private float[] random(int n) {
      var values = new float[n];
      for (int i = 0; i < n; i++) {
        values[i] = (float) random.nextDouble(-1, 1);
      }
      return values;
    }

    private void fill(Buffer buffer) {
      float[] values = random(samples * buffer.stride());
      System.arraycopy(values, 0, buffer.array(), buffer.offset(), values.length);
    }

    double loss() {
      plan.forward(samples);
      double loss = 0;
      for (int k = 0; k < outputs.size(); k++) {
        var y = plan.output(outputs.get(k));
        for (int i = 0; i < u.get(k).length; i++) {
          loss += (double) u.get(k)[i] * y.array()[y.offset() + i];
        }
      }
      return loss;
    }

    Result compare(double tolerance, Weights weights) {
      // The plan may compute in the place of its inputs: each run gets them anew.
      var input = plan.input();
      int inputs = samples * input.stride();
      var x = new float[inputs];
      System.arraycopy(input.array(), input.offset(), x, 0, inputs);
      loss();
      for (int k = 0; k < outputs.size(); k++) {
        var dy = plan.outputGradient(outputs.get(k));
        System.arraycopy(u.get(k), 0, dy.array(), dy.offset(), u.get(k).length);
      }
      plan.backward(samples);
      var dx = new float[inputs];
      var at = plan.inputGradient();
      System.arraycopy(at.array(), at.offset(), dx, 0, inputs);
      float[] dw = plan.gradients().clone();
      DoubleSupplier loss =
          () -> {
            System.arraycopy(x, 0, input.array(), input.offset(), inputs);
            return loss();
          };
      tensor("the input", x, 0, inputs, dx, 0, tolerance, loss, i -> {});
      for (var entry : weights.table().weights()) {
        int from = entry.offset();
        int n = entry.parameter().shape().elements();
        tensor(
            entry.name(),
            weights.values(),
            from,
            n,
            dw,
            from,
            tolerance,
            loss,
            i -> weights.changed());
      }
      return new Result(wrong, compared, skipped);
    }

    private void tensor(
        String what,
        float[] values,
        int from,
        int n,
        float[] gradient,
        int at,
        double tolerance,
        DoubleSupplier loss,
        IntConsumer changed) {
      int[] tried =
          n <= TRIED ? IntStream.range(0, n).toArray() : random.ints(TRIED, 0, n).toArray();
      double largest = 1e-3;
      for (int i = 0; i < n; i++) {
        largest = Math.max(largest, Math.abs(gradient[at + i]));
      }
      double worst = 0;
      String sentence = "";
      for (int i : tried) {
        float before = values[from + i];
        double[] l = new double[5];
        for (int k = -2; k <= 2; k++) {
          values[from + i] = before + k * STEP;
          changed.accept(i);
          l[k + 2] = k == 0 ? 0 : loss.getAsDouble();
        }
        values[from + i] = before;
        changed.accept(i);
        double near = (l[3] - l[1]) / (2 * STEP);
        double far = (l[4] - l[0]) / (4 * STEP);
        if (Math.abs(near - far) > tolerance / 4 * Math.max(largest, Math.abs(near))) {
          skipped++;
          continue;
        }
        compared++;
        // The error of both goes with the square of the distance: taken off.
        double expected = (4 * near - far) / 3;
        double off = Math.abs(expected - gradient[at + i]) / Math.max(largest, Math.abs(expected));
        if (!(off <= worst)) {
          worst = off;
          sentence =
              "the gradient of %s is wrong at %d: backward gives %.6g, differences of forward %.6g"
                  .formatted(what, i, gradient[at + i], expected);
        }
      }
      if (!(worst <= tolerance)) {
        wrong.add(sentence);
      }
    }
  }
}
