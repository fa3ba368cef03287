package stride.train;

import java.io.IOException;
import java.util.List;

/**
 * What the tasks of one training say to each other. All tasks call these methods in the same order,
 * each on the thread that trains.
 *
 * <p>In a step every task {@linkplain #give gives} the gradients of its ranks, part by part as they
 * become final, {@linkplain #take takes} the sums of its own {@link Shard}, updates the weights of
 * that shard, and {@linkplain #gather gathers} the others'. Ranks are added as {@link PartialSum}
 * says, whichever task computed them, so that the bits are the same for any number of tasks.
 *
 * <p>Each method throws an {@link ExchangeException} if another task has failed, has ended or
 * cannot be reached.
 */
public interface Exchange {
  /** {@return the ranks, and which of them this task computes} */
  Ranks ranks();

  /**
   * Sends a message of the task of rank 0 to all others.
   *
   * @param message the message; only that of the task of rank 0 counts
   * @return the message of the task of rank 0
   * @throws IOException if a task cannot be reached
   */
  byte[] share(byte[] message) throws IOException;

  /**
   * Sends an array of the task of rank 0 to all others.
   *
   * @param values the array, as long in all tasks; overwritten in those that receive it
   * @throws IOException if a task cannot be reached
   */
  void share(float[] values) throws IOException;

  /**
   * Sends a message of every task to every task.
   *
   * @param own the message of this task
   * @return the messages of all tasks, in their order
   * @throws IOException if a task cannot be reached
   */
  byte[][] all(byte[] own) throws IOException;

  /**
   * Gives a part of what a rank of this task has computed in a step. Called for each of the task's
   * ranks in their order, with the same parts in the same order for each rank of all tasks. Returns
   * before the part is sent.
   *
   * @param rank the rank
   * @param part to add to those of the other ranks; that of the task's last rank must not be
   *     changed before {@link #take} has returned, those of others may be
   * @throws IOException if a task cannot be reached
   */
  void give(int rank, ArrayPart part) throws IOException;

  /**
   * Adds what all ranks have given, once all of it is here. Afterwards the values of this task's
   * {@link Shard} of each part that its last rank has given are the sums; others are undefined.
   *
   * @param numbers numbers for all tasks, an array for each rank of this task
   * @return the numbers of each rank, in the order of the ranks
   * @throws IOException if a task cannot be reached
   */
  double[][] take(double[][] numbers) throws IOException;

  /**
   * Sends this task's {@link Shard} of each array to all others, and receives theirs.
   *
   * @param arrays the arrays, as long in all tasks; other tasks' shards are overwritten
   * @throws IOException if a task cannot be reached
   */
  void gather(List<ArrayPart> arrays) throws IOException;

  /**
   * Sends an array of each task to the task of rank 0.
   *
   * @param own the array of this task
   * @return in the task of rank 0 the arrays of all tasks, in their order; in others an empty list
   * @throws IOException if a task cannot be reached
   */
  List<float[]> collect(float[] own) throws IOException;

  /**
   * Says that this task gets on. Called after each batch of a training and of a test: the others
   * end the training of a task that neither says so for long, nor waits for them.
   */
  void progress();

  /**
   * Tells the other tasks that this one has failed, so that they fail too. Does nothing when it is
   * called again, or the training is over.
   *
   * @param reason why, as a sentence without a full stop
   */
  void abort(String reason);

  /**
   * {@return an exchange of ranks that are all computed in this process}
   *
   * @param ranks the number of ranks, at least 1
   */
  static Exchange alone(int ranks) {
    return new OneTask(Ranks.alone(ranks));
  }
}
