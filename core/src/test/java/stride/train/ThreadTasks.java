package stride.train;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import stride.network.Model;

/** Tasks of one training on threads of this process, which hand each other copies of arrays. */
final class ThreadTasks {
  private static final int WAIT_SECONDS = 60;

  private final List<Exchange> exchanges = new ArrayList<>();
  private final CyclicBarrier barrier;
  private final Object[] said;
  private final Given[] given;
  private final double[][] numbers;
  private final AtomicIntegerArray progress;
  private volatile String failure = "a task has failed";
  private volatile boolean failed;

  /** The parts that a rank has given, as they were then. */
  private record Given(List<ArrayPart> parts) {}

  /**
   * Makes the exchanges of tasks.
   *
   * @param own the number of ranks of each task
   */
  ThreadTasks(int... own) {
    barrier = new CyclicBarrier(own.length);
    said = new Object[own.length];
    int all = IntStream.of(own).sum();
    progress = new AtomicIntegerArray(own.length);
    given = new Given[all];
    numbers = new double[all][];
    Arrays.setAll(given, rank -> new Given(new ArrayList<>()));
    int first = 0;
    for (int task = 0; task < own.length; task++) {
      exchanges.add(new Task(new Ranks(all, first, own[task], task, own.length)));
      first += own[task];
    }
  }

  /** What one task computes. */
  interface Work {
    Model fit(Exchange exchange) throws IOException;
  }

  /** Runs all tasks; the model of each, or what it has thrown. */
  List<Object> run(Work work) {
    try (var threads = Executors.newFixedThreadPool(exchanges.size())) {
      var results = new ArrayList<Future<Object>>();
      for (var exchange : exchanges) {
        Callable<Object> task =
            () -> {
              try {
                return work.fit(exchange);
              } catch (IOException | RuntimeException e) {
                return e;
              }
            };
        results.add(threads.submit(task));
      }
      var ends = new ArrayList<>();
      for (var result : results) {
        ends.add(result.get());
      }
      return ends;
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** How often a task has said that it gets on. */
  int progress(int task) {
    return progress.get(task);
  }

  private final class Task implements Exchange {
    private final Ranks ranks;
    private final List<ArrayPart> last = new ArrayList<>();

    Task(Ranks ranks) {
      this.ranks = ranks;
    }

    @Override
    public Ranks ranks() {
      return ranks;
    }

    private void await() throws IOException {
      try {
        if (failed) {
          throw new ExchangeException(failure);
        }
        barrier.await(WAIT_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
        throw new ExchangeException(failure, e);
      }
    }

    private Object[] everybody(Object own) throws IOException {
      said[ranks.task()] = own;
      await();
      var all = said.clone();
      await();
      return all;
    }

    @Override
    public byte[] share(byte[] message) throws IOException {
      return (byte[]) everybody(message)[0];
    }

    @Override
    public void share(float[] values) throws IOException {
      float[] first = (float[]) everybody(values.clone())[0];
      System.arraycopy(first, 0, values, 0, values.length);
    }

    @Override
    public byte[][] all(byte[] own) throws IOException {
      var all = everybody(own);
      return Arrays.copyOf(all, all.length, byte[][].class);
    }

    @Override
    public void give(int rank, ArrayPart part) {
      given[rank].parts.add(new ArrayPart(part.values().clone(), part.from(), part.to()));
      last.add(part);
    }

    @Override
    public double[][] take(double[][] own) throws IOException {
      System.arraycopy(own, 0, numbers, ranks.first(), own.length);
      await();
      int count = given[0].parts.size();
      for (int i = 0; i < count; i++) {
        var into = last.get(last.size() - count + i);
        Arrays.fill(into.values(), into.from(), into.to(), Float.NaN);
        for (int j = into.from(); j < into.to(); j++) {
          if (j / Shard.UNIT % ranks.tasks() == ranks.task()) {
            into.values()[j] = sum(i, j, 0, given.length);
          }
        }
      }
      var all = numbers.clone();
      await();
      for (int rank = ranks.first(); rank < ranks.first() + ranks.own(); rank++) {
        given[rank].parts.clear();
      }
      last.clear();
      return all;
    }

    /** The sum of some ranks' values: as large a power of two of them as there is, and the rest. */
    private float sum(int part, int index, int first, int end) {
      if (end - first == 1) {
        return given[first].parts.get(part).values()[index];
      }
      int middle = first + Integer.highestOneBit(end - first - 1);
      return sum(part, index, first, middle) + sum(part, index, middle, end);
    }

    @Override
    public void gather(List<ArrayPart> arrays) throws IOException {
      var all = everybody(arrays.stream().map(array -> array.values().clone()).toList());
      for (int i = 0; i < arrays.size(); i++) {
        var array = arrays.get(i);
        for (int j = array.from(); j < array.to(); j++) {
          int owner = j / Shard.UNIT % all.length;
          array.values()[j] = ((float[]) ((List<?>) all[owner]).get(i))[j];
        }
      }
    }

    @Override
    public List<float[]> collect(float[] own) throws IOException {
      var all = new ArrayList<float[]>();
      for (var array : everybody(own.clone())) {
        all.add((float[]) array);
      }
      return ranks.task() == 0 ? all : List.of();
    }

    @Override
    public void progress() {
      progress.incrementAndGet(ranks.task());
    }

    @Override
    public void abort(String reason) {
      failure = "rank %d has failed: %s".formatted(ranks.first(), reason);
      failed = true;
      barrier.reset();
    }
  }
}
