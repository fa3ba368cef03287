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
import java.util.stream.IntStream;
import stride.network.Model;

/** Tasks of one training on threads of this process, which hand each other copies of arrays. */
final class ThreadTasks {
  private static final int WAIT_SECONDS = 60;

  private final List<Exchange> exchanges = new ArrayList<>();
  private final CyclicBarrier barrier;
  private final Object[] said;
  private final Given[] given;
  private volatile String failure = "a task has failed";
  private volatile boolean failed;

  private record Given(double[] numbers, List<float[]> arrays) {}

  /**
   * Makes the exchanges of tasks.
   *
   * @param own the number of ranks of each task
   */
  ThreadTasks(int... own) {
    barrier = new CyclicBarrier(own.length);
    said = new Object[own.length];
    int all = IntStream.of(own).sum();
    given = new Given[all];
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

  private final class Task implements Exchange {
    private final Ranks ranks;

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
    public void give(int rank, double[] numbers, List<Shared> arrays) {
      given[rank] =
          new Given(numbers.clone(), arrays.stream().map(array -> array.values().clone()).toList());
    }

    @Override
    public double[][] take(List<Shared> sums) throws IOException {
      await();
      var numbers = new double[given.length][];
      for (int rank = 0; rank < given.length; rank++) {
        numbers[rank] = given[rank].numbers;
        for (int i = 0; i < sums.size(); i++) {
          float[] sum = sums.get(i).values();
          float[] own = given[rank].arrays.get(i);
          if (rank == 0) {
            Arrays.fill(sum, Float.NaN);
          }
          int begin = sums.get(i).begin(ranks.task(), ranks.tasks());
          int end = sums.get(i).end(ranks.task(), ranks.tasks());
          for (int j = begin; j < end; j++) {
            sum[j] = rank == 0 ? own[j] : sum[j] + own[j];
          }
        }
      }
      await();
      return numbers;
    }

    @Override
    public void gather(List<Shared> arrays) throws IOException {
      var all = everybody(arrays.stream().map(array -> array.values().clone()).toList());
      for (int task = 0; task < all.length; task++) {
        for (int i = 0; i < arrays.size(); i++) {
          int begin = arrays.get(i).begin(task, all.length);
          int end = arrays.get(i).end(task, all.length);
          float[] own = (float[]) ((List<?>) all[task]).get(i);
          System.arraycopy(own, begin, arrays.get(i).values(), begin, end - begin);
        }
      }
    }

    @Override
    public void abort(String reason) {
      failure = "rank %d has failed: %s".formatted(ranks.first(), reason);
      failed = true;
      barrier.reset();
    }
  }
}
