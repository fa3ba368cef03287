package stride.app.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import stride.app.console.Figures;
import stride.app.console.UsageException;
import stride.app.data.TrainingData;
import stride.app.option.CommonOptions;
import stride.app.option.DataOptions;
import stride.app.option.StyleOptions;
import stride.app.option.TrainingOptions;
import stride.app.option.WeightsSource;
import stride.app.report.Chart;
import stride.app.report.OutputFile;
import stride.app.training.TrainingRun;
import stride.train.LearningRateFinder;
import stride.zoo.Zoo;

/** {@code stride lr-find}: which learning rate suits a network and a data set. */
@Command(
    name = "lr-find",
    sortOptions = false,
    abbreviateSynopsis = true,
    description = "Try learning rates from small to large, and suggest one.",
    footer = {
      "",
      "The learning-rate range test (Smith 2017): the rate grows from step to step. The suggested"
          + " one is a tenth of the rate with the smallest loss, if the test can tell. Options of"
          + " the rate's course, of epochs and of averaged weights are refused."
    })
public final class LrFindCommand implements Callable<Integer> {
  /** Settings of the rate's course and of what epochs there are. */
  private static final List<String> OF_WHOLE_TRAININGS =
      List.of(
          "epochs",
          "lr",
          "schedule",
          "lr_step",
          "milestones",
          "lr_gamma",
          "lr_patience",
          "warmup_epochs",
          "ema",
          "early_stopping",
          "log_gradients",
          "test_photo",
          "unfreeze_after");

  private static final int WIDTH = 720;
  private static final int HEIGHT = 420;

  @Parameters(paramLabel = "NETWORK", description = "A name that \"stride networks\" lists.")
  private String network;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DATASET|DIR",
      description = "As in \"stride train\".")
  private String data;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "The folder of the data set's files, where they do not ship with Stride.")
  private @Nullable Path folder;

  @Option(names = "--from", paramLabel = "X", description = "The first rate. Default: 1e-6.")
  private double from = 1e-6;

  @Option(names = "--to", paramLabel = "X", description = "The last rate. Default: 10.")
  private double to = 10;

  @Option(names = "--steps", paramLabel = "N", description = "How many rates. Default: 150.")
  private int steps = 150;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "Where to draw the losses against the rates, as .svg, .png or .jpg. Default:"
              + " lr-find.svg.")
  private Path out = Path.of("lr-find.svg");

  @Mixin private DataOptions dataOptions;

  @Mixin private TrainingOptions options;

  @Mixin private StyleOptions style;

  @Mixin private CommonOptions common;

  @Override
  public Integer call() throws IOException {
    if (!(from > 0 && to > from) || steps < 10) {
      throw new UsageException(
          "--from is above 0, --to above it, --steps 10 or more; found %s, %s and %d"
              .formatted(from, to, steps));
    }
    var plot = OutputFile.drawing("--out", out);
    var architecture = Zoo.find(network);
    var settings = new LinkedHashMap<String, Object>();
    settings.put("network", network);
    settings.put("data", data);
    if (folder != null) {
      settings.put("data_dir", folder.toString());
    }
    settings.putAll(dataOptions.given());
    settings.putAll(options.given());
    settings.putAll(style.given());
    for (var name : OF_WHOLE_TRAININGS) {
      if (settings.containsKey(name)) {
        throw new UsageException(
            "--%s does not go with lr-find, which tries rates for %d steps and ends"
                .formatted(name.replace('_', '-'), steps));
      }
    }
    if (settings.get("weights") instanceof String weights) {
      WeightsSource.of(architecture, weights);
    }
    var config = TrainingRun.complete(architecture, settings, common.seed());
    LearningRateFinder test;
    int images;
    try (var engine = common.engine()) {
      var prepared = new TrainingRun(config, common).prepare(engine);
      images = prepared.train().size();
      test =
          LearningRateFinder.of(
              prepared.trainer().engine(engine), prepared.train(), from, to, steps);
    } catch (UncheckedIOException e) {
      throw TrainingData.unreadable(config, e);
    }
    plot.write(chart(test), WIDTH, HEIGHT);
    var suggested = test.suggested();
    var json = new LinkedHashMap<String, @Nullable Object>();
    json.put("network", network);
    json.put("dataset", data);
    json.put("suggested_lr", suggested.isPresent() ? suggested.getAsDouble() : null);
    json.put("doubt", test.doubt().orElse(null));
    json.put("smallest_loss_lr", test.best());
    json.put("steps", test.points().size());
    json.put("plot", out.toString());
    common.result(
        json,
        suggested.isPresent()
            ? Figures.format(
                "try --lr %.1e: the loss is smallest at %.1e, after %d steps; see %s",
                suggested.getAsDouble(), test.best(), test.points().size(), out)
            : Figures.format(
                "no rate can be suggested from %s: %s; see %s, and begin with --lr %s, the"
                    + " recipe's",
                Figures.count(images, "image"),
                test.doubt().orElseThrow(),
                out,
                config.learningRate()));
    return 0;
  }

  private Chart chart(LearningRateFinder test) {
    var points = test.points();
    return Chart.of("%s on %s".formatted(network, data), "learning rate", "loss")
        .line(
            "loss",
            points.stream().mapToDouble(LearningRateFinder.Point::rate).toArray(),
            points.stream().mapToDouble(LearningRateFinder.Point::loss).toArray())
        .logX();
  }
}
