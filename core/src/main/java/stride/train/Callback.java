package stride.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Receives a training's events. All methods are called on the thread that trains, between steps.
 */
public interface Callback {
  /**
   * Called before the first step. A resumed training may begin after step 0 of epoch 0.
   *
   * @param progress a live view, the same object at every call
   * @throws IOException if a file cannot be written; the training then fails
   */
  default void begin(Progress progress) throws IOException {}

  /**
   * Called after each step.
   *
   * @param progress as in {@link #begin}
   * @throws IOException if a file cannot be written; the training then fails
   */
  default void step(Progress progress) throws IOException {}

  /**
   * Called after each epoch, before its checkpoint is saved.
   *
   * @param result the epoch's result
   * @throws IOException if a file cannot be written; the training then fails
   */
  default void epoch(EpochResult result) throws IOException {}

  /**
   * Called after each checkpoint is complete, for instance to copy it to where it outlives this
   * machine. Of several tasks, only that of rank 0 has any.
   *
   * @param checkpoint its file, which the next one replaces
   * @throws IOException if a file cannot be written; the training then fails
   */
  default void saved(Path checkpoint) throws IOException {}

  /**
   * Called once when the training is over, however it ends, for each callback whose {@link #begin}
   * was called.
   *
   * @param progress as in {@link #begin}
   * @param ending how the training ended
   * @throws IOException if a file cannot be written
   */
  default void end(Progress progress, Ending ending) throws IOException {}

  /** The ways in which a training ends. */
  enum Ending {
    /** All epochs are done, or a callback has {@linkplain Progress#finish finished} it. */
    DONE,

    /** The training was asked to stop; it may be resumed. */
    STOPPED,

    /** The training failed with an exception, which {@code fit} throws. */
    FAILED
  }

  /**
   * {@return the arrays that this callback keeps from step to step, the same ones at every call} A
   * checkpoint saves them, and a resumed training fills them before {@link #begin}.
   */
  default List<float[]> memory() {
    return List.of();
  }
}
