package stride.app.run;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import stride.app.console.Figures;
import stride.app.console.Table;

/** The epochs of a run as a small table for the terminal. */
public final class EpochTable {
  private static final int MAX_ROWS = 10;

  private EpochTable() {}

  /**
   * Returns the table. Of many epochs it has some, the best and the last among them; of the metrics
   * all but those of the k largest outputs, which say little of few classes.
   *
   * @param metrics of one epoch or more
   */
  public static String of(Metrics metrics) {
    var training = shown(metrics.trainingNames());
    var test = shown(metrics.testNames());
    var titles = new ArrayList<String>(List.of(">epoch", ">loss"));
    training.forEach(name -> titles.add(">" + MetricText.title(name)));
    titles.add(">test loss");
    test.forEach(name -> titles.add(">test " + MetricText.title(name)));
    titles.addAll(List.of(">time", ""));
    var table = Table.of(titles.toArray(String[]::new));
    int epochs = metrics.epochs().size();
    int every = Math.ceilDiv(epochs, MAX_ROWS);
    int best = metrics.best().map(Metrics.Epoch::number).orElse(0);
    for (var epoch : metrics.epochs()) {
      if (epoch.number() % every == 0 || epoch.number() == best || epoch.number() == epochs) {
        var row = new ArrayList<String>();
        row.add(Figures.count(epoch.number()));
        add(epoch.training(), training, row);
        add(epoch.test(), test, row);
        row.add(Figures.seconds(epoch.seconds()));
        row.add(epoch.number() == best ? "best" : "");
        table.row(row.toArray(String[]::new));
      }
    }
    return table.toString();
  }

  private static List<String> shown(List<String> names) {
    return names.stream().filter(Predicate.not(MetricText::isTop)).toList();
  }

  private static void add(Metrics.Measured measured, List<String> names, List<String> row) {
    row.add(MetricText.text("loss", measured.loss(), "-"));
    names.forEach(name -> row.add(MetricText.text(name, measured.metric(name), "-")));
  }
}
