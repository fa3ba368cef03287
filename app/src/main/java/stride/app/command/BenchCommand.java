package stride.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;
import stride.app.bench.LoaderTiming;
import stride.app.bench.Mode;
import stride.app.bench.PeakMemory;
import stride.app.bench.SimulatedWorkers;
import stride.app.bench.Stopwatch;
import stride.app.bench.Timing;
import stride.app.bench.Workload;
import stride.app.console.Figures;
import stride.app.console.Table;
import stride.app.console.UsageException;
import stride.app.option.CommonOptions;
import stride.app.option.DataOptions;
import stride.app.option.LayoutOption;
import stride.app.option.OnnxFiles;
import stride.app.option.PictureArguments;
import stride.app.option.ShapeConverter;
import stride.data.FolderLayout;
import stride.data.ImageFolder;
import stride.data.augment.AugmentationPreset;
import stride.engine.Engine;
import stride.engine.Profile;
import stride.kernel.Kernels;
import stride.network.Network;
import stride.tensor.Shape;
import stride.zoo.Architecture;
import stride.zoo.TrainedOn;
import stride.zoo.Zoo;

/** {@code stride bench}: how fast a network runs or learns on this machine. */
@Command(
    name = "bench",
    sortOptions = false,
    description = "Measure how fast a network is, with random weights on random images.",
    footer = {
      "",
      "With --loader: how many of a folder's pictures are decoded and augmented a second, and what"
          + " a training (of resnet18, with batches of 16, unless told otherwise) gets of them.",
      "A training step is the forward pass, the loss, the backward pass and the update by SGD with"
          + " momentum; it counts as three forward passes. The spread is the interquartile range."
    })
public final class BenchCommand implements Callable<Integer> {
  private static final int PROFILED_STEPS = 10;

  /** So many seconds each of the measurements with a loader takes. */
  private static final double LOADER_SECONDS = 8;

  @Parameters(
      arity = "0..1",
      paramLabel = "NETWORK|FILE.onnx",
      description = "A name that \"stride networks\" lists, or an ONNX file.")
  private @Nullable String given;

  private String network = "resnet18";

  private Architecture architecture = Zoo.find(network);

  @Option(
      names = "--loader",
      paramLabel = "DIR",
      description = "Measure a training's loader on the pictures of this folder.")
  private @Nullable Path pictures;

