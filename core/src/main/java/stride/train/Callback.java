package stride.train;

import java.io.IOException;

/** Is told how a training goes. All methods are called on the thread that trains, between steps. */
public interface Callback {
  /** Before the first step; a resumed training begins behind step 0 of epoch 0. */
  default void begin(Progress progress) throws IOException {}

  /** After a step. */
  default void step(Progress progress) throws IOException {}

  /** After an epoch, before its checkpoint. */
  default void epoch(EpochResult result) throws IOException {}
}
