package stride.app.report;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import stride.app.console.Figures;
import stride.app.report.Chart.Series;
import stride.app.run.MetricText;
import stride.app.run.Metrics;
import stride.app.run.RunConfig;
import stride.app.run.SavedRun;

/** The page of several runs: their curves in one chart, and what differs between them. */
public record Comparison(List<Run> runs) {
  private static final int WIDTH = 440;
  private static final int HEIGHT = 300;

  public Comparison {
    runs = List.copyOf(runs);
  }

  /** A run under a name that no other one has. */
  public record Run(String name, SavedRun saved) {
    private RunConfig config() {
      return saved.config();
    }

    private Metrics metrics() {
      return saved.metrics();
    }

    private String setting(String key) {
      Object value = config().settings().get(key);
      return value == null ? "–" : RunReport.setting(value);
    }

    private String last(Function<Metrics.Epoch, Metrics.Measured> part, String metric) {
      return metrics().last().map(epoch -> text(part.apply(epoch), metric)).orElse("–");
    }

    private String best(String metric) {
      return metrics()
          .best()
          .map(best -> "%s (epoch %d)".formatted(text(best.test(), metric), best.number()))
          .orElse("–");
    }

    private static String text(Metrics.Measured measured, String metric) {
      return MetricText.text(metric, measured.metric(metric), "–");
    }

    /** How the training ended, or that it has not. */
    private String end() {
      return saved.finished() ? "finished" : saved.failure().orElse("not finished");
    }
  }

  /** The page as HTML. */
  public String toHtml() {
    var page = new Page(Figures.count(runs.size(), "run") + " compared");
    curves(page);
    page.heading("What came out");
    var results = new HtmlTable(titles());
    results.titled(
        "epochs",
        each(run -> "%d of %d".formatted(run.metrics().epochs().size(), run.config().epochs())));
    if (runs.stream().anyMatch(run -> !run.saved().finished())) {
      results.titled("end", each(Run::end));
    }
    for (var metric : names(Metrics::testNames)) {
      results.titled(
          MetricText.title(metric) + ", test images",
          each(run -> run.last(Metrics.Epoch::test, metric)));
      results.titled("in the best epoch", each(run -> run.best(metric)));
    }
    for (var metric : names(Metrics::trainingNames)) {
      results.titled(
          MetricText.title(metric) + ", training images",
          each(run -> run.last(Metrics.Epoch::training, metric)));
    }
    results.titled("time of training", each(run -> Figures.seconds(run.metrics().seconds())));
    page.html(results.toString());
    page.heading("Settings that differ");
    settings(page);
    return page.toString();
  }

  private List<String> names(Function<Metrics, List<String>> names) {
    return runs.stream().flatMap(run -> names.apply(run.metrics()).stream()).distinct().toList();
  }

  /** Solid for the test images, dashed for the training's. */
  private void curves(Page page) {
    var loss = Chart.of("Loss", "epoch", "loss");
    var right = Chart.of("Images right", "epoch", "percent");
    for (int i = 0; i < runs.size(); i++) {
      var metrics = runs.get(i).metrics();
      if (metrics.epochs().isEmpty()) {
        continue;
      }
      String name = runs.get(i).name();
      double[] epochs = metrics.each(Metrics.Epoch::number);
      if (metrics.best().isPresent()) {
        loss =
            loss.with(
                new Series(name, epochs, metrics.each(epoch -> epoch.test().loss()), i, false));
        if (metrics.testNames().contains("accuracy")) {
          double[] test = metrics.each(epoch -> 100 * epoch.test().accuracy());
          right = right.with(new Series(name, epochs, test, i, false));
        }
      }
      loss =
          loss.with(
              new Series(
                  "training", epochs, metrics.each(epoch -> epoch.training().loss()), i, true));
      if (metrics.trainingNames().contains("accuracy")) {
        double[] training = metrics.each(epoch -> 100 * epoch.training().accuracy());
        right = right.with(new Series("training", epochs, training, i, true));
      }
    }
    if (!loss.series().isEmpty()) {
      page.html(
          "<div class=\"row\">%s%s</div>"
              .formatted(
                  loss.toElement(WIDTH, HEIGHT),
                  right.series().isEmpty() ? "" : right.toElement(WIDTH, HEIGHT)));
      page.html(
          """
          <p class="faint">Solid: test images, which are only looked at after each epoch. Dashed: \
          the images that the network learns from.</p>\
          """);
    }
  }

  private void settings(Page page) {
    var names = new LinkedHashSet<String>();
    runs.forEach(run -> names.addAll(run.config().settings().keySet()));
    names.removeIf(name -> each(run -> run.setting(name)).stream().distinct().count() == 1);
    if (names.isEmpty()) {
      page.paragraph("None.");
      return;
    }
    var table = new HtmlTable(titles());
    names.forEach(name -> table.titled(name, each(run -> run.setting(name))));
    page.html(table.toString());
  }

  private String[] titles() {
    return Stream.concat(Stream.of(""), runs.stream().map(Run::name)).toArray(String[]::new);
  }

  private List<String> each(Function<Run, String> text) {
    return runs.stream().map(text).toList();
  }
}
