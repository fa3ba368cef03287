package stride.app.run;

import stride.app.console.Figures;
import stride.app.console.Table;

/** The epochs of a run as a small table for the terminal. */
public final class EpochTable {
  private static final int MAX_ROWS = 10;

  private EpochTable() {}

  /**
   * The table. Of many epochs it has some, the best and the last among them.
   *
   * @param metrics of one epoch or more
   */
  public static String of(Metrics metrics) {
    var table = Table.of(">epoch", ">loss", ">right", ">test loss", ">test right", ">time", "");
    int epochs = metrics.epochs().size();
    int every = Math.ceilDiv(epochs, MAX_ROWS);
    int best = metrics.best().map(Metrics.Epoch::number).orElse(0);
    for (var epoch : metrics.epochs()) {
      if (epoch.number() % every == 0 || epoch.number() == best || epoch.number() == epochs) {
        table.row(
            Figures.count(epoch.number()),
            loss(epoch.loss()),
            part(epoch.accuracy()),
            loss(epoch.testLoss()),
            part(epoch.testAccuracy()),
            Figures.seconds(epoch.seconds()),
            epoch.number() == best ? "best" : "");
      }
    }
    return table.toString();
  }

  private static String loss(double loss) {
    return Double.isNaN(loss) ? "-" : Figures.loss(loss);
  }

  private static String part(double part) {
    return Double.isNaN(part) ? "-" : Figures.percent(part);
  }
}
