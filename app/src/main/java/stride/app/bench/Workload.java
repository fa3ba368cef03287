package stride.app.bench;

import stride.engine.Engine;
import stride.engine.Plan;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.graph.Weights;
import stride.network.Network;
import stride.tensor.CounterRandom;
import stride.train.Loss;
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
            ? new TrainingStep(plan, Recipe.withHeads(network, new SoftmaxCrossEntropy()), seed)
            : () -> plan.forward(batch));
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

    TrainingStep(Plan plan, Loss loss, long seed) {
      this.plan = plan;
      this.loss = loss;
      this.seed = seed;
      outputs = Loss.Outputs.of(plan);
      targets = Targets.classes(plan.batch());
      int classes = plan.output(Graph.OUTPUT).stride();
      for (int n = 0; n < plan.batch(); n++) {
        targets.setLabel(n, CounterRandom.below(CounterRandom.bits(seed, 1, n, 0), classes));
      }
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
      update.run(LEARNING_RATE, steps);
    }
  }
}
