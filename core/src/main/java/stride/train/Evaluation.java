package stride.train;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import stride.compute.Buffer;
import stride.data.Augmentation;
import stride.data.Examples;
import stride.data.ImageDataset;
import stride.data.TargetType;
import stride.engine.Engine;
import stride.engine.Plan;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.graph.Weights;
import stride.network.Model;
import stride.network.Network;
import stride.network.Task;
import stride.train.loss.NamedOutputs;
import stride.train.loss.PlanOutputs;

/**
 * The results of a model on a data set. If the class of an image may be one of several, it is the
 * one with the largest output.
 *
 * @param metrics each {@link Metric} under its name, the most important first
 * @param images the number of samples
 * @param seconds the time that the evaluation took
 * @param loss the mean loss of the samples
 */
public record Evaluation(Map<String, Double> metrics, int images, double seconds, double loss) {
  /** A multiple of the samples that fill a vector: others are transposed one by one. */
  private static final int BATCH = 256;

  /** The largest number of input values in a batch: large images would take too much memory. */
  private static final int BATCH_VALUES = 1 << 21;

  /** Copies the metrics. */
  public Evaluation {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }

  /**
   * Returns the fraction of the images whose class has the largest output, in [0, 1]. With several
   * labels, it is the fraction of the images with all labels predicted correctly.
   *
   * @return the metric "accuracy"
   * @throws IllegalStateException if that was not measured
   */
  public double top1() {
    return metric("accuracy");
  }

  /**
   * Returns the fraction of the images whose class is among the five largest outputs, in [0, 1].
   *
   * @return the metric "top5"
   * @throws IllegalStateException if that was not measured, as for a model of several labels
   */
  public double top5() {
    return metric("top5");
  }

  /**
   * Returns the value of a metric.
   *
   * @param name the metric's name, such as "accuracy"
   * @return its value
   * @throws IllegalStateException if it was not measured; the message lists the metrics that were
   */
  public double metric(String name) {
    Double value = metrics.get(name);
    if (value == null) {
      throw new IllegalStateException(
          "%s was not measured; measured were: %s"
              .formatted(name, String.join(", ", metrics.keySet())));
    }
    return value;
  }

  /**
   * {@return whether a metric was measured}
   *
   * @param metric the metric's name
   */
  public boolean has(String metric) {
    return metrics.containsKey(metric);
  }

  /**
   * Evaluates a classifier on images with the shared engine.
   *
   * @param model the model
   * @param data the images to test on
   * @return the results
   * @throws IllegalArgumentException if the images or labels do not fit the model, or the loss is
   *     NaN or infinite
   */
  public static Evaluation of(Model model, ImageDataset data) {
    return of(model, data, Engine.shared());
  }

  /**
   * Evaluates a model on examples with the shared engine.
   *
   * @param model the model
   * @param data the examples to test on
   * @return the results
   * @throws IllegalArgumentException if the examples do not fit the model, the loss is NaN or
   *     infinite, or its task has no usual loss
   */
  public static Evaluation of(Model model, Examples data) {
    return of(model, data, Engine.shared());
  }

  /**
   * Evaluates a classifier on images, with the loss and metrics of its task.
   *
   * @param model the model
   * @param data the images to test on
   * @param engine the engine to compute with
   * @return the results
   * @throws IllegalArgumentException if the images or labels do not fit the model, or the loss is
   *     NaN or infinite
   */
  public static Evaluation of(Model model, ImageDataset data, Engine engine) {
    return of(model, data, engine, _ -> {});
  }

  /**
   * Evaluates a classifier on images and reports progress.
   *
   * @param model the model
   * @param data the images to test on
   * @param engine the engine to compute with
   * @param progress receives the number of images done so far, several times
   * @return the results
   * @throws IllegalArgumentException if the images or labels do not fit the model, or the loss is
   *     NaN or infinite
   */
  public static Evaluation of(Model model, ImageDataset data, Engine engine, IntConsumer progress) {
    if (data.isMultiLabel() && model.task() != Task.SEVERAL_LABELS) {
      throw new IllegalArgumentException(
          "the images have several labels or none, the model predicts one of %d classes"
              .formatted(Math.max(2, model.network().output().elements())));
    }
    return of(model, Samples.of(data, model.preprocessing()), null, List.of(), engine, progress);
  }

  /**
   * Evaluates a model on examples, with the loss and metrics of its task.
   *
   * @param model the model
   * @param data the examples to test on
   * @param engine the engine to compute with
   * @return the results
   * @throws IllegalArgumentException if the examples do not fit the model, the loss is NaN or
   *     infinite, or its task has no usual loss
   */
  public static Evaluation of(Model model, Examples data, Engine engine) {
    return of(model, Samples.of(data), null, List.of(), engine, _ -> {});
  }

  /**
   * Evaluates a model on examples with a given loss and metrics.
   *
   * @param model the model
   * @param data the examples to test on
   * @param loss the loss to compute
   * @param metrics the metrics to compute, the most important first
   * @param engine the engine to compute with
   * @return the results
   * @throws IllegalArgumentException if the examples do not fit the model, or the loss is NaN or
   *     infinite
   */
  public static Evaluation of(
      Model model, Examples data, Loss loss, List<Metric> metrics, Engine engine) {
    return of(model, Samples.of(data), loss, metrics, engine, _ -> {});
  }

