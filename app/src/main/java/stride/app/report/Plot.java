package stride.app.report;

import java.awt.BasicStroke;
import java.awt.Font;
import java.awt.font.TextLayout;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Lays a chart out: its axes, grid, lines, titles and legend, in a size in pixels. */
final class Plot {
  private static final int FONT = 13;
  private static final int EDGE = 8;
  private static final int LINE = 16;
  private static final int TICK = 4;
  private static final int GAP = 4;
  private static final double DOT = 6;

  /** Room for a tick and its label. */
  private static final int TICK_WIDTH = 50;

  private static final int TICK_HEIGHT = 32;
  private static final BasicStroke THIN = new BasicStroke(1f);

  private final Chart chart;
  private final Legend legend;
  private final List<TextLayout> heights;
  private final Scale across;
  private final Scale up;
  private final double left;
  private final double right;
  private final double top;
  private final double bottom;
  private final List<Mark> marks = new ArrayList<>();

  private Plot(Chart chart, int width, int height) {
    this.chart = chart;
    legend = Legend.of(chart, width);
    top = chart.title().isEmpty() ? EDGE + LINE / 2.0 : EDGE + 1.5 * LINE;
    bottom = height - legend.height() - EDGE - LINE - GAP - LINE - TICK;
    up = scale(chart.y(), Chart.Series::ys, (int) (bottom - top) / TICK_HEIGHT);
    heights = up.ticks().stream().map(value -> Mark.layout(label(value), font())).toList();
    double widest = heights.stream().mapToDouble(TextLayout::getAdvance).max().orElse(0);
    left = EDGE + LINE + GAP + widest + GAP + TICK;
    right = width - EDGE - GAP;
    across = scale(chart.x(), Chart.Series::xs, (int) (right - left) / TICK_WIDTH);
  }

  private Scale scale(Chart.Axis axis, Function<Chart.Series, double[]> values, int most) {
    double[] all =
        chart.series().stream()
            .flatMapToDouble(line -> Arrays.stream(values.apply(line)))
            .toArray();
    return Scale.of(all, axis.logarithmic(), Math.max(2, most));
  }

  /** Returns all that a chart consists of, what is below first. */
  static List<Mark> of(Chart chart, int width, int height) {
    var plot = new Plot(chart, width, height);
    plot.axes();
    plot.titles(height);
    chart.series().forEach(plot::draw);
    plot.marks.addAll(plot.legend.marks(height - plot.legend.height()));
    return plot.marks;
  }

  /** The font of all that is written, but for a title's weight. */
  static Font font() {
    return new Font(Font.SANS_SERIF, Font.PLAIN, FONT);
  }

  private double x(double value) {
    return left + across.place(value) * (right - left);
  }

  private double y(double value) {
    return bottom - up.place(value) * (bottom - top);
  }

  private void axes() {
    for (int i = 0; i < heights.size(); i++) {
      double y = Math.rint(y(up.ticks().get(i))) + 0.5;
      line(left, y, right, y, Palette.GRID);
      line(left - TICK, y, left, y, Palette.AXIS);
      marks.add(Mark.text(heights.get(i), left - TICK - GAP, y + 0.36 * FONT, 1));
    }
    for (double value : across.ticks()) {
      double x = Math.rint(x(value)) + 0.5;
      line(x, bottom, x, bottom + TICK, Palette.AXIS);
      marks.add(Mark.text(Mark.layout(label(value), font()), x, bottom + TICK + FONT + 1, 0.5));
    }
    line(left, top, left, bottom, Palette.AXIS);
    line(left, bottom, right, bottom, Palette.AXIS);
  }

  private void line(double x1, double y1, double x2, double y2, Palette ink) {
    marks.add(Mark.line(new Line2D.Double(x1, y1, x2, y2), ink, THIN));
  }

  private void titles(int height) {
    double middle = (left + right) / 2;
    var bold = font().deriveFont(Font.BOLD, FONT + 1f);
    if (!chart.title().isEmpty()) {
      marks.add(Mark.text(Mark.layout(chart.title(), bold), middle, EDGE + FONT, 0.5));
    }
    double below = height - legend.height() - EDGE;
    marks.add(Mark.text(Mark.layout(chart.x().name(), font()), middle, below, 0.5));
    marks.add(Mark.upright(Mark.layout(chart.y().name(), font()), EDGE + FONT, (top + bottom) / 2));
  }

  /** A value without a place leaves a gap; a point alone is a dot, or it would not be seen. */
  private void draw(Chart.Series line) {
    var ink = Palette.ofSeries(line.ink());
    var path = new Path2D.Double();
    int joined = 0;
    for (int i = 0; i <= line.xs().length; i++) {
      double x = i < line.xs().length ? x(line.xs()[i]) : Double.NaN;
      double y = i < line.xs().length ? y(line.ys()[i]) : Double.NaN;
      if (!Double.isNaN(x + y)) {
        if (joined == 0) {
          path.moveTo(x, y);
        } else {
          path.lineTo(x, y);
        }
        joined++;
        continue;
      }
      if (joined == 1) {
        var point = path.getCurrentPoint();
        marks.add(
            Mark.area(
                new Ellipse2D.Double(point.getX() - DOT / 2, point.getY() - DOT / 2, DOT, DOT),
                ink));
      }
      joined = 0;
    }
    if (path.getCurrentPoint() != null) {
      marks.add(Mark.line(path, ink, line.stroke()));
    }
  }

  /** A number beside a tick: as short as it goes, with four digits at most. */
  private static String label(double value) {
    var rounded = new BigDecimal(value).round(new MathContext(4)).stripTrailingZeros();
    double size = Math.abs(value);
    if (size == 0 || (size >= 1e-3 && size < 1e6)) {
      return rounded.toPlainString();
    }
    int exponent = rounded.precision() - rounded.scale() - 1;
    return rounded.movePointLeft(exponent).toPlainString() + "e" + exponent;
  }
}
