package stride.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import stride.data.Augmentation;
import stride.data.Examples;
import stride.data.ImageDataset;
import stride.engine.Engine;
import stride.graph.Weights;
import stride.network.Model;
import stride.network.Network;
import stride.network.Task;
import stride.train.support.Ranges;

/**
 * Trains a model from a network and a data set. Immutable: each setting returns a new trainer.
 *
 * <pre>{@code
 * Model model = Trainer.of(network).optimizer(Optimizer.sgd(0.05).momentum(0.9)).epochs(5).fit(train, test);
 * Model pets = Trainer.from(resnet18.withHead(List.of("cat", "dog"), 1)).freezeBackbone().fit(train, test);
 * }</pre>
 *
 * <p>The same seed gives the same bits, for any number of threads.
 */
public final class Trainer {
  final Network network;

  /** The initial weights; null for fresh ones. */
  final @Nullable Weights start;

  /** The model that training starts from; null for fresh weights. */
  final @Nullable Model origin;

  Optimizer optimizer = Optimizer.sgd(0.05).momentum(0.9);
  Schedule schedule = Schedule.oneCycle();

  /** Null for the usual loss and metrics of the task; a null task is that of the data. */
  @Nullable Task task;

  @Nullable Loss loss;
  @Nullable List<Metric> metrics;
  @Nullable GradientExchange gradientExchange;
  Exchange exchange = Exchange.alone(1);
  Augmentation augmentation = Augmentation.none();
  int epochs = 5;
  List<Integer> batches = List.of(64);
  int accumulated = 1;
  boolean dropsLast;
  long seed = 1;
  FineTuning fineTuning = FineTuning.NONE;
  UpdateOptions updateOptions = UpdateOptions.NONE;
  @Nullable Engine engine;
  List<Callback> callbacks = List.of();
  Consumer<String> warnings = _ -> {};
  BooleanSupplier stop = () -> false;
  @Nullable Path checkpoint;

  /** The number of steps after which a checkpoint is written within epochs; 0 for none. */
  int checkpointSteps;

  boolean resuming;

  /** Whether each rank learns from samples of its own in all epochs. */
  boolean ownSamples;

  private Trainer(Network network, @Nullable Model origin) {
    this.network = network;
    this.origin = origin;
    start = origin == null ? null : origin.weights();
  }

  /**
   * Returns a trainer with SGD of learning rate 0.05 and momentum 0.9 in one cycle, the usual loss
   * of the task, 5 epochs, batches of 64 samples, and the shared engine.
   *
   * @param network the network to train, with fresh weights
   * @return the trainer
   */
  public static Trainer of(Network network) {
    return new Trainer(network, null);
  }

  /**
   * Returns a trainer with the settings of {@link #of} that starts with a model's weights. If the
   * model has a {@linkplain Model#method method} that can be {@linkplain LearnedMethod learned},
   * its loss and metrics are the usual ones, and the trained model has its method, labels and
   * preprocessing. That of a model whose task are images has its preprocessing, too.
   *
   * @param model the model to start from; it is not changed
   */
  public static Trainer from(Model model) {
    return new Trainer(model.network(), model);
  }

  /** Returns a copy with one change; nothing else ever writes a field. */
  private Trainer with(Consumer<Trainer> change) {
    var copy = new Trainer(network, origin);
    copy.optimizer = optimizer;
    copy.schedule = schedule;
    copy.task = task;
    copy.loss = loss;
    copy.metrics = metrics;
    copy.gradientExchange = gradientExchange;
    copy.exchange = exchange;
    copy.augmentation = augmentation;
    copy.epochs = epochs;
    copy.batches = batches;
    copy.accumulated = accumulated;
    copy.dropsLast = dropsLast;
    copy.seed = seed;
    copy.fineTuning = fineTuning;
    copy.updateOptions = updateOptions;
    copy.engine = engine;
    copy.callbacks = callbacks;
    copy.warnings = warnings;
    copy.stop = stop;
    copy.checkpoint = checkpoint;
    copy.checkpointSteps = checkpointSteps;
    copy.resuming = resuming;
    copy.ownSamples = ownSamples;
    change.accept(copy);
    return copy;
  }

