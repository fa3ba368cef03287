package stride.data.boxes;

import java.util.Locale;

/** Whether something is so, as labelling programs write it. */
final class Flag {
  private Flag() {}

  /**
   * Reads what is written: a number, of which 0 means no, or a word; nothing means no, too.
   *
   * @throws NumberFormatException if it may mean anything
   */
  static boolean of(String written) {
    return switch (written.strip().toLowerCase(Locale.ROOT)) {
      case "true", "yes" -> true;
      case "", "false", "no", "null", "unspecified" -> false;
      default -> {
        double number = Double.parseDouble(written);
        if (Double.isNaN(number)) {
          throw new NumberFormatException(written);
        }
        yield number != 0;
      }
    };
  }
}
