package stride.train;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the tasks of a training agree on: its settings, the state that it begins with, and the
 * results of its epochs. All of it comes from the task of rank 0, which alone has a checkpoint and
 * tests the model.
 */
final class SharedState {
  /** Instead of the result of an epoch, if its test was stopped. */
  private static final byte[] STOPPED = {};

  private final Exchange exchange;
  private final Ranks ranks;
  private final TrainingState state;

  SharedState(Exchange exchange, TrainingState state) {
    this.exchange = exchange;
    ranks = exchange.ranks();
    this.state = state;
  }

  /**
   * Checks that all tasks have the same settings, data and first weights.
   *
   * @throws IllegalArgumentException in all tasks if one of them has others; the message says which
   */
  void requireSame(Settings settings) throws IOException {
    if (ranks.tasks() == 1) {
      return;
    }
    var leading = Settings.of(new String(exchange.share(settings.json().getBytes(UTF_8)), UTF_8));
    var differences = settings.allDifferencesFrom(leading);
    byte[] own =
        differences.isEmpty()
            ? new byte[0]
            : "rank %d would train otherwise than rank 0: %s; start all tasks with the same options and data"
                .formatted(ranks.first(), String.join("; ", differences))
                .getBytes(UTF_8);
    for (byte[] difference : exchange.all(own)) {
      if (difference.length > 0) {
        throw new IllegalArgumentException(new String(difference, UTF_8));
      }
    }
  }

  /**
   * Gives all tasks the state that the task of rank 0 begins with.
   *
   * @param resumed whether it was read from a checkpoint; only that of the task of rank 0 counts
   */
  void begin(boolean resumed) throws IOException {
    if (ranks.tasks() == 1) {
      return;
    }
    byte[] position =
        exchange.share(resumed ? CheckpointJson.position(state).getBytes(UTF_8) : new byte[0]);
    if (position.length == 0) {
      return;
    }
    byte[] history = exchange.share(CheckpointJson.history(state.history).getBytes(UTF_8));
    for (float[] values : arrays()) {
      exchange.share(values);
    }
    if (!ranks.leads()) {
      CheckpointJson.readPosition(new String(position, UTF_8), state);
      state.history.addAll(CheckpointJson.readHistory(new String(history, UTF_8)));
      state.weights.changed();
    }
  }

  private List<float[]> arrays() {
    var arrays = new ArrayList<float[]>();
    arrays.add(state.weights.values());
    arrays.add(state.weights.statistics());
    arrays.addAll(state.optimizer.memory());
    if (state.average != null) {
      arrays.add(state.average.average.values());
      arrays.add(state.average.average.statistics());
    }
    return arrays;
  }

  /**
   * Completes the optimiser's memory, of which each task has updated its own slice.
   *
   * @param learned the part of all weights that has learned
   */
  void gatherMemory(Shared learned) throws IOException {
    if (ranks.tasks() > 1) {
      exchange.gather(
          state.optimizer.memory().stream()
              .map(memory -> new Shared(memory, learned.from(), learned.to()))
              .toList());
    }
  }

  /**
   * Gives all tasks the result of an epoch.
   *
   * @param own the result; null in tasks other than that of rank 0, and there if the test of the
   *     epoch was stopped
   * @return the result; null if the test was stopped
   */
  @Nullable EpochResult epoch(@Nullable EpochResult own) throws IOException {
    if (ranks.tasks() == 1) {
      return own;
    }
    byte[] message =
        exchange.share(
            own == null ? STOPPED : CheckpointJson.history(List.of(own)).getBytes(UTF_8));
    if (ranks.leads()) {
      return own;
    }
    return message.length == 0
        ? null
        : CheckpointJson.readHistory(new String(message, UTF_8)).getFirst();
  }

  /** Whether rank 0's callbacks have ended the training. */
  boolean finishes(boolean finishing) throws IOException {
    return exchange.share(new byte[] {(byte) (finishing ? 1 : 0)})[0] == 1;
  }
}
