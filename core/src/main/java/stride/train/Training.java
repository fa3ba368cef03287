package stride.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import stride.data.ImageDataset;
import stride.data.Shuffle;
import stride.engine.Engine;
import stride.graph.Graph;
import stride.graph.Weights;
import stride.network.Model;

/** One run of a {@link Trainer}: its buffers, its state, its steps. */
final class Training implements Progress {
  private final Trainer trainer;
  private final Engine engine;
  private final ImageDataset data;
  private final @Nullable ImageDataset test;
  private final TrainingState state;
  private final String settings;
  private final int[] order;

  /** Steps of the epoch that has the most. */
  private final long mostSteps;

  /** What runs; null before the first epoch. */
  private @Nullable Phase phase;

  private double rateFactor = 1;
  private boolean finishing;

  Training(Trainer trainer, ImageDataset data, @Nullable ImageDataset test) {
    this.trainer = trainer;
    this.engine = trainer.engine == null ? Engine.shared() : trainer.engine;
    this.data = data;
    this.test = test;
    if (data.size() == 0) {
      throw new IllegalArgumentException("the training set is empty");
    }
    Batches.check(trainer.network, data);
    if (test != null) {
      Batches.check(trainer.network, test);
    }
    var weights =
        trainer.start == null
            ? Weights.initialized(trainer.network.graph(), trainer.seed)
            : trainer.start.copy();
    state =
        new TrainingState(
            weights,
            trainer.optimizer.start(weights.values().length),
            trainer.refinements.averages()
                ? new WeightAverage(weights, trainer.refinements.averaged(), engine)
                : null,
            trainer.callbacks);
    settings = trainer.settings(data, test);
    order = new int[data.size()];
    mostSteps =
        trainer.batches.stream()
            .mapToLong(batch -> Math.ceilDiv(order.length, samplesPerStep(batch)))
            .max()
            .orElseThrow();
    // What cannot be a model in the end is refused before it is trained.
    var _ = model();
  }

  Model run() throws IOException {
    Path checkpoint = trainer.checkpoint;
    if (trainer.resuming && checkpoint != null && Files.exists(checkpoint)) {
      Checkpoint.read(checkpoint, state, settings);
    }
    for (var callback : trainer.callbacks) {
      callback.begin(this);
    }
    while (state.epoch < trainer.epochs && !finishing) {
      runEpoch();
      save();
    }
    return model();
  }

  private void runEpoch() throws IOException {
    Shuffle.fill(order, trainer.seed, state.epoch);
    rateFactor = trainer.schedule.factorAfter(history());
    long start = System.nanoTime() - (long) (state.seconds * 1e9);
    var phase = phase();
    while (state.step < stepsPerEpoch()) {
      runStep(phase);
      for (int i = 0; i < trainer.callbacks.size(); i++) {
        trainer.callbacks.get(i).step(this);
      }
      if (trainer.stop.getAsBoolean() && !(last() && state.epoch + 1 == trainer.epochs)) {
        state.seconds = (System.nanoTime() - start) * 1e-9;
        save();
        throw stopped();
      }
    }
    state.seconds = (System.nanoTime() - start) * 1e-9;
    var evaluator = phase.evaluator();
    var result =
        new EpochResult(
            state.epoch + 1,
            loss(),
            accuracy(),
            learningRate(),
            evaluator == null ? null : evaluate(evaluator),
            state.seconds,
            samples());
    state.history.add(result);
    for (var callback : trainer.callbacks) {
      callback.epoch(result);
    }
    state.epoch++;
    state.step = 0;
    state.lossSum = 0;
    state.correct = 0;
    state.seconds = 0;
  }

  /** What the running epoch runs on. */
  private Phase phase() {
    if (phase == null || phase.headOnly() != trainer.fineTuning.headOnly(state.epoch)) {
      // The one before goes first: there may not be memory for both.
      phase = null;
      long begun = 0;
      for (int epoch = 0; epoch < trainer.fineTuning.unfrozenAfter(); epoch++) {
        begun += stepsOfEpoch(epoch);
      }
      phase = Phase.of(trainer, engine, state, state.result(), data, test, begun);
    }
    return phase;
  }

  private boolean last() {
    return state.step == stepsPerEpoch();
  }

  /** Tests the epoch. Whatever breaks that off, the steps of the epoch are not to be done again. */
  private Evaluation evaluate(Evaluation.Evaluator evaluator) throws IOException {
    try {
      return evaluator.evaluate(
          done -> {
            if (done < Objects.requireNonNull(test).size() && trainer.stop.getAsBoolean()) {
              throw stopped();
            }
          });
    } catch (RuntimeException e) {
      save();
      throw e;
    }
  }

