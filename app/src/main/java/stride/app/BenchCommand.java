package stride.app;

import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;
import stride.app.bench.Mode;
import stride.app.bench.PeakMemory;
import stride.app.bench.Stopwatch;
import stride.app.bench.Timing;
import stride.app.bench.Workload;
import stride.network.Network;
import stride.tensor.Shape;
import stride.zoo.Zoo;

/** {@code stride bench}: how fast a network runs or learns on this machine. */
@Command(
    name = "bench",
    sortOptions = false,
    description = "Measure how fast a network is, with random weights on random images.",
    footer = {
      "",
      "A training step is the forward pass, the loss, the backward pass and the update by SGD with"
          + " momentum; it counts as three forward passes. The spread is the interquartile range."
    })
final class BenchCommand implements Runnable {
  @Parameters(paramLabel = "NETWORK", description = "A name that \"stride networks\" lists.")
  private String network;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      converter = ModeConverter.class,
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private Mode mode = Mode.INFERENCE;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Images to a step. Default: ${DEFAULT-VALUE}.")
  private int batch = 32;

  @Option(
      names = "--input",
      paramLabel = "HxWxC",
      converter = ShapeConverter.class,
      description =
          "The images: height x width x channels. Default: those the network was made for.")
  private @Nullable Shape input;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description =
          "How many steps to time, after the first ones that do not count. Default: at least 10,"
              + " and as many as fit into 3 seconds.")
  private @Nullable Integer steps;

  @Mixin private CommonOptions common;

  @Override
  public void run() {
    CommonOptions.atLeastOne("--batch", batch);
    CommonOptions.atLeastOne("--steps", steps);
    var architecture = Zoo.find(network);
    var shape = input == null ? architecture.input() : input;
    var made = architecture.network(shape, architecture.classes());
    try (var engine = common.engine()) {
      var workload = Workload.of(mode, made, batch, common.seed(), engine);
      var stopwatch = new Stopwatch(workload.step());
      stopwatch.warmUp();
      report(made, steps == null ? stopwatch.time() : stopwatch.time(steps), engine.threads());
    }
  }

  private void report(Network made, Timing timing, int threads) {
    double imagesPerSecond = batch / timing.median();
    double gigaflops = 2e-9 * made.multiplyAdds() * mode.passes() * imagesPerSecond;
    Double peak = PeakMemory.megabytes();
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("network", network);
    json.put("mode", mode.toString());
    json.put("input", made.input().sizes());
    json.put("batch", batch);
    json.put("threads", threads);
    json.put("steps", timing.steps());
    json.put("images_per_second", imagesPerSecond);
    json.put("milliseconds", 1e3 * timing.median());
    json.put("milliseconds_min", 1e3 * timing.minimum());
    json.put("spread", 1e3 * timing.spread());
    json.put("gflops", gigaflops);
    json.put("peak_rss_mb", peak);
    common.result(
        json,
        Figures.format(
            "%s, %s, batches of %,d of %s, %s: %,.1f images/s, %,.1f GFLOP/s%n"
                + "%,.3f ms a step (median of %,d; fastest %,.3f ms, spread %,.3f ms)%s",
            network,
            mode,
            batch,
            made.input(),
            Figures.count(threads, "thread"),
            imagesPerSecond,
            gigaflops,
            1e3 * timing.median(),
            timing.steps(),
            1e3 * timing.minimum(),
            1e3 * timing.spread(),
            peak == null ? "" : Figures.format(", at most %,.0f MB of memory", peak)));
  }

  /** Reads a mode of the command line. */
  static final class ModeConverter implements ITypeConverter<Mode> {
    @Override
    public Mode convert(String text) {
      for (var mode : Mode.values()) {
        if (mode.toString().equals(text)) {
          return mode;
        }
      }
      throw new TypeConversionException("expected inference or training, found " + text);
    }
  }
}
