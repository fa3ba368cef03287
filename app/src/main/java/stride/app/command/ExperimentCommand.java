package stride.app.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import stride.app.console.Failures;
import stride.app.console.Figures;
import stride.app.console.UsageException;
import stride.app.option.CommonOptions;
import stride.app.option.TrainingOptions;
import stride.app.report.Chart;
import stride.app.report.OutputFile;
import stride.app.run.Metrics;
import stride.app.run.RunFolder;
import stride.app.training.Experiment;
import stride.app.training.StopSignal;
import stride.app.training.TrainingRun;
import stride.format.AtomicFiles;
import stride.train.StoppedException;
import stride.train.TrainingException;
import stride.zoo.Architecture;

/** {@code stride experiment}: several trainings, one after the other, and what they show. */
@Command(
    name = "experiment",
    sortOptions = false,
    abbreviateSynopsis = true,
    description = "Train several networks alike, and compare them in a table and figures.",
    footer = {
      "",
      "degradation: plain and residual networks of 20 and 56 layers on CIFAR-10. activations:"
          + " LeNet-5 on MNIST with tanh or ReLU, average or max pooling, with and without dropout."
          + " The same command again goes on where it was stopped."
    })
public final class ExperimentCommand implements Callable<Integer> {
  private static final int STOPPED = 130;
  private static final int WIDTH = 760;
  private static final int HEIGHT = 460;

  @Parameters(paramLabel = "NAME", description = "degradation or activations.")
  private String name;