  @Option(
      names = "--augment",
      paramLabel = "PRESET",
      converter = DataOptions.PresetConverter.class,
      description =
          "How the loader varies them: none, light, standard or strong. Default: standard.")
  private @Nullable AugmentationPreset augment;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      converter = ModeConverter.class,
      description =
          "${COMPLETION-CANDIDATES}. Default: inference, with --simulate-workers training.")
  private @Nullable Mode givenMode;

  private Mode mode = Mode.INFERENCE;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Images to a step. Default: 32, with --loader 16.")
  private @Nullable Integer givenBatch;

  private int batch;

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

  @Mixin private SimulatedWorkers workers;

  @Option(names = "--layers", description = "Time each layer too.")
  private boolean layers;

  @Option(
      names = "--exact",
      description = "Only convolutions that sum as their definition says: no Winograd.")
  private boolean exact;

  @Mixin private LayoutOption layout;

  @Mixin private PictureArguments arguments;

  @Mixin private CommonOptions common;

  @Override
  public Integer call() throws IOException, InterruptedException {
    batch = givenBatch != null ? givenBatch : pictures == null ? 32 : 16;
    CommonOptions.atLeastOne("--batch", batch);
    CommonOptions.atLeastOne("--steps", steps);
    if (given != null) {
      network = given;
    } else if (pictures == null) {
      throw new UsageException("say which network to measure, such as: bench resnet50");
    }
    if (augment != null && pictures == null) {
      throw new UsageException("--augment goes with --loader DIR");
    }
    if (givenMode != null) {
      mode = givenMode;
    }
    checkWorkers();
    if (pictures == null && arguments.areGiven()) {
      throw new UsageException(
          "--no-exif and --max-pixels go with pictures, without --loader DIR there are none");
    }
    layout.of(network);
    architecture =
        OnnxFiles.is(network)
            ? OnnxFiles.architecture(Path.of(network), input, layout.given())
            : Zoo.find(network);
    var shape = input == null ? architecture.input() : input;
    var made = architecture.network(shape, architecture.classes());
    try (var engine = exact ? Engine.exact(common.threads(), Kernels.best()) : common.engine()) {
      if (pictures != null) {
        loader(pictures, architecture, made, engine);
        return 0;
      }
      var detector = architecture.detector();
      var workload =
          detector == null
              ? Workload.of(mode, made, batch, common.seed(), engine)
              : Workload.ofDetector(mode, made, detector.method(), batch, common.seed(), engine);
      var stopwatch = new Stopwatch(workload.step());
      stopwatch.warmUp();
      var timing = steps == null ? stopwatch.time() : stopwatch.time(steps);
      if (workers.areGiven()) {
        var report = workers.report(network, made, workload, batch, timing, engine.threads());
        common.result(report.json(), report.text());
        return 0;
      }
      report(made, timing, layers ? layerTimes(workload) : List.of(), engine.threads());
    }
    return 0;
  }

  private void checkWorkers() {
    workers.check();
    if (!workers.areGiven()) {
      return;
    }
    String other =
        pictures != null
            ? "--loader"
            : layers ? "--layers" : givenMode == Mode.INFERENCE ? "--mode inference" : null;
    if (other != null) {
      throw new UsageException("%s does not go with --simulate-workers".formatted(other));
    }
    mode = Mode.TRAINING;
  }

  /** Measures what a training gets of a folder's pictures. */
  private void loader(Path folder, Architecture architecture, Network made, Engine engine)
      throws IOException, InterruptedException {
    if (architecture.detector() != null) {
      throw new UsageException(
          "--loader measures pictures of classes, %s finds boxes: measure it without"
              .formatted(network));
    }
    if (architecture.painter() != null) {
      throw new UsageException(
          "--loader measures pictures of classes, %s paints: measure it without"
              .formatted(network));
    }
    if (givenMode != null || layers || steps != null) {
      throw new UsageException("--mode, --layers and --steps do not go with --loader");
    }
    var images =
        ImageFolder.of(
            FolderLayout.of(folder).learnFrom(),
            TrainedOn.of(architecture).orElse(TrainedOn.IMAGENET).preprocessing(made.input()),
            arguments.options());
    var preset = augment == null ? AugmentationPreset.STANDARD : augment;
    var workload = Workload.of(Mode.TRAINING, made, batch, common.seed(), engine);
    var timing =
        LoaderTiming.of(
            images, preset.of(images.shape()), workload, engine.threads(), LOADER_SECONDS);
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("network", network);
    json.put("folder", folder.toString());
    json.put("pictures", images.size());
    json.put("input", made.input().sizes());
    json.put("batch", batch);
    json.put("threads", engine.threads());
    json.put("loader_alone", timing.loaderAlone());
    json.put("training_alone", timing.trainingAlone());
    json.put("loader_beside_training", timing.loaderBeside());
    json.put("training_beside_loader", timing.trainingBeside());
    json.put("training_from_loader", timing.trainingFed());
    var table = Table.of("images/s", ">alone", ">both at once");
    table.row("loader", rate(timing.loaderAlone()), rate(timing.loaderBeside()));
    table.row("training", rate(timing.trainingAlone()), rate(timing.trainingBeside()));
    common.result(
        json,
        Figures.format(
            "%s, %s, batches of %,d of %s%n%n%s%n%nA training that gets its images from the loader:"
                + " %,.1f images/s.",
            network,
            Figures.count(engine.threads(), "thread"),
            batch,
            made.input(),
            table,
            timing.trainingFed()));
  }

  private static String rate(double imagesPerSecond) {
    return Figures.format("%,.1f", imagesPerSecond);
  }

  /** The mean of some steps, after some that warm up phases that run by themselves. */
  private List<Profile.LayerTime> layerTimes(Workload workload) {
    var warmUp = workload.plan().profile();
    for (int i = 0; i < PROFILED_STEPS; i++) {
      warmUp.step(batch);
    }
    var profile = workload.plan().profile();
    for (int i = 0; i < PROFILED_STEPS; i++) {
      profile.step(batch);
    }
    return profile.layers();
  }

  private void report(
      Network made, Timing timing, List<Profile.LayerTime> layerTimes, int threads) {
    double imagesPerSecond = batch / timing.median();
    double gigaflops = 2e-9 * architecture.multiplyAdds(made) * mode.passes() * imagesPerSecond;
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
    json.put("allocated_bytes_per_step", timing.allocatedBytes());
    json.put("peak_rss_mb", peak);
    if (layers) {
      json.put("layers", layerTimes.stream().map(this::json).toList());
    }
    common.result(
        json,
        (layers ? table(layerTimes) + "\n\n" : "")
            + Figures.format(
                "%s, %s, batches of %,d of %s, %s: %,.1f images/s, %,.1f GFLOP/s%n"
                    + "%,.3f ms a step (median of %,d; fastest %,.3f ms, spread %,.3f ms)%s%n"
                    + "%,d bytes allocated a step, by all threads",
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
                peak == null ? "" : Figures.format(", at most %,.0f MB of memory", peak),
                timing.allocatedBytes()));
  }

  private Map<String, @Nullable Object> json(Profile.LayerTime layer) {
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("name", layer.name());
    json.put("kind", layer.kind());
    json.put("kernel", layer.kernel());
    json.put("forward_milliseconds", 1e3 * layer.forwardSeconds());
    json.put("backward_milliseconds", 1e3 * layer.backwardSeconds());
    json.put("forward_gflops", gigaflops(layer, layer.forwardSeconds(), 1));
    json.put("backward_gflops", gigaflops(layer, layer.backwardSeconds(), 2));
    return json;
  }

  private double gigaflops(Profile.LayerTime layer, double seconds, int passes) {
    return seconds > 0 ? 2e-9 * layer.multiplyAdds() * batch * passes / seconds : 0;
  }

  private String table(List<Profile.LayerTime> layerTimes) {
    var table =
        Table.of("layer", "kind", "kernel", ">forward ms", ">GFLOP/s", ">backward ms", ">GFLOP/s");
    for (var layer : layerTimes) {
      table.row(
          layer.name(),
          layer.kind(),
          layer.kernel() == null ? "" : layer.kernel(),
          Figures.format("%,.3f", 1e3 * layer.forwardSeconds()),
          Figures.format("%,.1f", gigaflops(layer, layer.forwardSeconds(), 1)),
          Figures.format("%,.3f", 1e3 * layer.backwardSeconds()),
          Figures.format("%,.1f", gigaflops(layer, layer.backwardSeconds(), 2)));
    }
    return table.toString();
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
