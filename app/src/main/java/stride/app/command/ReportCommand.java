package stride.app.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import stride.app.console.Bar;
import stride.app.console.DownloadBar;
import stride.app.data.TrainingData;
import stride.app.option.CommonOptions;
import stride.app.option.PictureArguments;
import stride.app.report.BoxFindings;
import stride.app.report.DetectorReport;
import stride.app.report.OutputFile;
import stride.app.report.PainterReport;
import stride.app.report.Predictions;
import stride.app.report.RunReport;
import stride.app.run.RunConfig;
import stride.app.run.RunFolder;
import stride.app.run.SavedRun;
import stride.data.ClassMatch;
import stride.data.ImageFolder;
import stride.data.Splits;
import stride.detection.DetectionMethod;
import stride.detection.Detector;
import stride.engine.Engine;
import stride.format.FileException;
import stride.network.Model;

/** {@code stride report}: a page about a run. */
@Command(
    name = "report",
    description =
        "Write a page about a run: curves, confusion matrix, mistakes and where the network looks;"
            + " of one that finds boxes precision against recall, false alarms and what was"
            + " missed.")
public final class ReportCommand implements Callable<Integer> {
  @Parameters(paramLabel = "RUN", description = "The folder of a run, finished or not.")
  private Path run;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "The page, .html. Default: report.html in the run's folder.")
  private @Nullable Path out;

  @Mixin private PictureArguments arguments;

  @Mixin private CommonOptions common;

  @Override
  public Integer call() throws IOException {
    var saved = RunFolder.read(run);
    var page = OutputFile.page("--out", out == null ? RunFolder.reportIn(run) : out);
    try (var engine = common.engine()) {
      page.write(html(saved, engine));
      var json = new LinkedHashMap<String, Object>();
      json.put("run", run.toString());
      json.put("report", page.path().toString());
      json.put("epochs", saved.metrics().epochs().size());
      common.result(json, page.path().toString());
    }
    return 0;
  }

  private String html(SavedRun saved, Engine engine) throws IOException {
    if (saved.config().given("style")) {
      return new PainterReport(saved, RunFolder.paintingsOf(run)).toHtml();
    }
    if (saved.model().isEmpty()) {
      return new RunReport(saved, null).toHtml();
    }
    var model = Model.load(saved.model().get());
    var data = new TrainingData(asked(saved.config()));
    if (!(model.method() instanceof DetectionMethod)) {
      return new RunReport(saved, tested(model, data, engine)).toHtml();
    }
    var pictures =
        data.boxes()
            .orElseThrow(
                () ->
                    new FileException(
                        "the run's model finds boxes, and in %s none are marked any more"
                            .formatted(saved.config().data())))
            .load();
    var test =
        pictures.test().withClasses(ClassMatch.byName(pictures.test().labels(), model.labels()));
    try (var bar = new Bar(common.console(), "test", test.size(), " pictures", 1)) {
      var found = BoxFindings.of(Detector.of(model, engine), test, bar::at);
      return new DetectorReport(saved, found, pictures.train().size()).toHtml();
    }
  }

  /** A run's configuration, with its pictures read as this command is asked to. */
  private RunConfig asked(RunConfig config) {
    var settings = new LinkedHashMap<>(config.settings());
    settings.putAll(arguments.given());
    return new RunConfig(settings);
  }

  /** The pictures with the model's classes: those of a folder may have changed since. */
  private static Splits numbered(Splits images, Model model) {
    return images.train() instanceof ImageFolder train && images.test() instanceof ImageFolder test
        ? new Splits(train.withClasses(model.labels()), test.withClasses(model.labels()))
        : images;
  }

  private RunReport.Tested tested(Model model, TrainingData data, Engine engine)
      throws IOException {
    Splits images;
    try (var progress = new DownloadBar(common.console())) {
      images = numbered(data.load(model.preprocessing(), progress), model);
    }
    try (var bar = new Bar(common.console(), "test", images.test().size(), " images", 1)) {
      var predictions = Predictions.of(model, images.test(), engine, bar::at);
      return new RunReport.Tested(model, images, predictions, engine);
    }
  }
}