  @Option(names = "--data", paramLabel = "DATASET", description = "Default: the experiment's own.")
  private @Nullable String data;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "The folder of the data set's files, where they do not ship with Stride.")
  private @Nullable Path folder;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The folder for the runs, the table and the figures. Default: runs/NAME.")
  private @Nullable Path out;

  @Option(
      names = "--networks",
      split = ",",
      paramLabel = "NAME",
      description = "Only these of the experiment's networks, separated by commas. Default: all.")
  private @Nullable List<String> networks;

  @Mixin private TrainingOptions options;

  @Mixin private CommonOptions common;

  @Override
  public Integer call() throws IOException {
    var experiment = Experiment.named(name);
    if (networks != null) {
      experiment = experiment.of(networks);
    }
    var target = out == null ? Path.of("runs", name) : out;
    OutputFile.requireFolderName("--out", target);
    var diverged = new HashSet<String>();
    try (var stop = StopSignal.listen()) {
      for (var architecture : experiment.trainings()) {
        stop.rest();
        try {
          train(experiment, architecture, target.resolve(architecture.name()), stop);
        } catch (TrainingException e) {
          // What becomes of the others is asked for all the same.
          common.console().note("stride: %s: %s".formatted(architecture.name(), e.getMessage()));
          diverged.add(architecture.name());
        }
      }
    } catch (StoppedException e) {
      common.console().note(e.getMessage() + "; the same command again goes on");
      return STOPPED;
    }
    var rows = new ArrayList<Row>();
    var trained =
        experiment.trainings().stream()
            .map(Architecture::name)
            .filter(own -> !diverged.contains(own))
            .toList();
    if (trained.isEmpty()) {
      throw new TrainingException(
          "every training has diverged, so there is nothing to compare: a smaller learning rate may"
              + " help (--lr)");
    }
    experiment = experiment.of(trained);
    for (var architecture : experiment.trainings()) {
      rows.add(Row.of(architecture, metrics(target, architecture)));
    }
    write(target.resolve("table.md"), table(rows));
    if (experiment.figures()) {
      write(target.resolve("error.svg"), errors(experiment, target));
      write(target.resolve("gradients.svg"), gradients(experiment, target));
    }
    var json = new LinkedHashMap<String, Object>();
    json.put("experiment", name);
    json.put("runs", rows.stream().map(Row::toJson).toList());
    json.put("table", target.resolve("table.md").toString());
    json.put("diverged", diverged.stream().sorted().toList());
    common.result(json, table(rows).stripTrailing());
    return diverged.isEmpty() ? 0 : Failures.FAILED;
  }

  private void train(
      Experiment experiment, Architecture architecture, Path runFolder, StopSignal stop)
      throws IOException {
    var settings = new LinkedHashMap<String, Object>();
    settings.put("network", architecture.name());
    settings.put("data", data == null ? experiment.data() : data);
    if (folder != null) {
      settings.put("data_dir", folder.toAbsolutePath().normalize().toString());
    }
    settings.put("epochs", experiment.epochs());
    settings.putAll(experiment.settings());
    settings.putAll(options.given());
    var config = TrainingRun.complete(architecture, settings, common.seed());
    try (var run =
        RunFolder.isRun(runFolder)
            ? RunFolder.open(runFolder)
            : RunFolder.create(runFolder, config)) {
      same(runFolder, run.config().settings(), config.settings());
      if (!run.isFinished()) {
        new TrainingRun(run.config(), architecture, common).train(run, stop::asked);
      }
    }
  }

  /** A run goes on with all it was begun with, and nothing besides. */
  private static void same(
      Path runFolder, Map<String, Object> begunWith, Map<String, Object> asked) {
    var names = new LinkedHashSet<>(asked.keySet());
    names.addAll(begunWith.keySet());
    names.removeAll(List.of("stride", "java"));
    for (var name : names) {
      var before = begunWith.getOrDefault(name, "nothing");
      var now = asked.getOrDefault(name, "nothing");
      if (!before.equals(now)) {
        throw new UsageException(
            "%s was begun with %s %s, not %s: choose another --out"
                .formatted(runFolder, name, before, now));
      }
    }
  }

  private static Metrics metrics(Path target, Architecture run) throws IOException {
    return RunFolder.read(target.resolve(run.name())).metrics();
  }

  /** What came of one network. */
  private record Row(
      String network,
      int epochs,
      double trainLoss,
      double trainError,
      double testError,
      double seconds) {

    static Row of(Architecture run, Metrics metrics) {
      var last = metrics.epochs().getLast();
      return new Row(
          run.name(),
          metrics.epochs().size(),
          last.training().loss(),
          1 - last.training().accuracy(),
          1 - last.test().accuracy(),
          metrics.seconds());
    }

    Map<String, Object> toJson() {
      var json = new LinkedHashMap<String, Object>();
      json.put("network", network);
      json.put("epochs", epochs);
      json.put("train_loss", trainLoss);
      json.put("train_error", trainError);
      json.put("test_error", testError);
      json.put("seconds", seconds);
      return json;
    }

    String toMarkdown() {
      return Figures.format(
          "| %s | %d | %s | %s | %s | %s |\n",
          network,
          epochs,
          Figures.loss(trainLoss),
          Figures.percent(trainError),
          Figures.percent(testError),
          Figures.seconds(seconds));
    }
  }

  private static String table(List<Row> rows) {
    var table =
        new StringBuilder(
                "| network | epochs | training loss | training error | test error | time |\n")
            .append("|---|---:|---:|---:|---:|---:|\n");
    rows.forEach(row -> table.append(row.toMarkdown()));
    return table.toString();
  }

  /** Training error dashed, test error solid, as in the paper's figure 6. */
  private static String errors(Experiment experiment, Path target) throws IOException {
    var chart = Chart.of("Test error, and training error dashed", "epoch", "error in %");
    for (var run : experiment.trainings()) {
      var metrics = metrics(target, run);
      double[] epochs = metrics.each(Metrics.Epoch::number);
      chart =
          chart
              .line(run.name(), epochs, metrics.each(epoch -> 100 * (1 - epoch.test().accuracy())))
              .dashed(
                  "training",
                  epochs,
                  metrics.each(epoch -> 100 * (1 - epoch.training().accuracy())));
    }
    return chart.toSvg(WIDTH, HEIGHT) + "\n";
  }

  /**
   * The norms of the first epoch: behind it, networks that do not learn have smaller ones anyway.
   */
  private static String gradients(Experiment experiment, Path target) throws IOException {
    var chart =
        Chart.of("Norm of each layer's gradient, mean of the first epoch", "layer", "norm").logY();
    for (var run : experiment.trainings()) {
      double[] ys = RunFolder.firstGradientNorms(target.resolve(run.name()));
      double[] xs = new double[ys.length];
      for (int i = 0; i < xs.length; i++) {
        xs[i] = i + 1;
      }
      chart = chart.line(run.name(), xs, ys);
    }
    return chart.toSvg(WIDTH, HEIGHT) + "\n";
  }

  private static void write(Path file, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    AtomicFiles.write(file, out -> out.write(bytes));
  }
}
