package stride.app.report;

import java.util.List;
import java.util.stream.Stream;

/** A table of a page; one that is wider than the page is moved sideways. */
final class HtmlTable {
  /** Longer texts, such as paths, may be broken anywhere. */
  private static final int LONG = 24;

  private final StringBuilder rows = new StringBuilder();
  private final List<Boolean> numbers;

  /**
   * A table without rows.
   *
   * @param titles of the columns; one that ends with "&gt;" is of numbers, which stand right. None
   *     for a table whose rows have titles alone
   */
  HtmlTable(String... titles) {
    numbers = Stream.of(titles).map(title -> title.endsWith(">")).toList();
    if (titles.length > 0) {
      append("th", Stream.of(titles).map(title -> title.replaceFirst(">$", "")).toList());
    }
  }

  /** Adds a row with as many cells as there are columns. */
  void row(String... cells) {
    append("td", List.of(cells));
  }

  /** Adds a row whose first cell is its title. */
  void titled(String title, List<String> cells) {
    rows.append("<tr><th>").append(Html.escaped(title)).append("</th>");
    cells.forEach(
        cell ->
            rows.append(cell.length() > LONG ? "<td class=\"long\">" : "<td>")
                .append(Html.escaped(cell))
                .append("</td>"));
    rows.append("</tr>\n");
  }

  /** Adds a row of a title and a cell. */
  void titled(String title, String cell) {
    titled(title, List.of(cell));
  }

  private void append(String tag, List<String> cells) {
    rows.append("<tr>");
    for (int i = 0; i < cells.size(); i++) {
      rows.append("<%s%s>".formatted(tag, numbers.get(i) ? " class=\"n\"" : ""))
          .append(Html.escaped(cells.get(i)))
          .append("</%s>".formatted(tag));
    }
    rows.append("</tr>\n");
  }

  @Override
  public String toString() {
    return "<div class=\"scroll\"><table>\n%s</table></div>".formatted(rows);
  }
}
