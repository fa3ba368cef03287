package stride.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import stride.data.Augmentation;
import stride.engine.Engine;
import stride.format.FormatException;
import stride.graph.Weights;
import stride.image.Preprocessing;
import stride.network.Model;
import stride.network.Task;

/** One run of a {@link Trainer}: its buffers, its state, its steps. */
final class Training implements Progress {
  private final Trainer trainer;
  private final Engine engine;
  private final Samples data;
  private final @Nullable Samples test;
  private final Goal goal;
  private final TrainingState state;
  private final Settings settings;
  private final LearningWatch watch;

  private final SampleOrder order;
  private final BatchGradients gradients;
  private final Exchange exchange;
  private final Ranks ranks;

  /** Computes the ranks; null if there is one. */
  private final @Nullable StepRanks stepRanks;

  private final SharedState shared;

  /** The optimiser's memory of all weights, from the last step until it is saved. */
  private List<float[]> wholeMemory = List.of();

  /** Whether a task was asked to stop before the last step. */
  private boolean stops;

  /** The setup of the running epoch; null before the first epoch. */
  private @Nullable TrainingSetup phase;

  private double rateFactor = 1;
  private boolean finishing;

  Training(Trainer trainer, Samples data, @Nullable Samples test) {
    this.trainer = trainer;
    this.engine = trainer.engine == null ? Engine.shared() : trainer.engine;
    this.data = data;
    this.test = test;
    exchange = trainer.exchange;
    ranks = exchange.ranks();
    if (data.size() < ranks.all()) {
      throw new IllegalArgumentException(
          data.size() == 0
              ? "the training set is empty"
              : "%d ranks cannot learn from %d samples: each needs at least one"
                  .formatted(ranks.all(), data.size()));
    }
    if (trainer.gradientExchange != null && ranks.all() > 1) {
      throw new IllegalArgumentException(
          "ranks exchange their gradients by themselves: set ranks or an exchange of gradients, not"
              + " both");
    }
    if (trainer.ownSamples && trainer.batches.size() > 1) {
      throw new IllegalArgumentException(
          "ranks with samples of their own have one batch size, found " + trainer.batches);
    }
    if (trainer.checkpointSteps > 0 && trainer.checkpoint == null && ranks.leads()) {
      throw new IllegalArgumentException(
          "a checkpoint is to be saved every %d steps, but there is no file for it: set checkpoint(file) too"
              .formatted(trainer.checkpointSteps));
    }
    goal = Goal.of(trainer, data);
    data.requireFit(trainer.network, goal.task());
    if (test != null) {
      test.requireFit(trainer.network, goal.task());
    }
    if (!trainer.augmentation.equals(Augmentation.none()) && !data.shapes().getFirst().isImage()) {
      throw new IllegalArgumentException(
          "only images can be augmented, the inputs have the shape " + data.shapes().getFirst());
    }
    var weights =
        trainer.start == null
            ? Weights.initialized(trainer.network.graph(), trainer.seed)
            : trainer.start.copy();
    state =
        new TrainingState(
            weights,
            trainer.optimizer.start(ranks.shard().length(weights.values().length)),
            trainer.updateOptions.averages()
                ? new WeightAverage(weights, trainer.updateOptions.averaged(), engine)
                : null,
            trainer.callbacks,
            goal.metrics());
    settings = Settings.of(trainer, goal, data, test);
    watch = new LearningWatch(trainer, data, goal.loss());
    order = new SampleOrder(trainer, ranks, data.size());
    stepRanks = ranks.all() == 1 ? null : new StepRanks(exchange, state, goal.metrics());
    gradients = new BatchGradients(trainer, data, order, state);
    shared = new SharedState(exchange, state);
    // Layers that do not exist, and networks that cannot become a model, are rejected before
    // training.
    var _ = trainer.fineTuning.frozen(trainer.network, 0);
    var _ = liveModel();
  }

  Model run() throws IOException {
    state
        .weights
        .flaw()
        .ifPresent(
            flaw -> {
              throw new IllegalArgumentException("the initial weights: " + flaw);
            });
    shared.requireSame(settings);
    shared.begin(trainer.checkpoint != null, trainer.checkpointSteps, resume());
    var begun = new ArrayList<Callback>();
    try {
      for (var callback : trainer.callbacks) {
        callback.begin(this);
        begun.add(callback);
      }
      while (state.epoch < trainer.epochs && !finishing) {
        runEpoch();
        save();
      }
    } catch (Throwable failure) {
      end(begun, failure);
      throw failure;
    }
    for (var callback : begun) {
      callback.end(this, Callback.Ending.DONE);
    }
    return liveModel();
  }

