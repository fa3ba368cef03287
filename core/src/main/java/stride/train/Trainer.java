package stride.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import stride.data.Augmentation;
import stride.data.ImageDataset;
import stride.engine.Engine;
import stride.network.Model;
import stride.network.Network;

/**
 * Makes a model of a network and a data set. Immutable: each setting gives a new trainer.
 *
 * <pre>{@code
 * Model model = Trainer.of(network).optimizer(Optimizer.sgd(0.05).momentum(0.9)).epochs(5).fit(train, test);
 * }</pre>
 *
 * <p>The same seed gives the same bits, for any number of threads.
 */
public record Trainer(
    Network network,
    Optimizer optimizer,
    Schedule schedule,
    Loss loss,
    Augmentation augmentation,
    int epochs,
    int batch,
    long seed,
    Engine engine,
    List<Callback> callbacks,
    BooleanSupplier stop,
    @Nullable Path checkpoint,
    boolean resuming) {

  public Trainer {
    callbacks = List.copyOf(callbacks);
    if (epochs < 1 || batch < 1) {
      throw new IllegalArgumentException(
          "a training has at least 1 epoch and a batch of at least 1, found %d and %d"
              .formatted(epochs, batch));
    }
    if (!(optimizer.learningRate() > 0) || Double.isInfinite(optimizer.learningRate())) {
      throw new IllegalArgumentException(
          "a learning rate is above 0, found " + optimizer.learningRate());
    }
  }

  /**
   * SGD with learning rate 0.05 and momentum 0.9 in one cycle, softmax cross-entropy, 5 epochs of
   * batches of 64.
   */
  public static Trainer of(Network network) {
    return new Trainer(
        network,
        Optimizer.sgd(0.05).momentum(0.9),
        Schedule.oneCycle(),
        new SoftmaxCrossEntropy(),
        Augmentation.none(),
        5,
        64,
        1,
        Engine.shared(),
        List.of(),
        () -> false,
        null,
        false);
  }

  /** With an optimiser. */
  public Trainer optimizer(Optimizer optimizer) {
    return new Trainer(
        network,
        optimizer,
        schedule,
        loss,
        augmentation,
        epochs,
        batch,
        seed,
        engine,
        callbacks,
        stop,
        checkpoint,
        resuming);
  }

  /** With a course of the learning rate. */
  public Trainer schedule(Schedule schedule) {
    return new Trainer(
        network,
        optimizer,
        schedule,
        loss,
        augmentation,
        epochs,
        batch,
        seed,
        engine,
        callbacks,
        stop,
        checkpoint,
        resuming);
  }

  /** With a loss. */
  public Trainer loss(Loss loss) {
    return new Trainer(
        network,
        optimizer,
        schedule,
        loss,
        augmentation,
        epochs,
        batch,
        seed,
        engine,
        callbacks,
        stop,
        checkpoint,
        resuming);
  }

  /** With an augmentation of the training images. */
  public Trainer augmentation(Augmentation augmentation) {
    return new Trainer(
        network,
        optimizer,
        schedule,
        loss,
        augmentation,
        epochs,
        batch,
        seed,
        engine,
        callbacks,
        stop,
        checkpoint,
        resuming);
  }

  /** With a number of passes over the training set. */
  public Trainer epochs(int epochs) {
    return new Trainer(
        network,
        optimizer,
        schedule,
        loss,
        augmentation,
        epochs,
        batch,
        seed,
        engine,
        callbacks,
        stop,
        checkpoint,
        resuming);
  }

  /** With a number of samples to a step. */
  public Trainer batch(int batch) {
    return new Trainer(
        network,
        optimizer,
        schedule,
        loss,
        augmentation,
        epochs,
        batch,
        seed,
        engine,
        callbacks,
        stop,
        checkpoint,
        resuming);
  }

  /** With a seed for the first weights, the order of the samples, augmentation and dropout. */
  public Trainer seed(long seed) {
    return new Trainer(
        network,
        optimizer,
        schedule,
        loss,
        augmentation,
        epochs,
        batch,
        seed,
        engine,
        callbacks,
        stop,
        checkpoint,
        resuming);
  }

  /** On an engine. */
  public Trainer engine(Engine engine) {
    return new Trainer(
        network,
        optimizer,
        schedule,
        loss,
        augmentation,
        epochs,
        batch,
        seed,
        engine,
        callbacks,
        stop,
        checkpoint,
        resuming);
  }

  /** With one more callback. */
  public Trainer callback(Callback callback) {
    var more = new ArrayList<>(callbacks);
    more.add(callback);
    return new Trainer(
        network,
        optimizer,
        schedule,
        loss,
        augmentation,
        epochs,
        batch,
        seed,
        engine,
        more,
        stop,
        checkpoint,
        resuming);
  }

  /**
   * Stops after the step in which this becomes true, with a checkpoint and a {@link
   * StoppedException}.
   */
  public Trainer stopWhen(BooleanSupplier stop) {
    return new Trainer(
        network,
        optimizer,
        schedule,
        loss,
        augmentation,
        epochs,
        batch,
        seed,
        engine,
        callbacks,
        stop,
        checkpoint,
        resuming);
  }

  /** Saves a checkpoint there after every epoch, and when stopped. */
  public Trainer checkpoint(Path checkpoint) {
    return new Trainer(
        network,
        optimizer,
        schedule,
        loss,
        augmentation,
        epochs,
        batch,
        seed,
        engine,
        callbacks,
        stop,
        checkpoint,
        resuming);
  }

  /**
   * Goes on from the checkpoint, if that file is there: the end has the same bits as without the
   * break.
   */
  public Trainer resume() {
    return new Trainer(
        network,
        optimizer,
        schedule,
        loss,
        augmentation,
        epochs,
        batch,
        seed,
        engine,
        callbacks,
        stop,
        checkpoint,
        true);
  }

  /**
   * All that decides about the bits at the end, and that a checkpoint must agree with. It is
   * compared as text by other processes, so it holds no hash codes of objects.
   */
  String settings(ImageDataset data) {
    return "epochs %d, batch %d, seed %d, %s, %s, %s, %s, %d images, %d weights in layers %08x"
        .formatted(
            epochs,
            batch,
            seed,
            describe(optimizer),
            describe(schedule),
            describe(loss),
            describe(augmentation),
            data.size(),
            network.parameters(),
            network.summary().toString().hashCode());
  }

  /** Records and enums say what they are; other classes, lambdas above all, may not. */
  private static String describe(Object setting) {
    return setting instanceof Record || setting instanceof Enum<?>
        ? setting.toString()
        : setting.getClass().isHidden() ? "a lambda" : setting.getClass().getName();
  }

  /**
   * Trains on a data set.
   *
   * @param test evaluated after each epoch
   * @return the model as it is after the last epoch
   * @throws IOException if a checkpoint or a callback's file cannot be written
   * @throws TrainingException if the loss is no longer a number
   * @throws StoppedException if it was asked to stop
   */
  public Model fit(ImageDataset train, @Nullable ImageDataset test) throws IOException {
    return new Training(this, train, test).run();
  }
}
