package stride.bench;

import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import stride.kernel.Kernels;

/** Prints, as JSON, the kernels that run on this machine and its peak: {@code Machine THREADS}. */
final class Machine {
  private static final double SECONDS = 0.3;
  private static final int RUNS = 4;

  private Machine() {}

  public static void main(String[] args) {
    int threads = Integer.parseInt(args[0]);
    System.out.printf(
        Locale.ROOT,
        "{\"kernels\": \"%s\", \"gflops_one_thread\": %.1f, \"gflops_all_threads\": %.1f}%n",
        Kernels.best().name(),
        best(1),
        best(threads));
  }

  /** Returns the best of several runs: in the first ones the loop may not be compiled yet. */
  private static double best(int threads) {
    return DoubleStream.generate(() -> peak(threads)).limit(RUNS).max().orElseThrow();
  }

  /** Returns the GFLOP/s of multiply-adds on {@code threads} threads. */
  private static double peak(int threads) {
    return IntStream.range(0, threads)
        .mapToObj(
            i -> {
              var runner = new Runner();
              runner.start();
              return runner;
            })
        .toList()
        .stream()
        .mapToDouble(Runner::result)
        .sum();
  }

  private static final class Runner extends Thread {
    private double gigaflops;
    private float sum;

    @Override
    public void run() {
      long start = System.nanoTime();
      long runs = 0;
      double seconds;
      do {
        sum += FmaLoop.run(0.5f + sum * 0);
        runs++;
        seconds = (System.nanoTime() - start) * 1e-9;
      } while (seconds < SECONDS);
      gigaflops = 1e-9 * FmaLoop.FLOPS * runs / seconds;
    }

    double result() {
      try {
        join();
        return gigaflops;
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
