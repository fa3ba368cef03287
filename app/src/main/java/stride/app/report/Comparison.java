package stride.app.report;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import stride.app.console.Figures;
import stride.app.report.Chart.Series;
import stride.app.run.Metrics;
import stride.app.run.RunConfig;

/** The page of several runs: their curves in one chart, and what differs between them. */
public record Comparison(List<Run> runs) {
  private static final int WIDTH = 440;
  private static final int HEIGHT = 300;

  public Comparison {
    runs = List.copyOf(runs);
  }

  /** A run under a name that no other one has. */
  public record Run(String name, RunConfig config, Metrics metrics) {
    private String setting(String key) {
      Object value = config.settings().get(key);
      return value == null ? "–" : RunReport.setting(value);
    }

    private String last(ToDoubleFunction<Metrics.Epoch> part) {
      return metrics.epochs().isEmpty()
          ? "–"
          : RunReport.part(part.applyAsDouble(metrics.epochs().getLast()));
    }

    private String best() {
      return metrics
          .best()
          .map(
              best ->
                  "%s (epoch %d)".formatted(Figures.percent(best.testAccuracy()), best.number()))
          .orElse("–");
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
    results.titled("test images right", each(run -> run.last(Metrics.Epoch::testAccuracy)));
    results.titled("in the best epoch", each(Run::best));
    results.titled("training images right", each(run -> run.last(Metrics.Epoch::accuracy)));
    results.titled("time of training", each(run -> Figures.seconds(run.metrics().seconds())));
    page.html(results.toString());
    page.heading("Settings that differ");
    settings(page);
    return page.toString();
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
        loss = loss.with(new Series(name, epochs, metrics.each(Metrics.Epoch::testLoss), i, false));
        double[] test = metrics.each(epoch -> 100 * epoch.testAccuracy());
        right = right.with(new Series(name, epochs, test, i, false));
      }
      double[] training = metrics.each(epoch -> 100 * epoch.accuracy());
      loss = loss.with(new Series("training", epochs, metrics.each(Metrics.Epoch::loss), i, true));
      right = right.with(new Series("training", epochs, training, i, true));
    }
    if (!loss.series().isEmpty()) {
      page.html(
          "<div class=\"row\">%s%s</div>"
              .formatted(loss.toElement(WIDTH, HEIGHT), right.toElement(WIDTH, HEIGHT)));
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
