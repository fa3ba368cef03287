package stride.train;

import java.io.IOException;
import java.util.List;

/**
 * What the tasks of one training say to each other. All tasks call these methods in the same order,
 * each on the thread that trains.
 *
 * <p>In a step every task {@linkplain #give gives} the gradients of its ranks, {@linkplain #take
 * takes} the sums of its own slice, updates the weights of that slice, and {@linkplain #gather
 * gathers} the others'. Sums are added in the order of the ranks, whichever task computed them, so
 * that the bits are the same for any number of tasks.
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
   * Gives what a rank of this task has computed in a step. Called for each of the task's ranks, in
   * their order; the arrays may be changed after each call.
   *
   * @param rank the rank
   * @param numbers numbers for all tasks, as many in each rank
   * @param arrays arrays to add to those of the other ranks, as long in each rank
   * @throws IOException if a task cannot be reached
   */
  void give(int rank, double[] numbers, List<Shared> arrays) throws IOException;

  /**
   * Adds what all ranks have given, in the order of the ranks, once all of it is here.
   *
   * @param sums receives the sums in this task's slice of each array; other slices are undefined
   *     afterwards
   * @return the numbers of each rank, in the order of the ranks
   * @throws IOException if a task cannot be reached
   */
  double[][] take(List<Shared> sums) throws IOException;

  /**
   * Sends this task's slice of each array to all others, and receives theirs.
   *
   * @param arrays the arrays, as long in all tasks; other tasks' slices are overwritten
   * @throws IOException if a task cannot be reached
   */
  void gather(List<Shared> arrays) throws IOException;

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
