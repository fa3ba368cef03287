package stride.train;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
 * How well a model does on a data set. An image whose class may be several counts as of the one of
 * them that has the largest output.
 *
 * @param metrics each {@link Metric} under its name, the most telling first
 * @param images how many samples there were
 * @param seconds it took
 * @param loss the mean loss of the samples
 */
public record Evaluation(Map<String, Double> metrics, int images, double seconds, double loss) {
  private static final int BATCH = 250;

  /** Values of a batch of inputs, at most: large images would take too much memory. */
  private static final int BATCH_VALUES = 1 << 21;

  public Evaluation {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }

  /**
   * The part of the images whose class has the largest output, in [0, 1]; of a model of several
   * labels, of which all labels are told right.
   *
   * @throws IllegalStateException if that was not measured
   */
  public double top1() {
    return metric("accuracy");
  }

  /**
   * The part of the images whose class is among the five largest outputs, in [0, 1].
   *
   * @throws IllegalStateException if that was not measured: a model of several labels has none
   */
  public double top5() {
    return metric("top5");
  }

  /**
   * The value of a metric.
   *
   * @throws IllegalStateException if it was not measured; the message lists what was
   */
  public double metric(String name) {
    Double value = metrics.get(name);
    if (value == null) {
      throw new IllegalStateException(
          "%s was not measured, but %s".formatted(name, String.join(", ", metrics.keySet())));
    }
    return value;
  }

  /** Whether a metric was measured. */
  public boolean has(String metric) {
    return metrics.containsKey(metric);
  }

  /** Evaluates a classifier on images, on the shared engine. */
  public static Evaluation of(Model model, ImageDataset data) {
    return of(model, data, Engine.shared());
  }

  /** Evaluates a model on examples, on the shared engine. */
  public static Evaluation of(Model model, Examples data) {
    return of(model, data, Engine.shared());
  }

  /**
   * Evaluates a classifier on images, by its task's loss and metrics.
   *
   * @throws IllegalArgumentException if the images or labels do not fit the model
   */
  public static Evaluation of(Model model, ImageDataset data, Engine engine) {
    return of(model, data, engine, _ -> {});
  }

  /**
   * Evaluates a classifier on images, by its task's loss and metrics.
   *
   * @param progress hears how many images are done, again and again
   * @throws IllegalArgumentException if the images or labels do not fit the model, or its outputs
   *     are no numbers
   */
  public static Evaluation of(Model model, ImageDataset data, Engine engine, IntConsumer progress) {
    if (data.isMultiLabel() && model.task() != Task.SEVERAL_LABELS) {
      throw new IllegalArgumentException(
          "the images have several labels or none, the model gives each one of %d classes"
              .formatted(Math.max(2, model.network().output().elements())));
    }
    return of(model, Samples.of(data, model.preprocessing()), null, List.of(), engine, progress);
  }

  /**
   * Evaluates a model on examples, by its task's loss and metrics.
   *
   * @throws IllegalArgumentException if the examples do not fit the model, its outputs are no
   *     numbers, or its task has no usual loss
   */
  public static Evaluation of(Model model, Examples data, Engine engine) {
    return of(model, Samples.of(data), null, List.of(), engine, _ -> {});
  }

  /**
   * Evaluates a model on examples.
   *
   * @param metrics the most telling first
   * @throws IllegalArgumentException if the examples do not fit the model, or its outputs are no
   *     numbers
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
                task,
                loss == null ? Loss.forTask(task) : loss,
                measured,
                engine)
            .evaluate(progress);
    if (!Double.isFinite(evaluation.loss)) {
      throw new IllegalArgumentException(
          "the model gives no answers: its loss is %s, as weights that are too large make it; take the model of an earlier epoch, or train with a smaller learning rate"
              .formatted(evaluation.loss));
    }
    return evaluation;
  }

  /** How many samples are computed together. */
  static int batch(Samples data) {
    int most = Math.clamp(BATCH_VALUES / data.inputFloats(), 1, BATCH);
    return Math.max(1, Math.min(most, data.size()));
  }

  /** Evaluates the same weights again and again with one plan. */
  static final class Evaluator {
    private final Batches batches;
    private final Plan plan;
    private final Targets targets;
    private final int size;
    private final Loss loss;
    private final Measurement measurement;
    private final Loss.Outputs outputs;

    /** Images of one class each, which may be one of several; null for other samples. */
    private final @Nullable ImageDataset unsure;

    /**
     * @param loss of training: what it is {@linkplain Loss#tested tested} with is computed here
     */
    Evaluator(
        Network network,
        Weights weights,
        Samples data,
        Task task,
        Loss loss,
        List<Metric> metrics,
        Engine engine) {
      this.loss = loss.tested();
      size = data.size();
      data.requireFit(network, task);
      int batch = batch(data);
      var read = new HashSet<>(this.loss.outputs());
      metrics.forEach(metric -> read.addAll(metric.outputs()));
      var purpose = Purpose.inference().withOutputs(Graph.OUTPUT, read.toArray(String[]::new));
      plan = engine.plan(network.graph(), weights, batch, purpose);
      batches = new Batches(data, Augmentation.none(), engine);
      targets = Targets.of(data.batchTargets(task, Augmentation.none(), network.output()), batch);
      measurement = new Measurement(metrics);
      unsure =
          data instanceof Samples.Images(var images, _)
                  && targets.type() instanceof TargetType.OneClass
              ? images
              : null;
      outputs = new NamedOutputs(new Tested(plan, network.graph()), this.loss.outputs());
    }

    Evaluation evaluate(IntConsumer progress) {
      long start = System.nanoTime();
      int[] order = new int[size];
      Arrays.setAll(order, i -> i);
      measurement.clear();
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
        progress.accept(first + samples);
      }
      return new Evaluation(
          measurement.values(),
          order.length,
          (System.nanoTime() - start) * 1e-9,
          lossSum / Math.max(1, order.length));
    }

    /** Of the classes that an image may be, takes the one with the largest output. */
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

  /** The outputs of a plan without gradients: those that a loss writes go nowhere. */
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