  private static int atLeastOne(String what, int count) {
    if (count < 1) {
      throw new IllegalArgumentException("%s must be at least 1, was %d".formatted(what, count));
    }
    return count;
  }

  /**
   * Returns a trainer with this optimiser.
   *
   * @param optimizer updates the weights
   * @return the new trainer
   * @throws IllegalArgumentException if its learning rate is not above 0
   */
  public Trainer optimizer(Optimizer optimizer) {
    Ranges.learningRate(optimizer.learningRate());
    return with(copy -> copy.optimizer = optimizer);
  }

  /**
   * {@return a trainer with this schedule}
   *
   * @param schedule changes the learning rate from step to step
   */
  public Trainer schedule(Schedule schedule) {
    return with(copy -> copy.schedule = schedule);
  }

  /**
   * Returns a trainer with this task, which says in the trained model what the network's output
   * means. Without this setting it is the task of the data's targets.
   *
   * @param task the task
   * @return the new trainer
   */
  public Trainer task(Task task) {
    return with(copy -> copy.task = task);
  }

  /**
   * {@return a trainer with this loss instead of the {@linkplain Loss#forTask usual one} of the
   * task}
   *
   * @param loss the loss to minimise
   */
  public Trainer loss(Loss loss) {
    return with(copy -> copy.loss = loss);
  }

  /**
   * Returns a trainer with these metrics instead of the {@linkplain Metric#forTask usual ones} of
   * the task.
   *
   * @param metrics the metrics, the most important first; none to measure only the loss
   * @return the new trainer
   */
  public Trainer metrics(Metric... metrics) {
    return with(copy -> copy.metrics = List.of(metrics));
  }

  /**
   * {@return a trainer that exchanges its gradients before each update}
   *
   * @param exchange replaces the gradients, for instance by their mean over several trainings
   */
  public Trainer exchange(GradientExchange exchange) {
    return with(copy -> copy.gradientExchange = exchange);
  }

  /**
   * Returns a trainer with {@link Ranks ranks}: a step learns from this many times as many samples.
   * Each rank computes the gradient of its own batch, with its own statistics in batch norm, as
   * PyTorch's data parallel does; gradients are added, and running statistics averaged, along a
   * binary tree of the ranks ({@link PartialSum}). This trainer computes them one after another,
   * with the bits of a training in which several processes share them.
   *
   * @param ranks the number of ranks, at least 1
   * @return the new trainer
   */
  public Trainer ranks(int ranks) {
    return ranks(Exchange.alone(atLeastOne("ranks", ranks)));
  }

  /**
   * Returns a trainer that computes some of a training's ranks; other processes compute the others,
   * with the same settings and data. All of them return the same model. The checkpoint of the task
   * of rank 0 is the only one that is read; it alone tests the model.
   *
   * @param exchange connects the tasks; for one training, and the caller closes it
   * @return the new trainer
   */
  public Trainer ranks(Exchange exchange) {
    return with(copy -> copy.exchange = exchange);
  }

  /**
   * Returns a trainer whose ranks learn from samples of their own: an epoch shuffles those of each
   * rank, not all together. So a task needs only the samples of its ranks: {@link Ranks#ownBegin}
   * says which. There must be a single batch size.
   *
   * @return the new trainer
   */
  public Trainer ownSamples() {
    return with(copy -> copy.ownSamples = true);
  }

  /**
   * {@return a trainer with this augmentation of the training images}
   *
   * @param augmentation varies each sample
   */
  public Trainer augmentation(Augmentation augmentation) {
    return with(copy -> copy.augmentation = augmentation);
  }

  /**
   * {@return a trainer with this number of epochs}
   *
   * @param epochs the number of passes over the training set, at least 1
   */
  public Trainer epochs(int epochs) {
    return with(copy -> copy.epochs = atLeastOne("epochs", epochs));
  }

