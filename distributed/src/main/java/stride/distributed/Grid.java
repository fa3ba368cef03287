package stride.distributed;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import stride.train.Ranks;

/**
 * Which task speaks to which. Up to {@link TcpExchange#FLAT} tasks, each speaks to all others. More
 * of them stand in rows: a task speaks to those of its own row, and to one task of each other row,
 * which is the relay of that row for what the task owns. So 1,024 tasks have 62 connections each,
 * not 1,023. (The hierarchy in two dimensions of Mikami et al. 2018, "Massively Distributed SGD".)
 */
final class Grid {
  /** Row r has the tasks from {@code begin[r]} up to, but not including, {@code begin[r + 1]}. */
  private final int[] begin;

  /**
   * Puts tasks into rows.
   *
   * @param rows their number; the first ones are longer by one where tasks do not fill all
   */
  Grid(int tasks, int rows) {
    begin = IntStream.rangeClosed(0, rows).map(row -> Ranks.begin(tasks, rows, row)).toArray();
  }

  /**
   * Puts tasks into as many rows as give each the fewest connections. Rows of different lengths
   * give some tasks of the shorter ones twice the work.
   *
   * @param flat the most tasks of a single row
   */
  static Grid of(int tasks, int flat) {
    int best = 1;
    int least = tasks <= flat ? 0 : Integer.MAX_VALUE;
    for (int rows = 2; rows <= tasks / 2 && least > 0; rows++) {
      int length = Math.ceilDiv(tasks, rows);
      int cost = rows + (tasks % rows == 0 ? length : 2 * length);
      if (cost < least) {
        least = cost;
        best = rows;
      }
    }
    return new Grid(tasks, best);
  }

  int tasks() {
    return begin[begin.length - 1];
  }

  int rows() {
    return begin.length - 1;
  }

  int row(int task) {
    int row = 0;
    while (task >= begin[row + 1]) {
      row++;
    }
    return row;
  }

  /** The tasks of a row, in their order. */
  List<Integer> members(int row) {
    return IntStream.range(begin[row], begin[row + 1]).boxed().toList();
  }

  /**
   * The task of a row that adds up and hands on what another task owns: that one in its own row.
   */
  int relay(int row, int owner) {
    int place = owner - begin[row(owner)];
    return begin[row] + place % (begin[row + 1] - begin[row]);
  }

  /** The tasks of other rows for which a task is the relay of its own row, in their order. */
  List<Integer> relayed(int task) {
    int own = row(task);
    var owners = new ArrayList<Integer>();
    for (int owner = 0; owner < tasks(); owner++) {
      if (row(owner) != own && relay(own, owner) == task) {
        owners.add(owner);
      }
    }
    return owners;
  }

  /** Whether two tasks have a connection. */
  boolean connects(int task, int other) {
    return task != other
        && (row(task) == row(other)
            || relay(row(task), other) == task
            || relay(row(other), task) == other);
  }
}