  /** Reads the checkpoint if there is one to resume from; returns the optimiser's whole memory. */
  private @Nullable List<float[]> resume() throws IOException {
    Path checkpoint = trainer.checkpoint;
    if (!trainer.resuming || checkpoint == null || !ranks.leads() || !Files.exists(checkpoint)) {
      return null;
    }
    var memory = state.optimizer.memory();
    if (ranks.tasks() > 1) {
      memory = memory.stream().map(own -> new float[state.weights.values().length]).toList();
    }
    Checkpoint.read(checkpoint, state, memory, settings);
    checkEpochs(checkpoint);
    return memory;
  }

  /** Calls {@link Callback#end} after a failure; exceptions of callbacks do not hide it. */
  private void end(List<Callback> callbacks, Throwable failure) {
    var ending =
        failure instanceof StoppedException ? Callback.Ending.STOPPED : Callback.Ending.FAILED;
    for (var callback : callbacks) {
      try {
        callback.end(this, ending);
      } catch (IOException | RuntimeException e) {
        failure.addSuppressed(e);
      }
    }
  }

  /** Checks that there are at least as many epochs as have begun. */
  private void checkEpochs(Path checkpoint) throws FormatException {
    int begun = state.epoch + (state.step > 0 ? 1 : 0);
    if (begun > trainer.epochs) {
      throw new FormatException(
          "%s: the training has reached epoch %d and cannot end after %d: give it at least %d epochs"
              .formatted(checkpoint, begun, trainer.epochs, begun));
    }
  }

  private void runEpoch() throws IOException {
    order.shuffle(state.epoch);
    rateFactor = trainer.schedule.factorAfter(history());
    long start = System.nanoTime() - (long) (state.seconds * 1e9);
    var phase = phase();
    while (state.step < stepsPerEpoch()) {
      runStep(phase);
      watch.step(this);
      for (int i = 0; i < trainer.callbacks.size(); i++) {
        trainer.callbacks.get(i).step(this);
      }
      if (stops() && !(last() && state.epoch + 1 == trainer.epochs)) {
        saveWithin(start);
        throw stopped();
      }
      if (shared.savesAfter(state.totalSteps) && !last()) {
        saveWithin(start);
      }
    }
    state.seconds = (System.nanoTime() - start) * 1e-9;
    requireNumbers("epoch " + (state.epoch + 1));
    wholeMemory = shared.wholeMemory();
    var result = shared.epoch(ranks.leads() ? result(phase) : null);
    if (result == null) {
      save();
      throw stopped();
    }
    watch.epoch(result, state.step);
    state.history.add(result);
    for (var callback : trainer.callbacks) {
      callback.epoch(result);
    }
    finishing = shared.finishes(finishing);
    state.epoch++;
    state.step = 0;
    state.lossSum = 0;
    state.measurement.clear();
    state.seconds = 0;
  }

  /** Saves a checkpoint within an epoch that began at a time. */
  private void saveWithin(long start) throws IOException {
    state.seconds = (System.nanoTime() - start) * 1e-9;
    requireNumbers("step %d of epoch %d".formatted(state.step, state.epoch + 1));
    wholeMemory = shared.wholeMemory();
    save();
  }

  private EpochResult result(TrainingSetup phase) throws IOException {
    var evaluator = phase.evaluator();
    return new EpochResult(
        state.epoch + 1,
        loss(),
        metrics(),
        learningRate(),
        evaluator == null ? null : evaluate(evaluator),
        state.seconds,
        samples());
  }

  /** Whether the training is to stop after the last step. */
  private boolean stops() {
    return ranks.tasks() == 1 ? trainer.stop.getAsBoolean() : stops;
  }

  /** Returns the setup of the running epoch. */
  private TrainingSetup phase() throws IOException {
    if (phase == null || phase.headOnly() != trainer.fineTuning.headOnly(state.epoch)) {
      // Releases the one before first: there may not be memory for both.
      phase = null;
      long begun = 0;
      for (int epoch = 0; epoch < trainer.fineTuning.unfrozenAfter(); epoch++) {
        begun += order.steps(epoch);
      }
      phase =
          TrainingSetup.of(
              trainer,
              engine,
              state,
              state.result(),
              goal,
              data,
              order.ownBegin(ranks.first()),
              order.ownBegin(ranks.first() + ranks.own()),
              ranks.leads() ? test : null,
              begun);
    }
    return phase;
  }

  private boolean last() {
    return state.step == stepsPerEpoch();
  }

  /** Tests the epoch. If the test is interrupted, the steps of the epoch are not repeated. */
  private Evaluation evaluate(Evaluation.Evaluator evaluator) throws IOException {
    Evaluation evaluation;
    try {
      evaluation =
          evaluator.evaluate(
              done -> {
                exchange.progress();
                if (done < Objects.requireNonNull(test).size() && trainer.stop.getAsBoolean()) {
                  throw stopped();
                }
              });
    } catch (StoppedException e) {
      var _ = shared.epoch(null);
      save();
      throw e;
    } catch (RuntimeException e) {
      // The other tasks are told why by whoever catches it.
      save();
      throw e;
    }
    if (!Double.isFinite(evaluation.loss())) {
      throw TrainingException.diverged(
          trainer,
          "the loss of the test images is %s after epoch %d"
              .formatted(evaluation.loss(), state.epoch + 1));
    }
    return evaluation;
  }

