package stride.app.bench;

import java.util.ArrayList;
import java.util.Collections;
import stride.data.Box;
import stride.data.Target;
import stride.data.TargetType;
import stride.detection.Computed;
import stride.detection.DetectionMethod;
import stride.engine.Engine;
import stride.engine.Plan;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.graph.Weights;
import stride.layer.Size;
import stride.network.Network;
import stride.tensor.CounterRandom;
import stride.train.Loss;
import stride.train.MeanSquaredError;
import stride.train.Optimizer;
import stride.train.SoftmaxCrossEntropy;
import stride.train.Targets;
import stride.train.TrainingException;
import stride.train.WeightUpdate;
import stride.zoo.Recipe;

/**
 * A network with random weights on one batch of random images, ready to run.
 *
 * @param plan what runs it
 * @param step runs the batch once
 */
public record Workload(Plan plan, Runnable step) {
  /** Boxes of an image that a detector learns from. */
  private static final int BOXES = 8;

  /**
   * Makes the weights, the plan and the images.
   *
   * @param batch images to a step
   * @param seed where weights, images and labels come from
   */
  public static Workload of(Mode mode, Network network, int batch, long seed, Engine engine) {
    var weights = Weights.initialized(network.graph(), seed);
    var purpose = mode == Mode.TRAINING ? Purpose.training() : Purpose.inference();
    var plan = engine.plan(network.graph(), weights, batch, purpose);
    fill(plan, seed);
    return new Workload(
        plan,
        mode == Mode.TRAINING
            ? network.output().isImage()
                ? new TrainingStep(
                    plan,
                    new MeanSquaredError(),
                    Targets.of(new TargetType.Image(network.output()), batch),
                    seed)
                : new TrainingStep(
                    plan,
                    Recipe.withHeads(network, new SoftmaxCrossEntropy()),
                    classes(plan, seed),
                    seed)
            : () -> plan.forward(batch));
  }

  /**
   * Makes the weights, the plan and the images of a detector, whose work ends with boxes.
   *
   * @param batch images to a step
   * @param seed where weights, images and boxes come from
   */
  public static Workload ofDetector(
      Mode mode, Network network, DetectionMethod method, int batch, long seed, Engine engine) {
    var weights = Weights.initialized(network.graph(), seed);
    var names = method.outputs().toArray(String[]::new);
    var purpose =
        mode == Mode.TRAINING
            ? Purpose.training()
            : Purpose.inference().withOutputs(names[0], names);
    var plan = engine.plan(network.graph(), weights, batch, purpose);
    fill(plan, seed);
    if (mode == Mode.TRAINING) {
      var loss = method.loss(network).forPlan(network, plan);
      return new Workload(plan, new TrainingStep(plan, loss, boxes(network, batch, seed), seed));
    }
    var size = new Size(network.input().height(), network.input().width());
    var computed =
        new Computed(
            network, weights, engine, Loss.Outputs.of(plan), Collections.nCopies(batch, size));
    return new Workload(
        plan,
        () -> {
          plan.forward(batch);
          var _ = method.boxes(computed, method.limits());
        });
  }

  /** A few boxes of the first classes in each image. */
  private static Targets boxes(Network network, int batch, long seed) {
    var targets = Targets.of(new TargetType.Boxes(BOXES), batch);
    for (int n = 0; n < batch; n++) {
      var boxes = new ArrayList<Box>();
      for (int i = 0; i < BOXES; i++) {
        long key = CounterRandom.key(seed, n, i);
        float left = CounterRandom.uniform(CounterRandom.bits(key, 0)) * 0.7f;
        float top = CounterRandom.uniform(CounterRandom.bits(key, 1)) * 0.7f;
        float side = 0.1f + 0.2f * CounterRandom.uniform(CounterRandom.bits(key, 2));
        boxes.add(
            new Box(
                1,
                left * network.input().width(),
                top * network.input().height(),
                (left + side) * network.input().width(),
                (top + side) * network.input().height()));
      }
      targets.set(n, Target.boxes(boxes));
    }
    return targets;
  }

  /** A class for each image. */
  private static Targets classes(Plan plan, long seed) {
    var targets = Targets.classes(plan.batch());
    int classes = plan.output(Graph.OUTPUT).stride();
    for (int n = 0; n < plan.batch(); n++) {
      targets.setLabel(n, CounterRandom.below(CounterRandom.bits(seed, 1, n, 0), classes));
    }
    return targets;
  }

  /** Values in [-1, 1), as normalised images have them. */
  private static void fill(Plan plan, long seed) {
    var input = plan.input();
    for (int n = 0; n < plan.batch(); n++) {
      long key = CounterRandom.key(seed, 0, n);
      for (int i = 0; i < input.stride(); i++) {
        input.array()[input.at(n) + i] = 2 * CounterRandom.uniform(CounterRandom.bits(key, i)) - 1;
      }
    }
  }

  /**
   * What a trainer does with a batch: gradients, those of auxiliary heads too, then SGD with
   * momentum on all threads.
   */
  private static final class TrainingStep implements Runnable {
    /** So small that no network diverges on a batch it sees again and again. */
    private static final double LEARNING_RATE = 1e-4;

    private final Plan plan;
    private final long seed;
    private final Loss loss;
    private final Loss.Outputs outputs;
    private final Targets targets;
    private final WeightUpdate update;
    private long steps;

    TrainingStep(Plan plan, Loss loss, Targets targets, long seed) {
      this.plan = plan;
      this.loss = loss;
      this.seed = seed;
      outputs = Loss.Outputs.of(plan);
      this.targets = targets;
      var optimizer = Optimizer.sgd(LEARNING_RATE).momentum(0.9);
      update = new WeightUpdate(plan, optimizer.start(plan.weights().values().length));
    }

    @Override
    public void run() {
      plan.randomness(seed, 0, steps * plan.batch());
      steps++;
      plan.forward(plan.batch());
      double value = loss.apply(outputs, targets, plan.batch());
      if (!Double.isFinite(value)) {
        throw new TrainingException(
            "the loss became %s in step %d: the times would not be those of a training"
                .formatted(value, steps));
      }
      plan.backward(plan.batch());
      var layers = loss.layerGradients();
      if (layers != null) {
        layers.addTo(plan.gradients(), 1);
      }
      update.run(LEARNING_RATE, steps);
    }
  }
}
