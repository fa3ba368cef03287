package stride.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import stride.app.report.Chart;
import stride.app.run.RunFolder;
import stride.format.AtomicFiles;
import stride.train.StoppedException;
import stride.zoo.Architecture;
import tools.jackson.jr.ob.JSON;

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
final class ExperimentCommand implements Callable<Integer> {
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
    try (var stop = StopSignal.listen()) {
      for (var architecture : experiment.trainings()) {
        train(experiment, architecture, target.resolve(architecture.name()), stop);
      }
    } catch (StoppedException e) {
      common.console().note(e.getMessage() + "; the same command again goes on");
      return STOPPED;
    }
    var rows = new ArrayList<Map<String, Object>>();
    for (var architecture : experiment.trainings()) {
      rows.add(row(architecture, lines(target, architecture, "metrics.jsonl")));
    }
    write(target.resolve("table.md"), table(rows));
    if (experiment.figures()) {
      write(target.resolve("error.svg"), errors(experiment, target));
      write(target.resolve("gradients.svg"), gradients(experiment, target));
    }
    var json = new LinkedHashMap<String, Object>();
    json.put("experiment", name);
    json.put("runs", rows);
    json.put("table", target.resolve("table.md").toString());
    common.result(json, table(rows).stripTrailing());
    return 0;
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
        Files.exists(runFolder.resolve("config.json"))
            ? RunFolder.open(runFolder)
            : RunFolder.create(runFolder, config)) {
      config
          .settings()
          .forEach(
              (setting, value) -> {
                var begunWith = run.config().settings().get(setting);
                if (!value.equals(begunWith) && !List.of("stride", "java").contains(setting)) {
                  throw new UsageException(
                      "%s was begun with %s %s, not %s: choose another --out"
                          .formatted(runFolder, setting, begunWith, value));
                }
              });
      if (!run.isFinished()) {
        new TrainingRun(run.config(), architecture, common).train(run, stop::asked);
      }
    }
  }

  private static List<Map<String, Object>> lines(Path target, Architecture run, String file)
      throws IOException {
    var lines = new ArrayList<Map<String, Object>>();
    for (var line : Files.readAllLines(target.resolve(run.name()).resolve(file))) {
      lines.add(JSON.std.mapFrom(line));
    }
    return lines;
  }

  private static Map<String, Object> row(Architecture run, List<Map<String, Object>> epochs) {
    var last = epochs.getLast();
    var row = new LinkedHashMap<String, Object>();
    row.put("network", run.name());
    row.put("epochs", epochs.size());
    row.put("train_loss", number(last, "loss"));
    row.put("train_error", 1 - number(last, "accuracy"));
    row.put("test_error", 1 - number(last, "test_accuracy"));
    row.put("seconds", epochs.stream().mapToDouble(epoch -> number(epoch, "seconds")).sum());
    return row;
  }

  private static double number(Map<String, Object> line, String name) {
    if (line.get(name) instanceof Number number) {
      return number.doubleValue();
    }
    throw new IllegalArgumentException(
        "a line of the metrics has no number \"%s\"".formatted(name));
  }

  private static String table(List<Map<String, Object>> rows) {
    var table =
        new StringBuilder(
                "| network | epochs | training loss | training error | test error | time |\n")
            .append("|---|---:|---:|---:|---:|---:|\n");
    for (var row : rows) {
      table.append(
          Figures.format(
              "| %s | %s | %.4f | %s | %s | %s |\n",
              String.valueOf(row.get("network")),
              String.valueOf(row.get("epochs")),
              number(row, "train_loss"),
              Figures.percent(number(row, "train_error")),
              Figures.percent(number(row, "test_error")),
              Figures.seconds(number(row, "seconds"))));
    }
    return table.toString();
  }

  /** Training error dashed, test error solid, as in the paper's figure 6. */
  private static String errors(Experiment experiment, Path target) throws IOException {
    var chart = Chart.of("Test error, and training error dashed", "epoch", "error in %");
    for (var run : experiment.trainings()) {
      var epochs = lines(target, run, "metrics.jsonl");
      double[] xs = epochs.stream().mapToDouble(epoch -> number(epoch, "epoch")).toArray();
      chart =
          chart
              .line(run.name(), xs, errors(epochs, "test_accuracy"))
              .dashed("training", xs, errors(epochs, "accuracy"));
    }
    return chart.toSvg(WIDTH, HEIGHT) + "\n";
  }

  private static double[] errors(List<Map<String, Object>> epochs, String accuracy) {
    return epochs.stream().mapToDouble(epoch -> 100 * (1 - number(epoch, accuracy))).toArray();
  }

  /**
   * The norms of the first epoch: behind it, networks that do not learn have smaller ones anyway.
   */
  private static String gradients(Experiment experiment, Path target) throws IOException {
    var chart =
        Chart.of("Norm of each layer's gradient, mean of the first epoch", "layer", "norm").logY();
    for (var run : experiment.trainings()) {
      var first = lines(target, run, "gradients.jsonl").getFirst();
      if (!(first.get("gradients") instanceof Map<?, ?> norms)) {
        throw new IllegalArgumentException("gradients.jsonl has no \"gradients\"");
      }
      double[] ys =
          norms.values().stream().mapToDouble(norm -> ((Number) norm).doubleValue()).toArray();
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
