package stride.app.console;

import java.util.Locale;

/** Numbers as people read them, written the same in every country. */
public final class Figures {
  private Figures() {}

  /** As {@link String#format}, the same in every country. */
  public static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  /** "60,000". */
  public static String count(long count) {
    return format("%,d", count);
  }

  /** "1 epoch", "12 epochs". */
  public static String count(long count, String one) {
    return count(count, one, one + "s");
  }

  /** "1 class", "12 classes". */
  public static String count(long count, String one, String many) {
    return count(count) + " " + (count == 1 ? one : many);
  }

  /** A part of 1 as "99.31 %". */
  public static String percent(double part) {
    return format("%.2f %%", 100 * part);
  }

  /** A loss as "0.0712", of a training that has gone wrong as "1.29e+31". */
  public static String loss(double loss) {
    return format(loss < 1000 ? "%.4f" : "%.3g", loss);
  }

  /** Seconds as "41.2 s", from a minute on as "3:07" or "2:03:07". */
  public static String seconds(double seconds) {
    if (seconds < 60) {
      return format("%.1f s", seconds);
    }
    long all = Math.round(seconds);
    return all < 3600
        ? format("%d:%02d min", all / 60, all % 60)
        : format("%d:%02d:%02d h", all / 3600, all / 60 % 60, all % 60);
  }

  /** Seconds to come as "0:42" or "2:03:07". */
  public static String clock(double seconds) {
    long all = Math.round(seconds);
    return all < 3600
        ? format("%d:%02d", all / 60, all % 60)
        : format("%d:%02d:%02d", all / 3600, all / 60 % 60, all % 60);
  }
}
