package stride.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import stride.data.Augmentation;
import stride.data.Shuffle;
import stride.engine.Engine;
import stride.engine.Plan;
import stride.format.FormatException;
import stride.graph.Weights;
import stride.image.Preprocessing;
import stride.layer.normalization.BatchNorm;
import stride.network.Model;
import stride.network.Task;
import stride.tensor.Numbers;

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

  /** The samples in the order of the running epoch. */
  private final int[] order;

  /** Those of this task's ranks, in the order in which it computes them. */
  private int[] ownOrder;

  private final Exchange exchange;
  private final Ranks ranks;

  /** Computes the ranks; null if there is one. */
  private final @Nullable StepRanks stepRanks;

  private final SharedState shared;

  /** The optimiser's memory of all weights, from the last step until it is saved. */
  private List<float[]> wholeMemory = List.of();

  /** Whether a task was asked to stop before the last step. */
  private boolean stops;

  /** The number of samples that each epoch learns from. */
  private final int[] samples;

  /** The number of steps of the epoch that has the most. */
  private final long mostSteps;

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
    order = new int[data.size()];
    ownOrder = order;
    stepRanks = ranks.all() == 1 ? null : new StepRanks(exchange, state, goal.metrics());
    shared = new SharedState(exchange, state);
    samples = IntStream.range(0, trainer.epochs).map(this::samplesLearned).toArray();
    mostSteps = IntStream.range(0, trainer.epochs).map(this::stepsOfEpoch).max().orElseThrow();
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
    shuffle();
    fillOwnOrder();
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

  /** Puts the samples in the order of the running epoch. */
  private void shuffle() {
    if (!trainer.ownSamples) {
      Shuffle.fill(order, trainer.seed, state.epoch);
      return;
    }
    int ofRank = samplesOfRank();
    int[] shuffled = new int[order.length];
    for (int rank = 0; rank < ranks.all(); rank++) {
      Shuffle.fill(
          shuffled,
          ranks.ownBegin(order.length, ofRank, rank),
          ranks.ownBegin(order.length, ofRank, rank + 1),
          trainer.seed,
          state.epoch);
    }
    int all = samplesOf(state.epoch);
    int most = samplesPerStep(batch(state.epoch));
    for (int first = 0; first < all; first += most) {
      int samples = Math.min(most, all - first);
      for (int rank = 0; rank < ranks.all(); rank++) {
        int before = first / ranks.all();
        System.arraycopy(
            shuffled,
            ranks.ownBegin(order.length, ofRank, rank) + before,
            order,
            first + ranks.begin(samples, rank),
            ranks.samples(samples, rank));
      }
    }
  }

  /**
   * Where the samples begin that this task can read, of a rank: all samples if ranks share them.
   */
  private int ownBegin(int rank) {
    if (!trainer.ownSamples) {
      return rank == ranks.first() ? 0 : order.length;
    }
    return ranks.ownBegin(order.length, samplesOfRank(), rank);
  }

  /** The number of samples of a rank in a step, where each has samples of its own. */
  private int samplesOfRank() {
    return (int) Math.min((long) trainer.batches.getFirst() * trainer.accumulated, order.length);
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

  /** Puts the samples of this task's ranks in the order in which it computes them. */
  private void fillOwnOrder() {
    if (ranks.tasks() == 1) {
      return;
    }
    int all = samplesOf(state.epoch);
    int most = samplesPerStep(batch(state.epoch));
    int length = 0;
    for (int first = 0; first < all; first += most) {
      length += ranks.ownSamples(Math.min(most, all - first));
    }
    if (ownOrder.length != length || ownOrder == order) {
      ownOrder = new int[length];
    }
    int at = 0;
    for (int first = 0; first < all; first += most) {
      int samples = Math.min(most, all - first);
      int own = ranks.ownSamples(samples);
      System.arraycopy(order, first + ranks.begin(samples, ranks.first()), ownOrder, at, own);
      at += own;
    }
  }

  /** Returns the setup of the running epoch. */
  private TrainingSetup phase() throws IOException {
    if (phase == null || phase.headOnly() != trainer.fineTuning.headOnly(state.epoch)) {
      // Releases the one before first: there may not be memory for both.
      phase = null;
      long begun = 0;
      for (int epoch = 0; epoch < trainer.fineTuning.unfrozenAfter(); epoch++) {
        begun += stepsOfEpoch(epoch);
      }
      phase =
          TrainingSetup.of(
              trainer,
              engine,
              state,
              state.result(),
              goal,
              data,
              ownBegin(ranks.first()),
              ownBegin(ranks.first() + ranks.own()),
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
      throw diverged(
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
              throw diverged("after %s %s".formatted(when, flaw));
            });
  }

  private TrainingException diverged(String what) {
    return new TrainingException(
        "%s: a learning rate below %s may help (--lr; lr-find suggests one), or clipped gradients (--clip-grad-norm)"
            .formatted(what, trainer.optimizer.learningRate()));
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
    int most = samplesPerStep(batch(state.epoch));
    int count = Math.min(most, samplesOf(state.epoch) - first);
    var learned = phase.update().learned();
    double loss;
    if (stepRanks == null) {
      loss = addGradients(phase, first, first, count, count, state.measurement, from -> {});
    } else {
      // All of this task's samples before this step are those of whole steps.
      int before = state.step * ranks.ownSamples(most) - ranks.begin(count, ranks.first());
      var sums =
          stepRanks.run(
              learned,
              count,
              ranks.tasks() > 1 && trainer.stop.getAsBoolean(),
              (own, samples, measurement, listener) ->
                  addGradients(
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

  /**
   * Computes the gradients of one or several batches.
   *
   * @param own where the samples begin in this task's order
   * @param first their first one's place in the epoch
   * @param of the number of samples of the step, of whose mean loss these are a part
   * @param listener is told which gradients are final
   * @return the sum of the samples' losses
   */
  private double addGradients(
      TrainingSetup phase,
      int own,
      int first,
      int count,
      int of,
      Measurement measurement,
      Plan.GradientListener listener) {
    var layers = phase.loss().layerGradients();
    double loss = 0;
    for (int done = 0; done < count; ) {
      int samples = Math.min(batch(state.epoch), count - done);
      loss += forward(phase, own + done, first + done, samples);
      if (samples < of) {
        scaleGradients(phase, samples, samples / (float) of);
      }
      boolean last = done + samples == count && layers == null;
      phase.plan().backward(samples, done > 0, last ? listener : from -> {});
      if (layers != null) {
        layers.addTo(phase.plan().gradients(), samples / (float) of);
      }
      measurement.add(phase.measured(), phase.targets(), samples);
      exchange.progress();
      done += samples;
    }
    return loss;
  }

  /**
   * Computes the loss of one batch, and its gradient at the outputs.
   *
   * @param own where the samples begin in this task's order
   * @param first their first one's place in the epoch
   * @return the sum of the samples' losses
   */
  private double forward(TrainingSetup phase, int own, int first, int samples) {
    var plan = phase.plan();
    phase
        .batches()
        .fill(
            ownOrder,
            own,
            first,
            samples,
            trainer.seed,
            state.epoch,
            phase.inputs(),
            phase.targets());
    plan.randomness(trainer.seed, state.epoch, first);
    plan.forward(samples);
    double loss = phase.loss().apply(phase.outputs(), phase.targets(), samples);
    if (!Double.isFinite(loss)) {
      requireSoundImages(first, samples);
      throw diverged(
          "the loss became %s in step %d of epoch %d"
              .formatted(loss, state.step + 1, state.epoch + 1));
    }
    return loss * samples;
  }

  /** Checks the samples: NaN or infinities in them are not the fault of the learning rate. */
  private void requireSoundImages(int first, int samples) {
    var reader = new SampleReader(data, Augmentation.none());
    for (int n = first; n < first + samples; n++) {
      reader.read(order[n], 0);
      for (int input = 0; input < data.shapes().size(); input++) {
        float[] values = new float[data.shapes().get(input).elements()];
        reader.copyInput(input, values, 0);
        int bad = Numbers.firstNotFinite(values, 0, values.length);
        if (bad >= 0) {
          throw new IllegalArgumentException(
              "%s %d of the training set holds %s (its value %d), expected numbers%s"
                  .formatted(
                      data instanceof Samples.Images ? "image" : "sample",
                      order[n],
                      values[bad],
                      bad,
                      data instanceof Samples.Images ? " from 0 to 1" : ""));
        }
      }
    }
  }

  /** Scales the gradients of a batch's mean loss by the batch's share of the step. */
  private static void scaleGradients(TrainingSetup phase, int samples, float share) {
    for (var gradient : phase.plan().outputGradients()) {
      for (int i = gradient.at(0); i < gradient.at(samples); i++) {
        gradient.array()[i] *= share;
      }
    }
  }

  private int batch(int epoch) {
    int most = order.length / ranks.all();
    return Math.min(trainer.batchOf(Math.min(epoch, trainer.epochs - 1)), most);
  }

  private int samplesPerStep(int batch) {
    return (int) Math.min((long) batch * trainer.accumulated * ranks.all(), order.length);
  }

  private int stepsOfEpoch(int epoch) {
    return Math.ceilDiv(samplesOf(epoch), samplesPerStep(batch(epoch)));
  }

  private int samplesOf(int epoch) {
    return samples[Math.min(epoch, trainer.epochs - 1)];
  }

  /** Returns the number of samples without those of a last batch that is dropped. */
  private int samplesLearned(int epoch) {
    int batch = batch(epoch);
    int last = order.length % (batch * ranks.all());
    boolean dropped =
        trainer.dropsLast || (hasSingle(last, batch) && normalizesSingleValues(epoch));
    return order.length - (dropped ? last : 0);
  }

  /** Whether one of the batches, of all ranks, in a short last step has a single sample. */
  private boolean hasSingle(int last, int batch) {
    for (int rank = 0; rank < ranks.all(); rank++) {
      if (ranks.samples(last, rank) % batch == 1) {
        return true;
      }
    }
    return false;
  }

  /** Whether a batch norm with batch statistics has one value per channel of each sample. */
  private boolean normalizesSingleValues(int epoch) {
    return trainer.network.graph().nodes().stream()
        .filter(node -> node.operation() instanceof BatchNorm)
        .filter(node -> node.output().shape().elements() == node.output().shape().channels())
        .anyMatch(node -> !trainer.fineTuning.frozen(trainer.network, epoch).contains(node.name()));
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
    return (int)
        Math.min((long) state.step * samplesPerStep(batch(state.epoch)), samplesOf(state.epoch));
  }

  @Override
  public int samplesPerEpoch() {
    return samplesOf(state.epoch);
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
