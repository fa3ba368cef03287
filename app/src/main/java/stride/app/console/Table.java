package stride.app.console;

import java.util.ArrayList;
import java.util.List;

/** Rows of text in columns, as wide as they need to be. */
public final class Table {
  private final List<List<String>> rows = new ArrayList<>();
  private final List<Boolean> numbers;

  private Table(List<Boolean> numbers, List<String> titles) {
    this.numbers = numbers;
    rows.add(titles);
  }

  /**
   * A table without rows.
   *
   * @param titles of the columns; one that begins with "&gt;" is of numbers, which stand right
   */
  public static Table of(String... titles) {
    return new Table(
        List.of(titles).stream().map(title -> title.startsWith(">")).toList(),
        List.of(titles).stream()
            .map(title -> title.startsWith(">") ? title.substring(1) : title)
            .toList());
  }

  /** Adds a row with as many cells as there are columns. */
  public void row(String... cells) {
    if (cells.length != numbers.size()) {
      throw new IllegalArgumentException(
          "a row has %d cells, found %d".formatted(numbers.size(), cells.length));
    }
    rows.add(List.of(cells));
  }

  /** The titles, a rule, and the rows, without a line end behind the last. */
  @Override
  public String toString() {
    var widths = new int[numbers.size()];
    for (var row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    var lines = new ArrayList<String>();
    for (var row : rows) {
      var line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        var space = " ".repeat(widths[i] - row.get(i).length());
        line.append(i == 0 ? "" : "  ");
        line.append(numbers.get(i) ? space + row.get(i) : row.get(i) + space);
      }
      lines.add(line.toString().stripTrailing());
      if (lines.size() == 1) {
        int rule = 2 * (widths.length - 1);
        for (int width : widths) {
          rule += width;
        }
        lines.add("-".repeat(rule));
      }
    }
    return String.join("\n", lines);
  }
}
