package stride.bench;

import static stride.layer.Layers.conv;

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

/**
 * A network of one 3x3 convolution with stride 1, in the four shapes of ResNet-18's stages.
 * Backward computes the gradients of the filters and of the input. GFLOP/s are those of the direct
 * algorithm, so Winograd's may pass the CPU's peak.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@State(Scope.Benchmark)
public class ConvolutionBenchmark {
  /** Channels, in and out, at a height and width. */
  @Param({"64@56", "128@28", "256@14", "512@7"})
  public String shape;

  @Param("16")
  public int batch;

  @Param("2")
  public int threads;

  private OneLayer layer;

  @Setup
  public void setUp() {
    String[] parts = shape.split("@", 2);
    int channels = Integer.parseInt(parts[0]);
    int size = Integer.parseInt(parts[1]);
    var network =
        Network.of(Shape.image(size, size, channels), conv(channels, 3).padding(1).noBias());
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
