package stride.bench;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import stride.kernel.Elementwise;
import stride.kernel.Kernels;

/** ReLU on one thread: its speed depends on the level of memory that holds the values. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@State(Scope.Benchmark)
public class ReluBenchmark {
  /** 16 KB, 512 KB and 64 MB: the first cache, the second, and none. */
  @Param({"4096", "131072", "16777216"})
  public int floats;

  private final Elementwise kernels = Kernels.best().elementwise();
  private float[] x;
  private float[] y;

  @Setup
  public void setUp() {
    x = new float[floats];
    y = new float[floats];
    var random = new Random(1);
    for (int i = 0; i < floats; i++) {
      x[i] = 2 * random.nextFloat() - 1;
    }
  }

  @Benchmark
  public float[] forward(Gigabytes counter) {
    kernels.relu(x, 0, y, 0, Float.POSITIVE_INFINITY, floats);
    counter.gigabytes += 2e-9 * Float.BYTES * floats;
    return y;
  }

  @Benchmark
  public float[] inPlace(Gigabytes counter) {
    kernels.relu(x, 0, x, 0, Float.POSITIVE_INFINITY, floats);
    counter.gigabytes += 2e-9 * Float.BYTES * floats;
    return x;
  }

  /** Read and written. */
  @AuxCounters
  @State(Scope.Thread)
  public static class Gigabytes {
    public double gigabytes;
  }
}
