package stride.train;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntConsumer;
import stride.compute.Buffer;
import stride.data.Augmentation;
import stride.data.ImageDataset;
import stride.engine.Engine;
import stride.engine.Plan;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.graph.Weights;
import stride.image.Normalization;
import stride.network.Model;
import stride.network.Network;

/**
 * How well a classifier does on a data set.
 *
 * @param top1 the part of the images whose class has the largest output, in [0, 1]; of a model of
 *     several labels, of which all labels are told right
 * @param top5 the part of the images whose class is among the five largest outputs; of a model of
 *     several labels, of which at most four are told wrong
 * @param images how many there were
 * @param seconds it took
 * @param loss the mean loss of the images
 */
public record Evaluation(double top1, double top5, int images, double seconds, double loss) {
  private static final int BATCH = 250;

  /** What the images of a batch have together, at most: large ones would take too much memory. */
  private static final int BATCH_VALUES = 1 << 21;

  /**
   * Evaluates a model on a data set.
   *
   * @throws IllegalArgumentException if the images or labels do not fit the model
   */
  public static Evaluation of(Model model, ImageDataset data, Engine engine) {
    return of(model, data, engine, _ -> {});
  }

  /**
   * Evaluates a model on a data set.
   *
   * @param progress hears how many images are done, again and again
   * @throws IllegalArgumentException if the images or labels do not fit the model, or its outputs
   *     are no numbers
   */
  public static Evaluation of(Model model, ImageDataset data, Engine engine, IntConsumer progress) {
    if (data.isMultiLabel() && !model.multiLabel()) {
      throw new IllegalArgumentException(
          "the images have several labels or none, the model gives each one of %d classes"
              .formatted(Math.max(2, model.network().output().elements())));
    }
    var evaluation =
        new Evaluator(
                model.network(),
                model.weights(),
                model.preprocessing().normalization(),
                data,
                model.multiLabel(),
                model.multiLabel() || model.network().output().elements() == 1
                    ? new BinaryCrossEntropy()
                    : new SoftmaxCrossEntropy(),
                engine)
            .evaluate(progress);
    if (!Double.isFinite(evaluation.loss)) {
      throw new IllegalArgumentException(
          "the model gives no answers: its loss is %s, as weights that are too large make it; take the model of an earlier epoch, or train with a smaller learning rate"
              .formatted(evaluation.loss));
    }
    return evaluation;
  }

  /** How many images are computed together. */
  static int batch(ImageDataset data) {
    int most = Math.clamp(BATCH_VALUES / data.shape().elements(), 1, BATCH);
    return Math.max(1, Math.min(most, data.size()));
  }

  /** Evaluates the same weights again and again with one plan. */
  static final class Evaluator {
    private final Batches batches;
    private final Engine engine;
    private final Graph graph;
    private final Weights weights;
    private Plan plan;
    private final Targets targets;
    private final ImageDataset data;
    private final Loss loss;
    private final Loss.Outputs outputs = new Tested();
    private final Map<String, Buffer> gradients = new HashMap<>();

    /** Samples of the running batch. */
    private int samples;

    /**
     * @param several whether the network says of each class for itself whether an image belongs to
     *     it
     * @param loss of training: what it is {@linkplain Loss#tested tested} with is computed here
     */
    Evaluator(
        Network network,
        Weights weights,
        Normalization normalization,
        ImageDataset data,
        boolean several,
        Loss loss,
        Engine engine) {
      this.data = data;
      this.loss = loss.tested();
      this.engine = engine;
      this.weights = weights;
      graph = network.graph();
      Batches.check(network, data);
      int batch = batch(data);
      plan = engine.plan(graph, weights, batch, Purpose.inference());
      targets =
          Batches.targets(data, several, Augmentation.none(), network.output().elements(), batch);
      batches = new Batches(data, Augmentation.none(), normalization, engine);
    }

    Evaluation evaluate(IntConsumer progress) {
      long start = System.nanoTime();
      int[] order = new int[data.size()];
      Arrays.setAll(order, i -> i);
      int top1 = 0;
      int top5 = 0;
      double lossSum = 0;
      for (int first = 0; first < order.length; first += plan.batch()) {
        samples = Math.min(plan.batch(), order.length - first);
        batches.fill(order, first, samples, 0, 0, plan.input(), targets);
        plan.forward(samples);
        var output = plan.output(Graph.OUTPUT);
        top1 += Metric.topCount(1, output, targets, samples);
        top5 += Metric.topCount(5, output, targets, samples);
        lossSum += samples * loss.apply(outputs, targets, samples);
        progress.accept(first + samples);
      }
      double count = Math.max(1, order.length);
      return new Evaluation(
          top1 / count,
          top5 / count,
          order.length,
          (System.nanoTime() - start) * 1e-9,
          lossSum / count);
    }

    /**
     * The outputs of a plan without gradients: those that a loss writes go nowhere. Once a loss
     * looks at another output than the network's own, all are computed, from that batch on.
     */
    private final class Tested implements Loss.Outputs {
      @Override
      public Buffer value(String name) {
        if (!name.equals(Graph.OUTPUT) && !plan.purpose().computes(name)) {
          var all = engine.plan(graph, weights, plan.batch(), Purpose.inference().withAllOutputs());
          for (int n = 0; n < samples; n++) {
            all.input().write(n, plan.input().read(n));
          }
          all.forward(samples);
          plan = all;
        }
        return plan.output(name);
      }

      @Override
      public Buffer gradient(String name) {
        return gradients.computeIfAbsent(
            name,
            own -> {
              int values = graph.type(graph.output(own)).shape().elements();
              return new Buffer(new float[plan.batch() * values], 0, values);
            });
      }
    }
  }
}
