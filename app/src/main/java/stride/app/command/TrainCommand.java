package stride.app.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import stride.app.console.Figures;
import stride.app.console.UsageException;
import stride.app.data.DataSource;
import stride.app.option.CommonOptions;
import stride.app.option.DataOptions;
import stride.app.option.LayoutConverter;
import stride.app.option.LayoutOption;
import stride.app.option.NormalizationOptions;
import stride.app.option.OnnxFiles;
import stride.app.option.RankOptions;
import stride.app.option.StyleOptions;
import stride.app.option.TrainingOptions;
import stride.app.option.WeightsSource;
import stride.app.run.EpochTable;
import stride.app.run.Metrics;
import stride.app.run.RunConfig;
import stride.app.run.RunFolder;
import stride.app.training.StopSignal;
import stride.app.training.TrainingRun;
import stride.format.FileException;
import stride.tensor.Shape;
import stride.train.StoppedException;
import stride.train.TrainingException;

/** {@code stride train}: makes a model of a network and a data set. */
@Command(
    name = "train",
    sortOptions = false,
    abbreviateSynopsis = true,
    description = "Train a network on a data set, test it, and save the model.",
    footer = {
      "",
      "What is not given comes from the network's own recipe. Ctrl-C stops after the running step;"
          + " --resume goes on as if there had been no break."
    })
public final class TrainCommand implements Callable<Integer> {
  /** As shells report a program that Ctrl-C ended. */
  private static final int STOPPED = 130;

  @Parameters(
      arity = "0..1",
      paramLabel = "NETWORK",
      description =
          "A name that \"stride networks\" lists. Without one, --weights FILE.onnx brings the"
              + " network.")
  private @Nullable String network;