  private void save() throws IOException {
    if (trainer.checkpoint != null) {
      Checkpoint.write(trainer.checkpoint, state, settings);
    }
  }

  private StoppedException stopped() {
    return new StoppedException(
        "stopped after step %d of epoch %d%s"
            .formatted(
                state.step,
                state.epoch + 1,
                trainer.checkpoint == null ? "" : ", saved in " + trainer.checkpoint));
  }

  /** Gradients of one batch, or of several together, then the update: the whole of learning. */
  private void runStep(Phase phase) {
    int first = samples();
    int count = Math.min(samplesPerStep(batch(state.epoch)), order.length - first);
    double loss = 0;
    for (int done = 0; done < count; ) {
      int samples = Math.min(batch(state.epoch), count - done);
      loss += addGradients(phase, first + done, samples, count, done > 0);
      done += samples;
    }
    state.lossSum += loss;
    state.stepLoss = loss / count;
    state.step++;
    state.totalSteps++;
    phase.update().run(learningRate(), state.totalSteps);
    if (state.average != null) {
      state.average.follow(state.totalSteps);
    }
  }

  /**
   * Computes the gradients of the samples order[first..].
   *
   * @param of the samples of the step
   * @param adding whether the gradients are added to those of the step's samples before
   * @return the sum of the samples' losses
   */
  private double addGradients(Phase phase, int first, int samples, int of, boolean adding) {
    var plan = phase.plan();
    phase
        .batches()
        .fill(order, first, samples, trainer.seed, state.epoch, plan.input(), phase.targets());
    plan.randomness(trainer.seed, state.epoch, first);
    plan.forward(samples);
    double loss = trainer.loss.apply(phase.outputs(), phase.targets(), samples);
    if (!Double.isFinite(loss)) {
      throw new TrainingException(
          "the loss became %s in step %d of epoch %d: a learning rate below %s may help"
              .formatted(loss, state.step + 1, state.epoch + 1, trainer.optimizer.learningRate()));
    }
    if (samples < of) {
      scaleGradients(phase, samples, samples / (float) of);
    }
    if (adding) {
      plan.backwardAdding(samples);
    } else {
      plan.backward(samples);
    }
    state.correct += Metric.topCount(1, plan.output(Graph.OUTPUT), phase.targets(), samples);
    return loss * samples;
  }

  /** A loss is a mean of its own samples: what it counts for among more. */
  private static void scaleGradients(Phase phase, int samples, float share) {
    for (var gradient : phase.plan().outputGradients()) {
      for (int i = gradient.at(0); i < gradient.at(samples); i++) {
        gradient.array()[i] *= share;
      }
    }
  }

  private int batch(int epoch) {
    return Math.min(trainer.batchOf(Math.min(epoch, trainer.epochs - 1)), order.length);
  }

  private int samplesPerStep(int batch) {
    return (int) Math.min((long) batch * trainer.accumulated, order.length);
  }

  private int stepsOfEpoch(int epoch) {
    return Math.ceilDiv(order.length, samplesPerStep(batch(epoch)));
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
    return stepsOfEpoch(state.epoch);
  }

  @Override
  public int samples() {
    return (int) Math.min((long) state.step * samplesPerStep(batch(state.epoch)), order.length);
  }

  @Override
  public int samplesPerEpoch() {
    return order.length;
  }

  @Override
  public double loss() {
    return state.lossSum / Math.max(1, samples());
  }

  @Override
  public double stepLoss() {
    return state.stepLoss;
  }

  @Override
  public double accuracy() {
    return state.correct / (double) Math.max(1, samples());
  }

  /**
   * Where batches change their size, an epoch has more steps than another: for the schedule, all
   * have as many as the one with the most.
   */
  @Override
  public double learningRate() {
    long done = state.epoch * mostSteps + Math.max(0, state.step - 1) * mostSteps / stepsPerEpoch();
    return trainer.optimizer.learningRate()
        * trainer.schedule.factor(done, mostSteps * trainer.epochs)
        * rateFactor;
  }

  @Override
  public List<EpochResult> history() {
    return Collections.unmodifiableList(state.history);
  }

  @Override
  public Weights weights() {
    return state.weights;
  }

  @Override
  public float[] gradients() {
    if (phase == null) {
      throw new IllegalStateException("there are no gradients before the first step");
    }
    return phase.plan().gradients();
  }

  @Override
  public Model model() {
    int outputs = trainer.network.output().elements();
    int classes = data.labels().size();
    boolean named = classes == outputs || (outputs == 1 && classes == 2);
    return new Model(
        trainer.network,
        state.result(),
        named ? data.labels() : List.of(),
        data.isMultiLabel(),
        data.preprocessing());
  }

  @Override
  public void finish() {
    finishing = true;
  }
}
