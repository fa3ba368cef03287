package stride.train;

import java.io.IOException;
import java.util.List;

/** Receives a training's events. All methods are called on the thread that trains, between steps. */
public interface Callback {
  /**
   * Before the first step; a resumed training begins after step 0 of epoch 0.
   *
   * @param progress a live view, the same at every call
   */
  default void begin(Progress progress) throws IOException {}

  /** After a step. */
  default void step(Progress progress) throws IOException {}

  /** After an epoch, before its checkpoint. */
  default void epoch(EpochResult result) throws IOException {}

  /**
   * When the training is over, however it ends: after the last epoch, or instead of what would have
   * come next. Each callback that has begun is told once.
   *
   * @param progress as in {@link #begin}
   */
  default void end(Progress progress, Ending ending) throws IOException {}

  /** How a training ends. */
  enum Ending {
    /** All epochs are done, or a callback has {@linkplain Progress#finish finished} it. */
    DONE,

    /** It was asked to stop; it may be resumed. */
    STOPPED,

    /** It failed with an exception, which {@code fit} throws. */
    FAILED
  }

  /**
   * Arrays that this callback keeps from step to step: a checkpoint saves them, and a resumed
   * training has filled them before {@link #begin}. Always the same arrays.
   */
  default List<float[]> memory() {
    return List.of();
  }
}
