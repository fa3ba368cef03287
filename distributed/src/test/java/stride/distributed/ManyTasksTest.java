package stride.distributed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import stride.train.ArrayPart;
import stride.train.Shard;

/** Tasks in rows: whom they speak to, and that nothing of it shows in the results. */
@Timeout(120)
final class ManyTasksTest {
  /** Units of the array that is exchanged, the last one not whole. */
  private static final int UNITS = 11;

  private static final int LENGTH = UNITS * Shard.UNIT - 100;

  @ParameterizedTest
  @CsvSource({
    "1, 64, 1, 0",
    "64, 64, 1, 63",
    "65, 64, 5, 16",
    "96, 64, 8, 18",
    "128, 64, 8, 22",
    "1000, 64, 25, 63",
    "1024, 64, 32, 62"
  })
  void tasksSpeakToFewOthers(int tasks, int flat, int rows, int connections) {
    var grid = Grid.of(tasks, flat);
    assertEquals(rows, grid.rows());
    int most = 0;
    for (int task = 0; task < tasks; task++) {
      int own = 0;
      for (int other = 0; other < tasks; other++) {
        assertEquals(grid.connects(task, other), grid.connects(other, task));
        own += grid.connects(task, other) ? 1 : 0;
      }
      most = Math.max(most, own);
    }
    assertEquals(connections, most);
  }

  /** Where tasks do not fill all rows, some have twice as many links between rows. */
  @ParameterizedTest
  @ValueSource(ints = {67, 97, 101, 997})
  void primesOfTasksStandInRowsToo(int tasks) {
    var grid = Grid.of(tasks, 64);
    for (int task = 0; task < tasks; task++) {
      int own = task;
      long connections = IntStream.range(0, tasks).filter(o -> grid.connects(own, o)).count();
      assertTrue(connections < 4 * Math.sqrt(tasks), connections + " of " + tasks);
      for (int row = 0; row < grid.rows(); row++) {
        int relay = grid.relay(row, task);
        assertEquals(row, grid.row(relay));
        assertTrue(relay == task || grid.connects(task, relay));
      }
    }
  }

  /** What one task has at the end. */
  private record End(
      float[] gathered, float[] shared, byte[][] messages, double[][] numbers, int collected) {}

  @ParameterizedTest
  @CsvSource({
    "1, 1, 5",
    "2, 1, 2",
    "4, 1, 4",
    "4, 1, 7",
    "4, 2, 4",
    "6, 2, 6",
    "6, 3, 13",
    "5, 2, 5",
    "7, 3, 11",
    "11, 3, 29",
    "70, 7, 70",
    "70, 7, 93",
    "96, 8, 96",
    "67, 8, 67"
  })
  void anyNumberOfTasksAddsTheSame(int tasks, int rows, int ranks) throws Exception {
    var random = new SplittableRandom(ranks);
    var given = new float[ranks][LENGTH];
    for (float[] values : given) {
      for (int i = 0; i < LENGTH; i++) {
        values[i] = (float) random.nextDouble(-1, 1);
      }
    }
    var peers = new ArrayList<Peer>();
    for (int task = 0; task < tasks; task++) {
      int first = (int) ((long) ranks * task / tasks);
      int end = (int) ((long) ranks * (task + 1) / tasks);
      peers.add(new Peer(first, end - first, "task" + task, 1));
    }
    var expected = new float[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      expected[i] = sum(given, i, 0, ranks);
    }
    var ends = run(peers, new Grid(tasks, rows), given);
    for (int task = 0; task < tasks; task++) {
      var end = ends.get(task);
      assertArrayEquals(expected, end.gathered, "task " + task);
      assertArrayEquals(given[0], end.shared);
      assertEquals(task == 0 ? tasks : 0, end.collected);
      for (int other = 0; other < tasks; other++) {
        assertArrayEquals(new byte[] {(byte) other, 1}, end.messages[other]);
      }
      assertEquals(ranks, end.numbers.length);
      for (int rank = 0; rank < ranks; rank++) {
        assertArrayEquals(new double[] {rank, 0.5}, end.numbers[rank]);
      }
    }
  }

  private static List<End> run(List<Peer> peers, Grid grid, float[][] given)
      throws InterruptedException, ExecutionException {
    var links = MemoryLink.of(peers, grid);
    try (var threads = Executors.newFixedThreadPool(peers.size())) {
      var results = new ArrayList<Future<End>>();
      for (int task = 0; task < peers.size(); task++) {
        var peer = peers.get(task);
        var place = new Rendezvous(given.length, peer.first(), peer.own(), "host", 1);
        var own = links.get(task);
        Callable<End> work = () -> work(new TcpExchange(place, peers, grid, own), given);
        results.add(threads.submit(work));
      }
      var ends = new ArrayList<End>();
      for (var result : results) {
        ends.add(result.get());
      }
      return ends;
    }
  }

  /** Two steps of an exchange, in buckets from the end on, as a backward pass has them. */
  private static End work(TcpExchange exchange, float[][] given) throws IOException {
    var ranks = exchange.ranks();
    var values = new float[LENGTH];
    double[][] numbers = {};
    for (int step = 0; step < 2; step++) {
      var own = new double[ranks.own()][];
      for (int i = 0; i < ranks.own(); i++) {
        int rank = ranks.first() + i;
        System.arraycopy(given[rank], 0, values, 0, LENGTH);
        for (int to = LENGTH; to > 0; ) {
          int from = Math.max(0, (to - 1) / (4 * Shard.UNIT) * 4 * Shard.UNIT);
          exchange.give(rank, new ArrayPart(values, from, to));
          to = from;
        }
        own[i] = new double[] {rank, 0.5};
      }
      numbers = exchange.take(own);
      for (int i = 0; i < LENGTH; i++) {
        if (Shard.owner(i, ranks.tasks()) != ranks.task()) {
          values[i] = Float.NaN;
        }
      }
      exchange.gather(List.of(ArrayPart.whole(values)));
    }
    float[] shared = ranks.leads() ? given[0].clone() : new float[LENGTH];
    exchange.share(shared);
    byte[] first = exchange.share(new byte[] {(byte) ranks.task()});
    assertEquals(0, first[0]);
    var messages = exchange.all(new byte[] {(byte) ranks.task(), 1});
    var collected = exchange.collect(new float[] {ranks.task()});
    for (int task = 0; task < collected.size(); task++) {
      assertArrayEquals(new float[] {task}, collected.get(task));
    }
    exchange.close();
    return new End(values, shared, messages, numbers, collected.size());
  }

  /** By its definition: the largest power of two of the ranks that leaves some, and the rest. */
  private static float sum(float[][] given, int index, int first, int end) {
    if (end - first == 1) {
      return given[first][index];
    }
    int middle = first + Integer.highestOneBit(end - first - 1);
    return sum(given, index, first, middle) + sum(given, index, middle, end);
  }
}
