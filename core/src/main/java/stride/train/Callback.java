package stride.train;

import java.io.IOException;
import java.util.List;

/** Is told how a training goes. All methods are called on the thread that trains, between steps. */
public interface Callback {
  /**
   * Before the first step; a resumed training begins behind step 0 of epoch 0.
   *
   * @param progress a live view, the same at every call
   */
  default void begin(Progress progress) throws IOException {}

  /** After a step. */
  default void step(Progress progress) throws IOException {}

  /** After an epoch, before its checkpoint. */
  default void epoch(EpochResult result) throws IOException {}

  /**
   * Arrays that this callback keeps from step to step: a checkpoint saves them, and a resumed
   * training has filled them before {@link #begin}. Always the same arrays.
   */
  default List<float[]> memory() {
    return List.of();
  }
}
