package stride.app.report;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import stride.app.Figures;
import stride.app.run.Metrics;
import stride.app.run.RunConfig;

/** The page of several runs: their curves in one chart, and what differs between them. */
public record Comparison(List<Run> runs) {
  private static final int WIDTH = 520;
  private static final int HEIGHT = 380;

  public Comparison {
    runs = List.copyOf(runs);
  }

  /** A run under a name that no other one has. */
  public record Run(String name, RunConfig config, Metrics metrics) {
    private String setting(String key) {
      return Objects.toString(config.settings().get(key), "–");
    }

    private String last() {
      return metrics.epochs().isEmpty()
          ? "–"
          : Figures.percent(metrics.epochs().getLast().testAccuracy());
    }
  }

  /** The page as HTML. */
  public String toHtml() {
    var page = new Page(Figures.count(runs.size(), "run") + " compared");
    var loss = Chart.of("Training loss", "epoch", "loss");
    var right = Chart.of("Test images right", "epoch", "percent");
    for (var run : runs) {
      if (run.metrics().epochs().isEmpty()) {
        continue;
      }
      double[] epochs = run.metrics().each(Metrics.Epoch::number);
      loss = loss.line(run.name(), epochs, run.metrics().each(Metrics.Epoch::loss));
      right =
          right.line(run.name(), epochs, run.metrics().each(epoch -> 100 * epoch.testAccuracy()));
    }
    if (!loss.series().isEmpty()) {
      page.html(
          "<div class=\"row\">%s%s</div>"
              .formatted(loss.toSvg(WIDTH, HEIGHT), right.toSvg(WIDTH, HEIGHT)));
    }
    page.heading("What came out");
    var table =
        new StringBuilder(
            row("th", "", runs.stream().map(Run::name).toList())
                + row("td", "epochs", each(run -> Figures.count(run.metrics().epochs().size())))
                + row("td", "test, last epoch", each(Run::last))
                + row(
                    "td",
                    "test, best epoch",
                    each(
                        run ->
                            run.metrics()
                                .best()
                                .map(best -> Figures.percent(best.testAccuracy()))
                                .orElse("–")))
                + row(
                    "td", "training time", each(run -> Figures.seconds(run.metrics().seconds()))));
    page.html("<div class=\"scroll\"><table>%s</table></div>".formatted(table));
    page.heading("Settings that differ");
    var settings = new LinkedHashSet<String>();
    runs.forEach(run -> settings.addAll(run.config().settings().keySet()));
    var differing =
        settings.stream()
            .filter(key -> runs.stream().map(run -> run.setting(key)).distinct().count() > 1)
            .map(key -> row("td", key, each(run -> run.setting(key))))
            .collect(Collectors.joining());
    page.html(
        differing.isEmpty()
            ? "<p>None.</p>"
            : "<div class=\"scroll\"><table>%s%s</table></div>"
                .formatted(row("th", "", runs.stream().map(Run::name).toList()), differing));
    return page.toString();
  }

  private List<String> each(java.util.function.Function<Run, String> text) {
    return runs.stream().map(text).toList();
  }

  private static String row(String tag, String title, List<String> cells) {
    return cells.stream()
        .map(cell -> "<%s>%s</%s>".formatted(tag, Html.escaped(cell), tag))
        .collect(Collectors.joining("", "<tr><th>%s</th>".formatted(Html.escaped(title)), "</tr>"));
  }
}