  /**
   * {@return a trainer with this batch size}
   *
   * @param batch the number of samples in a batch, at least 1
   */
  public Trainer batch(int batch) {
    return batches(batch);
  }

  /**
   * Returns a trainer with batch sizes that change while the training runs: each of n sizes is used
   * for an n-th of the epochs, in order. Growing batches have the effect of a falling learning rate
   * (Smith et al. 2018, "Don't Decay the Learning Rate, Increase the Batch Size").
   *
   * @param sizes the batch sizes, each at least 1
   * @return the new trainer
   */
  public Trainer batches(Integer... sizes) {
    if (sizes.length == 0) {
      throw new IllegalArgumentException("give at least one batch size");
    }
    var checked = new ArrayList<Integer>();
    for (int size : sizes) {
      checked.add(atLeastOne("the samples of a batch", size));
    }
    return with(copy -> copy.batches = List.copyOf(checked));
  }

  /**
   * Returns a trainer that adds the gradients of several batches for each step: a step learns from
   * batch times count samples, in the memory of one batch. Batch norm still uses the statistics of
   * single batches.
   *
   * @param count the number of batches in a step, at least 1
   * @return the new trainer
   */
  public Trainer accumulate(int count) {
    return with(copy -> copy.accumulated = atLeastOne("the batches of a step", count));
  }

  /**
   * Returns a trainer that leaves out the last batch of an epoch if it has fewer samples than the
   * others. Other samples are left out in each epoch, as their order is random. PyTorch's
   * drop_last.
   *
   * <p>Without this setting one kind of last batch is left out all the same: a single sample for
   * which batch norm would have one value per channel, of which there is no variance.
   *
   * @return the new trainer
   */
  public Trainer dropLast() {
    return with(copy -> copy.dropsLast = true);
  }

  /**
   * {@return a trainer with this seed}
   *
   * @param seed determines the first weights, the order of the samples, augmentation and dropout
   */
  public Trainer seed(long seed) {
    return with(copy -> copy.seed = seed);
  }

  /**
   * {@return a trainer with which only some weights learn, or some learn faster}
   *
   * @param fineTuning selects them
   */
  public Trainer fineTuning(FineTuning fineTuning) {
    return with(copy -> copy.fineTuning = fineTuning);
  }

  /**
   * {@return a trainer with which only the head learns: {@code fineTuning(FineTuning.HEAD_ONLY)}}
   */
  public Trainer freezeBackbone() {
    return fineTuning(FineTuning.HEAD_ONLY);
  }

  /**
   * {@return a trainer with these options of the weights' update}
   *
   * @param updateOptions clipping, averaging and weight decay
   */
  public Trainer updateOptions(UpdateOptions updateOptions) {
    return with(copy -> copy.updateOptions = updateOptions);
  }

  /**
   * {@return a trainer that computes on this engine}
   *
   * @param engine the engine; the caller closes it
   */
  public Trainer engine(Engine engine) {
    return with(copy -> copy.engine = engine);
  }

  /**
   * {@return a trainer with one more callback}
   *
   * @param callback receives the training's events, after those added before it
   */
  public Trainer callback(Callback callback) {
    var more = new ArrayList<>(callbacks);
    more.add(callback);
    return with(copy -> copy.callbacks = List.copyOf(more));
  }

  /**
   * Returns a trainer that warns when the network does not seem to learn: after an epoch the loss
   * is no better than that of guessing, or far worse.
   *
   * @param listener receives each warning as a sentence
   * @return the new trainer
   */
  public Trainer warnings(Consumer<String> listener) {
    return with(copy -> copy.warnings = listener);
  }

  /**
   * Returns a trainer that can be stopped: after the step, or the batch of test images, in which
   * {@code stop} becomes true, it saves a checkpoint, if it has one, and throws a {@link
   * StoppedException}.
   *
   * @param stop called after each step and each batch of test images
   * @return the new trainer
   */
  public Trainer stopWhen(BooleanSupplier stop) {
    return with(copy -> copy.stop = stop);
  }