  @Option(
      names = "--data",
      paramLabel = "DATASET|DIR",
      description =
          "mnist, which ships with Stride, fashion-mnist, cifar10, or a folder with train/ and val/"
              + " (or test/), in each one sub-folder a class; with --val-fraction one such folder,"
              + " or a table (.csv) of files and their labels. For detectors a folder of pictures"
              + " with boxes (COCO, Pascal VOC, YOLO), for networks that paint any folder of"
              + " pictures.")
  private @Nullable String data;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "The folder of the data set's files, if they are not to be found or downloaded.")
  private @Nullable Path folder;

  @Mixin private DataOptions dataOptions;

  @Mixin private LayoutOption layout;

  @Mixin private NormalizationOptions normalization;

  @Mixin private TrainingOptions options;

  @Mixin private StyleOptions style;

  @Mixin private RankOptions ranks;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "The folder for the model, its checkpoint and metrics. Default: runs/NETWORK-DATASET, or"
              + " that with a number behind it.")
  private @Nullable Path out;

  /** What a run may be resumed with anew: its length, and where its files are. */
  private static final Set<String> CHANGEABLE =
      Set.of("epochs", "data", "data_dir", "weights", "style", "loss_weights", "test_photo");

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      description =
          "Go on with the run in this folder; it knows the network and all settings. --epochs gives"
              + " it more or fewer; --data, --data-dir, --weights, --style, --loss-weights and"
              + " --test-photo say where files have moved to.")
  private @Nullable Path resume;

  @Mixin private CommonOptions common;

  @Override
  public Integer call() throws IOException {
    if (ranks.given() && !ranks.leads()) {
      return join();
    }
    // Listening begins before there is a run folder and ends when all is said: whenever Ctrl-C
    // comes, what is on disk can be gone on with.
    try (var stop = StopSignal.listen();
        var run = resume == null ? begin() : goOn(resume)) {
      if (run.isFinished()) {
        common
            .console()
            .note("%s is finished; there is nothing to go on with".formatted(run.path()));
      } else if (!train(run, stop)) {
        return STOPPED;
      }
      report(run);
      return 0;
    }
  }

  /** Computes ranks of a run whose folder the process of rank 0 writes. */
  private int join() throws IOException {
    if (resume != null || out != null) {
      throw new UsageException(
          "%s goes with rank 0, which alone has the run's folder; start %s with the network, data and options that the run was begun with"
              .formatted(resume != null ? "--resume" : "--out", ranks.rank()));
    }
    try (var stop = StopSignal.listen()) {
      new TrainingRun(config(), common, ranks).join(stop::asked);
      return 0;
    } catch (StoppedException e) {
      common.console().note(String.valueOf(e.getMessage()));
      return STOPPED;
    }
  }

  /** A new run, with what is not given from the network's recipe. */
  private RunFolder begin() throws IOException {
    var config = config();
    return out == null
        ? RunFolder.createBeside(
            Path.of("runs", config.network() + "-" + name(config.data())), config)
        : RunFolder.create(out, config);
  }

  /** The settings of a new run. */
  private RunConfig config() throws IOException {
    var settings = given();
    String weights = settings.get("weights") instanceof String file ? file : null;
    boolean onnx = weights != null && OnnxFiles.is(weights);
    if ((network == null && !onnx) || data == null) {
      throw new UsageException(
          "say which network to train on which data, such as: train lenet5 --data mnist");
    }
    if (network != null && onnx) {
      throw new UsageException("%s holds its network: leave %s out".formatted(weights, network));
    }
    var architecture =
        OnnxFiles.architecture(
            network == null ? "" : network,
            weights,
            settings.get("input") instanceof Shape images ? images : null,
            layout.of(weights == null ? "" + network : weights));
    settings.putIfAbsent("network", architecture.name());
    if (weights != null) {
      WeightsSource.of(architecture, weights);
    }
    return TrainingRun.complete(architecture, settings, common.seed());
  }

  /** A data set's name, or the last of a folder's names. */
  private static String name(String data) {
    return String.valueOf(Path.of(data).toAbsolutePath().normalize().getFileName());
  }

  /** What is given on the command line, each under its option's name. */
  private Map<String, Object> given() {
    var given = new LinkedHashMap<String, Object>();
    if (network != null) {
      given.put("network", network);
    }
    if (data != null) {
      given.put("data", DataSource.lasting(data));
    }
    if (folder != null) {
      given.put("data_dir", full(folder.toString()));
    }
    given.putAll(dataOptions.given());
    var images = layout.given();
    if (images != null) {
      given.put("layout", LayoutConverter.text(images));
    }
    given.putAll(options.given());
    given.putAll(style.given());
    String file = given.get("weights") instanceof String weights ? weights : "" + network;
    // A run that is gone on with compares what is given with its own settings.
    given.putAll(resume == null ? normalization.given(file) : normalization.given());
    if (given.get("weights") instanceof String weights) {
      given.put("weights", WeightsSource.lasting(weights));
    }
    return given;
  }

  /** A path that means the same wherever a run is gone on with. */
  private static String full(String path) {
    return Path.of(path).toAbsolutePath().normalize().toString();
  }

  /** An earlier run; what is given besides has to be what it was begun with, or changeable. */
  private RunFolder goOn(Path earlier) throws IOException {
    var run = RunFolder.open(earlier);
    try {
      var begunWith = run.config().settings();
      var changes = new LinkedHashMap<String, Object>();
      new RunConfig(given())
          .settings()
          .forEach(
              (name, value) -> {
                if (!canChange(name, value, begunWith.get(name))) {
                  same(earlier, option(name), value, begunWith.get(name));
                } else if (!value.equals(begunWith.get(name))) {
                  changes.put(name, value);
                }
              });
      same(earlier, "--seed", common.givenSeed(), run.config().seed());
      same(
          earlier,
          "--out",
          out == null ? null : out.toAbsolutePath().normalize(),
          earlier.toAbsolutePath().normalize());
      // The place of its files is of no use to a run that has come to its end.
      if (!changes.isEmpty() && (!run.isFinished() || changes.containsKey("epochs"))) {
        run.change(changes);
      }
      return run;
    } catch (RuntimeException e) {
      run.close();
      throw e;
    }
  }

  private static boolean canChange(String name, Object value, @Nullable Object begunWith) {
    return begunWith != null
        && CHANGEABLE.contains(name)
        // A named data set does not move, but its files may: --data-dir.
        && !(name.equals("data")
            && (DataSource.isNamed(value.toString()) || DataSource.isNamed(begunWith.toString())));
  }

  private static String option(String setting) {
    return setting.equals("network") ? "NETWORK" : "--" + setting.replace('_', '-');
  }

  private static void same(
      Path run, String option, @Nullable Object given, @Nullable Object begunWith) {
    if (given != null && !given.equals(begunWith)) {
      throw new UsageException(
          "%s %s does not go with --resume %s: that run was begun with %s; leave %s out"
              .formatted(
                  option, given, run, begunWith == null ? "none" : begunWith.toString(), option));
    }
  }

  /** Trains to the end, or until it is asked to stop; tells which. */
  private boolean train(RunFolder run, StopSignal stop) throws IOException {
    try {
      var training =
          ranks.given()
              ? new TrainingRun(run.config(), common, ranks)
              : new TrainingRun(run.config(), common);
      training.train(run, stop::asked);
      return true;
    } catch (StoppedException e) {
      common
          .console()
          .note(
              "%s; to go on: ./stride train --resume %s"
                  .formatted(e.getMessage(), quoted(run.path())));
      return false;
    } catch (TrainingException e) {
      common
          .console()
          .note(
              Files.exists(run.best())
                  ? "the training has ended early; the model of its best epoch is kept in %s"
                      .formatted(run.best())
                  : "the training has ended before its first epoch was over: no model is kept");
      throw e;
    } catch (IOException | UncheckedIOException e) {
      if (Files.exists(run.checkpoint())) {
        common
            .console()
            .note(
                "the training has ended early; to go on: ./stride train --resume "
                    + quoted(run.path()));
      }
      throw e;
    }
  }

  /** A path as a shell takes it. */
  private static String quoted(Path path) {
    return path.toString().matches("[\\w./:\\\\-]+") ? path.toString() : "'" + path + "'";
  }

  private void report(RunFolder run) throws IOException {
    var config = run.config();
    var metrics = Metrics.read(run.metrics());
    var last =
        metrics
            .last()
            .orElseThrow(() -> new FileException("%s: holds no epochs".formatted(run.metrics())));
    var json = new LinkedHashMap<String, Object>();
    json.put("network", config.network());
    json.put("dataset", config.data());
    json.put("epochs", metrics.epochs().size());
    json.put("seed", config.seed());
    last.test().metrics().forEach((name, value) -> json.put("test_" + name, value));
    json.put("train_loss", last.training().loss());
    json.put("seconds", metrics.seconds());
    json.put("images_per_second", metrics.imagesPerSecond());
    json.put("model", run.model().toString());
    common.result(
        json,
        """
        %s

        %s after %s in %s; saved %s
        To look at it: ./stride report %s\
        """
            .formatted(
                EpochTable.of(metrics),
                result(last),
                Figures.count(metrics.epochs().size(), "epoch"),
                Figures.seconds(metrics.seconds()),
                run.model(),
                quoted(run.path())));
  }

  /** "97.91 % of 10,000 test images right"; of several labels also how many of these are. */
  private static String result(Metrics.Epoch last) {
    var test = last.test();
    if (test.metrics().containsKey("ap50")) {
      return "AP50 of %s, AP of %s on %s test images"
          .formatted(
              Figures.percent(test.metric("ap50")),
              Figures.percent(test.metric("ap")),
              Figures.count(last.testImages()));
    }
    if (Double.isNaN(test.accuracy())) {
      return "a test loss of %s".formatted(Figures.loss(test.loss()));
    }
    double labels = test.metric("label_accuracy");
    return "%s of %s test images right%s"
        .formatted(
            Figures.percent(test.accuracy()),
            Figures.count(last.testImages()),
            Double.isNaN(labels)
                ? ""
                : " in all labels, and %s of the labels,".formatted(Figures.percent(labels)));
  }
}
