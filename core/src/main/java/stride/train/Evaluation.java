package stride.train;

import java.util.function.IntConsumer;
import stride.data.ImageDataset;
import stride.engine.Engine;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.graph.Weights;
import stride.image.Normalization;
import stride.network.Model;
import stride.network.Network;

/**
 * How well a classifier does on a data set.
 *
 * @param top1 the part of the images whose class has the largest output, in [0, 1]
 * @param top5 the part of the images whose class is among the five largest outputs
 * @param images how many there were
 * @param seconds it took
 */
public record Evaluation(double top1, double top5, int images, double seconds) {
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
   * @throws IllegalArgumentException if the images or labels do not fit the model
   */
  public static Evaluation of(Model model, ImageDataset data, Engine engine, IntConsumer progress) {
    return new Evaluator(
            model.network(), model.weights(), model.preprocessing().normalization(), data, engine)
        .evaluate(progress);
  }

  /** Evaluates the same weights again and again with one plan. */
  static final class Evaluator {
    private final Batches batches;
    private final stride.engine.Plan plan;
    private final Targets targets;
    private final ImageDataset data;

    Evaluator(
        Network network,
        Weights weights,
        Normalization normalization,
        ImageDataset data,
        Engine engine) {
      this.data = data;
      Batches.check(network, data);
      int most = Math.clamp(BATCH_VALUES / data.shape().elements(), 1, BATCH);
      int batch = Math.max(1, Math.min(most, data.size()));
      plan = engine.plan(network.graph(), weights, batch, Purpose.PREDICTION);
      targets = Targets.classes(batch);
      batches = new Batches(data, stride.data.Augmentation.none(), normalization, engine);
    }

    Evaluation evaluate() {
      return evaluate(_ -> {});
    }

    Evaluation evaluate(IntConsumer progress) {
      long start = System.nanoTime();
      int[] order = java.util.stream.IntStream.range(0, data.size()).toArray();
      int top1 = 0;
      int top5 = 0;
      for (int first = 0; first < order.length; first += plan.batch()) {
        int samples = Math.min(plan.batch(), order.length - first);
        batches.fill(order, first, samples, 0, 0, plan.input(), targets);
        plan.forward(samples);
        var outputs = plan.output(Graph.OUTPUT);
        top1 += Metric.topCount(1, outputs, targets, samples);
        top5 += Metric.topCount(5, outputs, targets, samples);
        progress.accept(first + samples);
      }
      double count = Math.max(1, order.length);
      return new Evaluation(
          top1 / count, top5 / count, order.length, (System.nanoTime() - start) * 1e-9);
    }
  }
}
