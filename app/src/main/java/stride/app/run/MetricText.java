package stride.app.run;

import java.util.Locale;
import stride.app.console.Figures;

/** How the metrics of a run are called and written where people read them. */
public final class MetricText {
  private MetricText() {}

  /** Returns what a metric is called: "right", "labels right", "right in the first 5". */
  public static String title(String metric) {
    return switch (metric) {
      case "accuracy" -> "right";
      case "label_accuracy" -> "labels right";
      case "ap", "ap50", "ap75" -> metric.toUpperCase(Locale.ROOT);
      default ->
          isTop(metric)
              ? "right in the first " + metric.substring("top".length())
              : metric.replace('_', ' ');
    };
  }

  /** Returns whether a metric is a part of a whole, which is written in percent. */
  public static boolean isPart(String metric) {
    return metric.equals("accuracy")
        || metric.endsWith("_accuracy")
        || metric.endsWith("iou")
        || metric.matches("ap\\d*")
        || isTop(metric);
  }

  /** Returns whether it is a part of samples whose class is among the k largest outputs. */
  static boolean isTop(String metric) {
    return metric.matches("top\\d+");
  }

  /**
   * Returns a value with what it is measured in.
   *
   * @param missing what is written for NaN
   */
  public static String text(String metric, double value, String missing) {
    if (Double.isNaN(value)) {
      return missing;
    }
    return isPart(metric) ? Figures.percent(value) : Figures.loss(value);
  }
}
