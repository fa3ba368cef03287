package stride.bench;

import static stride.layer.Layers.dense;

import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import stride.network.Network;
import stride.tensor.Shape;

/** A dense layer: a product of matrices; with a batch of 1, memory bandwidth limits its speed. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@State(Scope.Benchmark)
public class DenseBenchmark {
  /** Inputs and outputs: ResNet's last layer, VGG-16's second. */
  @Param({"512x1000", "4096x4096"})
  public String matrix;

  @Param({"1", "16"})
  public int batch;

  @Param("2")
  public int threads;

  private OneLayer layer;

  @Setup
  public void setUp() {
    String[] parts = matrix.split("x", 2);
    var network =
        Network.of(
            Shape.of(Integer.parseInt(parts[0])), dense(Integer.parseInt(parts[1])).noBias());
    layer = new OneLayer(network, batch, threads);
  }

  @TearDown
  public void tearDown() {
    layer.close();
  }

  @Benchmark
  public void forward(FmaPeakBenchmark.Gigaflops counter) {
    layer.forward();
    counter.gflops += layer.gigaflops();
  }

  @Benchmark
  public void backward(FmaPeakBenchmark.Gigaflops counter) {
    layer.backward();
    counter.gflops += 2 * layer.gigaflops();
  }
}