  /**
   * Returns a trainer that saves a checkpoint after every epoch, and when it is stopped; never one
   * that holds NaN or an infinity. Of several tasks only that of rank 0 writes its file and calls
   * {@link Callback#saved}; others may name one, and leave it alone.
   *
   * @param checkpoint the file to write
   * @return the new trainer
   */
  public Trainer checkpoint(Path checkpoint) {
    return with(copy -> copy.checkpoint = checkpoint);
  }

  /**
   * Returns a trainer that saves its checkpoint within epochs, too. With several tasks, the number
   * of the task of rank 0 counts. A training whose task of rank 0 has no {@linkplain #checkpoint
   * checkpoint} is refused with an {@link IllegalArgumentException}.
   *
   * @param steps the number of steps after which it is saved, counted from the first of the
   *     training; at least 1
   * @return the new trainer
   */
  public Trainer checkpointEvery(int steps) {
    return with(
        copy -> copy.checkpointSteps = atLeastOne("the steps between two checkpoints", steps));
  }

  /**
   * Returns a trainer that resumes from the checkpoint if that file exists. The result has the same
   * bits as without the interruption. All settings, the data and the first weights must be those of
   * the checkpoint's training, except for the number of epochs and with it the schedule: the
   * remaining epochs have the rates of a training with the new number. The number cannot change if
   * there are several {@linkplain #batches batch sizes}.
   *
   * @return the new trainer
   */
  public Trainer resume() {
    return with(copy -> copy.resuming = true);
  }

  /** Returns the number of samples of a batch in an epoch, counted from 0. */
  int batchOf(int epoch) {
    return batches.get((int) ((long) epoch * batches.size() / epochs));
  }

  /**
   * Trains on images and their classes, without a test; see {@link #fit(ImageDataset,
   * ImageDataset)}.
   *
   * @param train the images to learn from
   * @return the model after the last epoch
   * @throws IOException if a checkpoint or a callback's file cannot be written
   */
  public Model fit(ImageDataset train) throws IOException {
    return fit(train, null);
  }

  /**
   * Trains on examples of any task, without a test; see {@link #fit(Examples, Examples)}.
   *
   * @param train the examples to learn from
   * @return the model after the last epoch
   * @throws IOException if a checkpoint or a callback's file cannot be written
   */
  public Model fit(Examples train) throws IOException {
    return fit(train, null);
  }

  /**
   * Trains on images and their classes.
   *
   * @param train the images to learn from
   * @param test the images to evaluate on after each epoch; null for none
   * @return the model after the last epoch
   * @throws IOException if a checkpoint or a callback's file cannot be written
   * @throws IllegalArgumentException if the data do not fit the network, or an image or the initial
   *     weights hold NaN or infinities
   * @throws TrainingException if the loss, the weights or the running statistics become NaN or
   *     infinite; the checkpoint and the callbacks' files stay as they were after the last good
   *     epoch
   * @throws StoppedException if it was asked to stop
   */
  public Model fit(ImageDataset train, @Nullable ImageDataset test) throws IOException {
    return fit(Samples.of(train), test == null ? null : Samples.of(test));
  }

  /**
   * Trains on examples of any task.
   *
   * @param train the examples to learn from
   * @param test the examples to evaluate on after each epoch; null for none
   * @return the model after the last epoch
   * @throws IOException if a checkpoint or a callback's file cannot be written
   * @throws IllegalArgumentException if the data do not fit the network, a sample or the initial
   *     weights hold NaN or infinities, or the task has no usual loss and none is set
   * @throws TrainingException if the loss, the weights or the running statistics become NaN or
   *     infinite
   * @throws StoppedException if it was asked to stop
   */
  public Model fit(Examples train, @Nullable Examples test) throws IOException {
    return fit(Samples.of(train), test == null ? null : Samples.of(test));
  }

  private Model fit(Samples train, @Nullable Samples test) throws IOException {
    try {
      return new Training(this, train, test).run();
    } catch (StoppedException e) {
      throw e;
    } catch (Throwable e) {
      exchange.abort(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
      throw e;
    }
  }
}
