package stride.train;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
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

  /** Whether the task of rank 0 writes checkpoints. */
  private boolean saves;

  /** The number of steps after which it writes one within epochs; 0 for none. */
  private int checkpointSteps;

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
   * @param saves whether there will be checkpoints
   * @param steps the number of steps after which one is written within epochs; 0 for none
   * @param resumed the whole memory of the optimiser if the state was read from a checkpoint; null
   *     if not. Of all three, only that of the task of rank 0 counts
   */
  void begin(boolean saves, int steps, @Nullable List<float[]> resumed) throws IOException {
    checkpointSteps = steps;
    if (ranks.tasks() == 1) {
      return;
    }
    this.saves = exchange.share(new byte[] {(byte) (saves ? 1 : 0)})[0] == 1;
    var own = ByteBuffer.allocate(Integer.BYTES).putInt(steps);
    checkpointSteps = ByteBuffer.wrap(exchange.share(own.array())).getInt();
    byte[] position =
        exchange.share(
            resumed == null ? new byte[0] : CheckpointJson.position(state).getBytes(UTF_8));
    if (position.length == 0) {
      return;
    }
    byte[] history = exchange.share(CheckpointJson.history(state.history).getBytes(UTF_8));
    for (float[] values : arrays()) {
      exchange.share(values);
    }
    var memory = state.optimizer.memory();
    for (int i = 0; i < memory.size(); i++) {
      float[] whole = resumed == null ? new float[state.weights.values().length] : resumed.get(i);
      exchange.share(whole);
      ranks.shard().copy(whole, memory.get(i), false);
    }
    if (!ranks.leads()) {
      CheckpointJson.readPosition(new String(position, UTF_8), state);
      state.history.addAll(CheckpointJson.readHistory(new String(history, UTF_8)));
      state.weights.changed();
    }
  }

  /** Whether a checkpoint is due within an epoch after a number of steps of the training. */
  boolean savesAfter(long steps) {
    return checkpointSteps > 0 && steps % checkpointSteps == 0;
  }

  private List<float[]> arrays() {
    var arrays = new ArrayList<float[]>();
    arrays.add(state.weights.values());
    arrays.add(state.weights.statistics());
    if (state.average != null) {
      arrays.add(state.average.average.values());
      arrays.add(state.average.average.statistics());
    }
    return arrays;
  }

  /**
   * Returns the optimiser's memory of all weights, of which each task has its own shard: in the
   * task of rank 0, if it writes checkpoints; else an empty list.
   */
  List<float[]> wholeMemory() throws IOException {
    if (ranks.tasks() == 1) {
      return state.optimizer.memory();
    }
    var memory = new ArrayList<float[]>();
    for (float[] own : saves ? state.optimizer.memory() : List.<float[]>of()) {
      var shards = exchange.collect(own);
      if (ranks.leads()) {
        float[] whole = new float[state.weights.values().length];
        for (int task = 0; task < shards.size(); task++) {
          new Shard(task, ranks.tasks()).copy(whole, shards.get(task), true);
        }
        memory.add(whole);
      }
    }
    return memory;
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
