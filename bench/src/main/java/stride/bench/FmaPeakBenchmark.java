package stride.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The CPU's peak: GFLOP/s of one thread, or of the threads given by {@code -t}. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
public class FmaPeakBenchmark {
  /** Read at run time, so that C2 cannot compute the chains. */
  @State(Scope.Thread)
  public static class Factor {
    float value = 0.5f;
  }

  @Benchmark
  public float peak(Factor factor, Gigaflops counter) {
    counter.gflops += FmaLoop.FLOPS * 1e-9;
    return FmaLoop.run(factor.value);
  }

  /** Counted beside the runs: JMH prints it by the second. */
  @AuxCounters
  @State(Scope.Thread)
  public static class Gigaflops {
    public double gflops;
  }
}
