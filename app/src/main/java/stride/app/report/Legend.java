package stride.app.report;

import java.awt.BasicStroke;
import java.awt.font.TextLayout;
import java.awt.geom.Line2D;
import java.util.ArrayList;
import java.util.List;

/**
 * What the lines of a chart are, in centred rows below it.
 *
 * @param rows as many as are needed; none for one line, which its axis names
 * @param width of the chart in pixels
 */
record Legend(List<List<Entry>> rows, int width) {
  private static final int LINE = 24;
  private static final int SPACE = 8;
  private static final int BETWEEN = 20;
  private static final int ROW = 22;
  private static final int BASELINE = 14;

  /** A piece of a line, and its name. */
  private record Entry(TextLayout text, Palette ink, BasicStroke stroke) {
    float width() {
      return LINE + SPACE + text.getAdvance();
    }
  }

  static Legend of(Chart chart, int width) {
    var rows = new ArrayList<List<Entry>>();
    if (chart.series().size() > 1) {
      float taken = Float.POSITIVE_INFINITY;
      for (var entry : entries(chart.series(), width - LINE - SPACE)) {
        if (taken + BETWEEN + entry.width() > width) {
          rows.add(new ArrayList<>());
          taken = -BETWEEN;
        }
        rows.getLast().add(entry);
        taken += BETWEEN + entry.width();
      }
    }
    return new Legend(rows, width);
  }

  private static List<Entry> entries(List<Chart.Series> series, int room) {
    var dashed = series.stream().filter(Chart.Series::dashed).toList();
    boolean alike =
        dashed.size() > 1 && dashed.stream().map(Chart.Series::name).distinct().count() == 1;
    var entries = new ArrayList<Entry>();
    for (var line : series) {
      if (!line.dashed() || !alike) {
        entries.add(entry(line, Palette.ofSeries(line.ink()), room));
      }
    }
    if (alike) {
      entries.add(entry(dashed.getFirst(), Palette.TEXT, room));
    }
    return entries;
  }

  /** A name that is too long loses its beginning: paths differ in their ends. */
  private static Entry entry(Chart.Series line, Palette ink, int room) {
    String name = line.name();
    var text = Mark.layout(name, Plot.font());
    for (int cut = 1; text.getAdvance() > room && cut < name.length(); cut++) {
      text = Mark.layout("…" + name.substring(cut), Plot.font());
    }
    return new Entry(text, ink, line.stroke());
  }

  /** In pixels. */
  int height() {
    return rows.isEmpty() ? 0 : rows.size() * ROW + SPACE;
  }

  /** Returns what it consists of, from a height on. */
  List<Mark> marks(int top) {
    var marks = new ArrayList<Mark>();
    for (int row = 0; row < rows.size(); row++) {
      var entries = rows.get(row);
      double all = -BETWEEN;
      for (var entry : entries) {
        all += BETWEEN + entry.width();
      }
      double x = (width - all) / 2;
      double y = top + (double) row * ROW + BASELINE;
      for (var entry : entries) {
        var piece = new Line2D.Double(x, y - SPACE / 2.0, x + LINE, y - SPACE / 2.0);
        marks.add(Mark.line(piece, entry.ink(), entry.stroke()));
        marks.add(Mark.text(entry.text(), x + LINE + SPACE, y, 0));
        x += BETWEEN + entry.width();
      }
    }
    return marks;
  }
}
