package stride.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import stride.data.ImageDataset;
import stride.data.Shuffle;
import stride.engine.Engine;
import stride.engine.Plan;
import stride.engine.Purpose;
import stride.graph.Graph;
import stride.graph.Weights;
import stride.network.Model;

/** One run of a {@link Trainer}: its buffers, its state, its steps. */
final class Training implements Progress {
  private final Trainer trainer;
  private final Engine engine;
  private final ImageDataset data;
  private final TrainingState state;
  private final Plan plan;
  private final Loss.Outputs outputs;
  private final Batches batches;
  private final Targets targets;
  private final Evaluation.@Nullable Evaluator evaluator;
  private final int[] order;
  private final WeightUpdate update;

  Training(Trainer trainer, ImageDataset data, @Nullable ImageDataset test) {
    this.trainer = trainer;
    this.engine = trainer.engine == null ? Engine.shared() : trainer.engine;
    this.data = data;
    if (data.size() == 0) {
      throw new IllegalArgumentException("the training set is empty");
    }
    Batches.check(trainer.network, data);
    var graph = trainer.network.graph();
    var weights = Weights.initialized(graph, trainer.seed);
    state = new TrainingState(weights, trainer.optimizer.start(weights.values().length));
    int batch = Math.min(trainer.batch, data.size());
    plan = engine.plan(graph, weights, batch, Purpose.TRAINING);
    update = new WeightUpdate(plan, state.optimizer);
    outputs = Loss.Outputs.of(plan);
    batches = new Batches(data, trainer.augmentation, data.preprocessing().normalization(), engine);
    targets = Targets.classes(batch);
    evaluator =
        test == null
            ? null
            : new Evaluation.Evaluator(
                trainer.network, weights, data.preprocessing().normalization(), test, engine);
    order = new int[data.size()];
  }

  Model run() throws IOException {
    Path checkpoint = trainer.checkpoint;
    if (trainer.resuming && checkpoint != null && Files.exists(checkpoint)) {
      Checkpoint.read(checkpoint, state, trainer.settings(data));
    }
    for (var callback : trainer.callbacks) {
      callback.begin(this);
    }
    while (state.epoch < trainer.epochs) {
      runEpoch();
      if (checkpoint != null) {
        Checkpoint.write(checkpoint, state, trainer.settings(data));
      }
    }
    return new Model(
        trainer.network,
        state.weights,
        data.labels().size() == trainer.network.output().elements() ? data.labels() : List.of(),
        data.preprocessing());
  }

  private void runEpoch() throws IOException {
    Shuffle.fill(order, trainer.seed, state.epoch);
    long start = System.nanoTime() - (long) (state.seconds * 1e9);
    while (state.step < stepsPerEpoch()) {
      runStep();
      for (int i = 0; i < trainer.callbacks.size(); i++) {
        trainer.callbacks.get(i).step(this);
      }
      if (trainer.stop.getAsBoolean() && !(last() && state.epoch + 1 == trainer.epochs)) {
        state.seconds = (System.nanoTime() - start) * 1e-9;
        stop();
      }
    }
    double seconds = (System.nanoTime() - start) * 1e-9;
    var result =
        new EpochResult(
            state.epoch + 1,
            loss(),
            accuracy(),
            learningRate(),
            evaluator == null ? null : evaluator.evaluate(),
            seconds,
            samples());
    for (var callback : trainer.callbacks) {
      callback.epoch(result);
    }
    state.epoch++;
    state.step = 0;
    state.lossSum = 0;
    state.correct = 0;
    state.seconds = 0;
  }

  private boolean last() {
    return state.step == stepsPerEpoch();
  }

  private void stop() throws IOException {
    Path checkpoint = trainer.checkpoint;
    String where = "after step %d of epoch %d".formatted(state.step, state.epoch + 1);
    if (checkpoint == null) {
      throw new StoppedException("stopped " + where);
    }
    Checkpoint.write(checkpoint, state, trainer.settings(data));
    throw new StoppedException("stopped " + where + ", saved in " + checkpoint);
  }

  /** Gradients of one batch, then the update: the whole of learning. */
  private void runStep() {
    int first = state.step * plan.batch();
    int samples = Math.min(plan.batch(), order.length - first);
    batches.fill(order, first, samples, trainer.seed, state.epoch, plan.input(), targets);
    plan.randomness(trainer.seed, state.epoch, first);
    plan.forward(samples);
    double loss = trainer.loss.apply(outputs, targets, samples);
    if (!Double.isFinite(loss)) {
      throw new TrainingException(
          "the loss became %s in step %d of epoch %d: a learning rate below %s may help"
              .formatted(loss, state.step + 1, state.epoch + 1, trainer.optimizer.learningRate()));
    }
    plan.backward(samples);
    state.lossSum += loss * samples;
    state.correct += Metric.topCount(1, plan.output(Graph.OUTPUT), targets, samples);
    state.step++;
    state.totalSteps++;
    update.run(learningRate(), state.totalSteps);
  }

  @Override
  public int epoch() {
    return state.epoch;
  }

  @Override
  public int epochs() {
    return trainer.epochs;
  }

  @Override
  public int step() {
    return state.step;
  }

  @Override
  public int stepsPerEpoch() {
    return Math.ceilDiv(order.length, plan.batch());
  }

  @Override
  public int samples() {
    return Math.min(state.step * plan.batch(), order.length);
  }

  @Override
  public double loss() {
    return state.lossSum / Math.max(1, samples());
  }

  @Override
  public double accuracy() {
    return state.correct / (double) Math.max(1, samples());
  }

  @Override
  public double learningRate() {
    long steps = (long) stepsPerEpoch() * trainer.epochs;
    return trainer.optimizer.learningRate()
        * trainer.schedule.factor(Math.max(0, state.totalSteps - 1), steps);
  }
}