  private static Evaluation of(
      Model model,
      Samples data,
      @Nullable Loss loss,
      List<Metric> metrics,
      Engine engine,
      IntConsumer progress) {
    var task = model.task();
    var measured =
        loss == null ? Metric.forTask(task, model.network().output()) : List.copyOf(metrics);
    var evaluation =
        new Evaluator(
                model.network(),
                model.weights(),
                data,
                new Goal(
                    task,
                    loss == null ? Goal.loss(model, task) : loss,
                    measured,
                    Goal.method(model, task)),
                engine)
            .evaluate(progress);
    if (!Double.isFinite(evaluation.loss)) {
      throw new IllegalArgumentException(
          "the model predicts nothing: its loss is %s, which weights that are too large cause; use the model of an earlier epoch, or train with a smaller learning rate"
              .formatted(evaluation.loss));
    }
    return evaluation;
  }

  /** Returns the number of samples that are computed together. */
  static int batch(Samples data) {
    int most = Math.clamp(BATCH_VALUES / data.inputFloats(), 1, BATCH);
    return Math.max(1, Math.min(most, data.size()));
  }

  /** Evaluates the same weights repeatedly with one plan. */
  static final class Evaluator {
    private final Batches batches;
    private final Plan plan;
    private final Targets targets;
    private final int size;
    private final Loss loss;
    private final Network network;
    private final Weights weights;
    private final Engine engine;
    private final @Nullable LearnedMethod method;
    private final Measurement measurement;
    private final Loss.Outputs outputs;

    /** Images of one class each, which may be one of several candidates; null for other samples. */
    private final @Nullable ImageDataset unsure;

    /**
     * Creates an evaluator.
     *
     * @param goal with the loss of training, whose {@linkplain Loss#tested test loss} is computed
     */
    Evaluator(Network network, Weights weights, Samples data, Goal goal, Engine engine) {
      this.network = network;
      this.weights = weights;
      this.engine = engine;
      method = goal.method();
      var tested = goal.loss().tested();
      var task = goal.task();
      var metrics = goal.metrics();
      size = data.size();
      data.requireFit(network, task);
      int batch = batch(data);
      var read = new HashSet<>(tested.outputs());
      metrics.forEach(metric -> read.addAll(metric.outputs()));
      if (method != null) {
        read.addAll(method.outputs());
      }
      var purpose = Purpose.inference().withOutputs(Graph.OUTPUT, read.toArray(String[]::new));
      plan = engine.plan(network.graph(), weights, batch, purpose);
      loss = tested.forPlan(network, plan);
      batches = new Batches(data, Augmentation.none(), engine);
      targets = Targets.of(data.batchTargets(task, Augmentation.none(), network.output()), batch);
      measurement = new Measurement(metrics);
      unsure =
          data instanceof Samples.Images(var images, _)
                  && targets.type() instanceof TargetType.OneClass
              ? images
              : null;
      outputs = new NamedOutputs(new Tested(plan, network.graph()), tested.outputs());
    }

    Evaluation evaluate(IntConsumer progress) {
      long start = System.nanoTime();
      int[] order = new int[size];
      Arrays.setAll(order, i -> i);
      measurement.clear();
      var whole =
          method == null ? Optional.<TestMeasure>empty() : method.measure(network, weights, engine);
      double lossSum = 0;
      var measured = new PlanOutputs(plan);
      var inputs = plan.inputs();
      for (int first = 0; first < order.length; first += plan.batch()) {
        int samples = Math.min(plan.batch(), order.length - first);
        batches.fill(order, first, samples, 0, 0, inputs, targets);
        plan.forward(samples);
        if (unsure != null) {
          chooseClasses(unsure, order, first, samples);
        }
        measurement.add(measured, targets, samples);
        lossSum += samples * loss.apply(outputs, targets, samples);
        // Of outputs that are no numbers nothing is measured, and the loss says it.
        if (whole.isPresent() && Double.isFinite(lossSum)) {
          whole.get().add(measured, targets, samples);
        }
        progress.accept(first + samples);
      }
      var values = new LinkedHashMap<String, Double>();
      whole.ifPresent(measure -> values.putAll(measure.values()));
      values.putAll(measurement.values());
      return new Evaluation(
          values,
          order.length,
          (System.nanoTime() - start) * 1e-9,
          lossSum / Math.max(1, order.length));
    }

    /** Sets the class of each image to the candidate with the largest output. */
    private void chooseClasses(ImageDataset images, int[] order, int first, int samples) {
      var output = plan.output(Graph.OUTPUT);
      for (int n = 0; n < samples; n++) {
        int image = order[first + n];
        int label = images.label(image);
        for (int other = label + 1; other < output.stride(); other++) {
          if (images.hasLabel(image, other)
              && output.array()[output.at(n) + other] > output.array()[output.at(n) + label]) {
            label = other;
          }
        }
        targets.setLabel(n, label);
      }
    }
  }

  /** The outputs of a plan without gradients: gradients that a loss writes are discarded. */
  private static final class Tested implements Loss.Outputs {
    private final Plan plan;
    private final Graph graph;
    private final Map<String, Buffer> gradients = new HashMap<>();

    Tested(Plan plan, Graph graph) {
      this.plan = plan;
      this.graph = graph;
    }

    @Override
    public Buffer value(String name) {
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