  /**
   * Checks everything that a checkpoint would hold: NaN and infinities never become numbers again.
   */
  private void requireNumbers(String when) {
    state
        .flaw(state.optimizer.memory())
        .ifPresent(
            flaw -> {
              throw TrainingException.diverged(trainer, "after %s %s".formatted(when, flaw));
            });
  }

  /** Saves a checkpoint in the task of rank 0, which alone has the optimiser's whole memory. */
  private void save() throws IOException {
    Path checkpoint = trainer.checkpoint;
    if (checkpoint != null && ranks.leads()) {
      Checkpoint.write(checkpoint, state, wholeMemory, settings);
      for (var callback : trainer.callbacks) {
        callback.saved(checkpoint);
      }
    }
    wholeMemory = List.of();
  }

  private StoppedException stopped() {
    return new StoppedException(
        "stopped after step %d of epoch %d%s"
            .formatted(
                state.step,
                state.epoch + 1,
                trainer.checkpoint == null || !ranks.leads()
                    ? ""
                    : ", saved in " + trainer.checkpoint));
  }

  /** Computes the gradients of one or several batches, then updates the weights. */
  private void runStep(TrainingSetup phase) throws IOException {
    int first = samples();
    int most = order.samplesPerStep(state.epoch);
    int count = Math.min(most, order.samples(state.epoch) - first);
    var learned = phase.update().learned();
    double loss;
    if (stepRanks == null) {
      loss = gradients.add(phase, first, first, count, count, state.measurement, from -> {});
    } else {
      // All of this task's samples before this step are those of whole steps.
      int before = state.step * ranks.ownSamples(most) - ranks.begin(count, ranks.first());
      var sums =
          stepRanks.run(
              learned,
              count,
              ranks.tasks() > 1 && trainer.stop.getAsBoolean(),
              (own, samples, measurement, listener) ->
                  gradients.add(
                      phase,
                      ranks.tasks() == 1 ? first + own : before + own,
                      first + own,
                      samples,
                      count,
                      measurement,
                      listener));
      loss = sums.loss();
      stops = sums.stops();
    }
    state.lossSum += loss;
    state.stepLoss = loss / count;
    state.step++;
    state.totalSteps++;
    if (trainer.gradientExchange != null) {
      trainer.gradientExchange.exchange(phase.plan().gradients(), count, this);
    }
    if (stepRanks == null) {
      phase.update().run(learningRate(), state.totalSteps);
    } else {
      phase.update().run(learningRate(), state.totalSteps, exchange);
      exchange.gather(
          List.of(
              new ArrayPart(state.weights.values(), learned.from(), learned.to()),
              stepRanks.statistics()));
      state.weights.changed();
    }
    if (state.average != null) {
      state.average.follow(state.totalSteps);
    }
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
    return order.steps(state.epoch);
  }

  @Override
  public int samples() {
    return (int)
        Math.min((long) state.step * order.samplesPerStep(state.epoch), order.samples(state.epoch));
  }

  @Override
  public int samplesPerEpoch() {
    return order.samples(state.epoch);
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
  public Map<String, Double> metrics() {
    return state.measurement.values();
  }

  @Override
  public double accuracy() {
    return state.measurement.value("accuracy");
  }

  /**
   * Returns the learning rate of the current step. If batch sizes change, epochs have different
   * numbers of steps; for the schedule, all have as many as the one with the most.
   */
  @Override
  public double learningRate() {
    long most = order.mostSteps();
    long done = state.epoch * most + Math.max(0, state.step - 1) * most / stepsPerEpoch();
    return trainer.optimizer.learningRate()
        * trainer.schedule.factor(done, most * trainer.epochs)
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
    return model(state.result().copy());
  }

  @Override
  public Model liveModel() {
    return model(state.result());
  }

  private Model model(Weights weights) {
    var network = trainer.network;
    var origin = trainer.origin;
    boolean same = origin != null && origin.task() == goal.task();
    if (origin != null && same && (origin.method() != null || goal.task() == Task.IMAGE)) {
      return new Model(
          network, weights, goal.task(), origin.labels(), origin.preprocessing(), origin.method());
    }
    if (!(data instanceof Samples.Images(var images, _))) {
      return new Model(
          network, weights, goal.task(), List.of(), Preprocessing.none(data.shapes().getFirst()));
    }
    boolean named =
        goal.task().classifies() && images.labels().size() == goal.task().classes(network.output());
    return new Model(
        network, weights, goal.task(), named ? images.labels() : List.of(), images.preprocessing());
  }

  @Override
  public void finish() {
    finishing = true;
  }
}
