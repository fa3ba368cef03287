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
 * Makes a model of a network and a data set. Immutable: each setting gives a new trainer.
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

  /** What to begin with; null for fresh weights. */
  final @Nullable Weights start;

  Optimizer optimizer = Optimizer.sgd(0.05).momentum(0.9);
  Schedule schedule = Schedule.oneCycle();

  /** Null for the usual ones of the task; the task is null for that of the data. */
  @Nullable Task task;

  @Nullable Loss loss;
  @Nullable List<Metric> metrics;
  @Nullable GradientExchange exchange;
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
  boolean resuming;

  private Trainer(Network network, @Nullable Weights start) {
    this.network = network;
    this.start = start;
  }

  /**
   * SGD with learning rate 0.05 and momentum 0.9 in one cycle, the usual loss of the task, 5 epochs
   * of batches of 64, on the shared engine.
   */
  public static Trainer of(Network network) {
    return new Trainer(network, null);
  }

  /** The same for a network that begins with a model's weights, which stay as they are. */
  public static Trainer from(Model model) {
    return new Trainer(model.network(), model.weights());
  }

  /** A copy with one change; nothing else ever writes a field. */
  private Trainer with(Consumer<Trainer> change) {
    var copy = new Trainer(network, start);
    copy.optimizer = optimizer;
    copy.schedule = schedule;
    copy.task = task;
    copy.loss = loss;
    copy.metrics = metrics;
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
    copy.resuming = resuming;
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
   * With an optimiser.
   *
   * @throws IllegalArgumentException if its learning rate is not above 0
   */
  public Trainer optimizer(Optimizer optimizer) {
    Ranges.learningRate(optimizer.learningRate());
    return with(copy -> copy.optimizer = optimizer);
  }

  /** With a course of the learning rate. */
  public Trainer schedule(Schedule schedule) {
    return with(copy -> copy.schedule = schedule);
  }

  /**
   * With a task: what the network's output means, in the model that is made. Without this setting
   * it is that of the data's targets.
   */
  public Trainer task(Task task) {
    return with(copy -> copy.task = task);
  }

  /** With a loss in place of the {@linkplain Loss#forTask usual one} of the task. */
  public Trainer loss(Loss loss) {
    return with(copy -> copy.loss = loss);
  }

  /**
   * With metrics in place of the {@linkplain Metric#forTask usual ones} of the task, the most
   * telling first; none for an empty list.
   */
  public Trainer metrics(Metric... metrics) {
    return with(copy -> copy.metrics = List.of(metrics));
  }

  /** With gradients that are exchanged with others before each update. */
  public Trainer exchange(GradientExchange exchange) {
    return with(copy -> copy.exchange = exchange);
  }

  /** With an augmentation of the training images. */
  public Trainer augmentation(Augmentation augmentation) {
    return with(copy -> copy.augmentation = augmentation);
  }

  /** With a number of passes over the training set, at least 1. */
  public Trainer epochs(int epochs) {
    return with(copy -> copy.epochs = atLeastOne("epochs", epochs));
  }

  /** With a number of samples to a step, at least 1. */
  public Trainer batch(int batch) {
    return batches(batch);
  }

  /**
   * With batches that change while the training runs: each of n sizes holds for an n-th of the
   * epochs, in order. Growing batches do what a falling learning rate does (Smith et al. 2018,
   * "Don't Decay the Learning Rate, Increase the Batch Size").
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
   * With the gradients of so many batches for each step: a step learns from batch times count
   * samples, in the memory of one batch. Batch norm sees single batches.
   */
  public Trainer accumulate(int count) {
    return with(copy -> copy.accumulated = atLeastOne("the batches of a step", count));
  }

  /**
   * Without the last batch of an epoch where it has fewer samples than the others: which samples
   * are left out is drawn anew in each epoch. PyTorch's drop_last.
   *
   * <p>Without this setting one last batch is left out all the same: a single sample, where batch
   * norm would be left with one value per channel, of which there is no variance.
   */
  public Trainer dropLast() {
    return with(copy -> copy.dropsLast = true);
  }

  /** With a seed for the first weights, the order of the samples, augmentation and dropout. */
  public Trainer seed(long seed) {
    return with(copy -> copy.seed = seed);
  }

  /** With only a part of the weights learning, or some of them faster. */
  public Trainer fineTuning(FineTuning fineTuning) {
    return with(copy -> copy.fineTuning = fineTuning);
  }

  /** With all but the head frozen: {@code fineTuning(FineTuning.HEAD_ONLY)}. */
  public Trainer freezeBackbone() {
    return fineTuning(FineTuning.HEAD_ONLY);
  }

  /** With what is done to gradients and weights besides the optimiser's step. */
  public Trainer updateOptions(UpdateOptions updateOptions) {
    return with(copy -> copy.updateOptions = updateOptions);
  }

  /** On an engine. */
  public Trainer engine(Engine engine) {
    return with(copy -> copy.engine = engine);
  }

  /** With one more callback. */
  public Trainer callback(Callback callback) {
    var more = new ArrayList<>(callbacks);
    more.add(callback);
    return with(copy -> copy.callbacks = List.copyOf(more));
  }

  /**
   * Tells a listener, in a sentence each, what makes it doubtful that the network learns: a loss
   * that is after an epoch no better than that of guessing, or has grown far beyond it.
   */
  public Trainer warnings(Consumer<String> listener) {
    return with(copy -> copy.warnings = listener);
  }

  /**
   * Stops after the step, or the batch of test images, in which this becomes true, with a
   * checkpoint and a {@link StoppedException}.
   */
  public Trainer stopWhen(BooleanSupplier stop) {
    return with(copy -> copy.stop = stop);
  }

  /**
   * Saves a checkpoint there after every epoch, and when stopped; never one that holds NaN or an
   * infinity.
   */
  public Trainer checkpoint(Path checkpoint) {
    return with(copy -> copy.checkpoint = checkpoint);
  }

  /**
   * Goes on from the checkpoint, if that file is there: the end has the same bits as without the
   * break. All settings, the data and the first weights have to be those of the checkpoint's
   * training, but for the number of epochs and with it the schedule: the epochs to come have the
   * rates that a training of so many epochs has there. The number cannot change where there are
   * several {@linkplain #batches sizes of batches}.
   */
  public Trainer resume() {
    return with(copy -> copy.resuming = true);
  }

  /** The samples of a batch in an epoch, counted from 0. */
  int batchOf(int epoch) {
    return batches.get((int) ((long) epoch * batches.size() / epochs));
  }

  /** Trains on images and their classes, without a test. */
  public Model fit(ImageDataset train) throws IOException {
    return fit(train, null);
  }

  /** Trains on examples of any task, without a test. */
  public Model fit(Examples train) throws IOException {
    return fit(train, null);
  }

  /**
   * Trains on images and their classes.
   *
   * @param test evaluated after each epoch
   * @return the model as it is after the last epoch
   * @throws IOException if a checkpoint or a callback's file cannot be written
   * @throws IllegalArgumentException if the data do not fit the network, or an image or the weights
   *     to begin with hold what is no number
   * @throws TrainingException if the loss, the weights or the running statistics are no longer
   *     numbers; the checkpoint and the callbacks' files stay as they were after the last good
   *     epoch
   * @throws StoppedException if it was asked to stop
   */
  public Model fit(ImageDataset train, @Nullable ImageDataset test) throws IOException {
    return new Training(this, Samples.of(train), test == null ? null : Samples.of(test)).run();
  }

  /**
   * Trains on examples of any task.
   *
   * @param test evaluated after each epoch
   * @return the model as it is after the last epoch
   * @throws IOException if a checkpoint or a callback's file cannot be written
   * @throws IllegalArgumentException if the data do not fit the network, a sample or the weights to
   *     begin with hold what is no number, or the task has no usual loss and none is named
   * @throws TrainingException as for images
   * @throws StoppedException if it was asked to stop
   */
  public Model fit(Examples train, @Nullable Examples test) throws IOException {
    return new Training(this, Samples.of(train), test == null ? null : Samples.of(test)).run();
  }
}
