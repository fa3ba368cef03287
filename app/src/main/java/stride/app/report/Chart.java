package stride.app.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * A chart of lines in Stride's look, drawn by XChart. Immutable.
 *
 * @param title above the chart; empty for none
 * @param x what is along
 * @param y what is up
 * @param series drawn one over the other, in order
 */
public record Chart(String title, Axis x, Axis y, List<Series> series) {
  private static final int FONT = 13;
  private static final int TICKS_X = 70;
  private static final int LABEL = 36;
  private static final int TICKS_Y = 44;

  public Chart {
    series = List.copyOf(series);
  }

  /** A chart without lines, both axes linear. */
  public static Chart of(String title, String x, String y) {
    return new Chart(title, new Axis(x, false), new Axis(y, false), List.of());
  }

  /** An axis with its name. */
  public record Axis(String name, boolean logarithmic) {}

  /**
   * A line through points.
   *
   * @param xs as many as ys
   * @param ys NaN leaves a gap
   * @param ink the number of its colour, from 0
   */
  public record Series(String name, double[] xs, double[] ys, int ink, boolean dashed) {
    public Series {
      if (xs.length != ys.length || xs.length == 0) {
        throw new IllegalArgumentException(
            "%s: a line has as many x as y and at least one, found %d and %d"
                .formatted(name, xs.length, ys.length));
      }
      xs = xs.clone();
      ys = ys.clone();
    }

    BasicStroke stroke() {
      return dashed
          ? new BasicStroke(
              2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1f, new float[] {6, 4}, 0)
          : new BasicStroke(2f);
    }
  }

  /** With a line in the next colour. */
  public Chart line(String name, double[] xs, double[] ys) {
    int next = 1 + series.stream().mapToInt(Series::ink).max().orElse(-1);
    return with(new Series(name, xs, ys, next, false));
  }

  /**
   * With a dashed line in the colour of the line before it: the same thing, measured otherwise.
   *
   * @param name one that all dashed lines have stands once below the chart
   */
  public Chart dashed(String name, double[] xs, double[] ys) {
    return with(new Series(name, xs, ys, series.isEmpty() ? 0 : series.getLast().ink(), true));
  }

  /** With a line. */
  public Chart with(Series more) {
    var all = new ArrayList<>(series);
    all.add(more);
    return new Chart(title, x, y, all);
  }

  /** With a logarithmic x axis, for values above 0. */
  public Chart logX() {
    return new Chart(title, new Axis(x.name(), true), y, series);
  }

  /** With a logarithmic y axis, for values above 0. */
  public Chart logY() {
    return new Chart(title, x, new Axis(y.name(), true), series);
  }

  /**
   * The chart as an SVG file: on white, or on black where its reader likes that.
   *
   * @param width in pixels; shown narrower it shrinks
   */
  public String toSvg(int width, int height) {
    String paper =
        "<rect width=\"%d\" height=\"%d\" fill=\"%s\"/>\n"
            .formatted(width, height, Palette.svg(Palette.PAPER.light()));
    return svg(width, height, "<style>\n" + Palette.darkStyle() + "</style>\n" + paper);
  }

  /** The chart as an element of a page, which has {@link Palette#darkStyle} among its styles. */
  String toElement(int width, int height) {
    return svg(width, height, "");
  }

  private String svg(int width, int height, String before) {
    var svg = new SvgGraphics();
    paint(svg, width, height);
    return """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="%s">
    %s%s</svg>\
    """
        .formatted(width, height, width, height, Html.escaped(spoken()), before, svg.elements());
  }

  /** The chart as a picture on white, twice as fine as its size says. */
  public BufferedImage toImage(int width, int height) {
    var picture = new BufferedImage(2 * width, 2 * height, BufferedImage.TYPE_INT_RGB);
    var graphics = picture.createGraphics();
    graphics.setColor(Palette.PAPER.light());
    graphics.fillRect(0, 0, 2 * width, 2 * height);
    graphics.scale(2, 2);
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    paint(graphics, width, height);
    graphics.dispose();
    return picture;
  }

  private void paint(Graphics2D graphics, int width, int height) {
    var legend = Legend.of(this, width);
    var place = graphics.getTransform();
    int above = height - legend.height();
    drawn(width, above).paint(graphics, width, above);
    graphics.setTransform(place);
    graphics.setClip(null);
    legend.paint(graphics, above);
  }

  /** What the chart shows, for those who do not see it. */
  private String spoken() {
    var lines = String.join(", ", series.stream().map(Series::name).distinct().toList());
    return "%s%s against %s: %s"
        .formatted(title.isEmpty() ? "" : title + ", ", y.name(), x.name(), lines);
  }

  private XYChart drawn(int width, int height) {
    if (series.isEmpty()) {
      throw new IllegalStateException("a chart has at least one line: " + title);
    }
    var chart =
        new XYChartBuilder()
            .width(width)
            .height(height)
            .title(title)
            .xAxisTitle(x.name())
            .yAxisTitle(y.name())
            .build();
    style(chart);
    for (int i = 0; i < series.size(); i++) {
      var line = series.get(i);
      // XChart wants names that differ, and shows none of them.
      var drawn = chart.addSeries(Integer.toString(i), line.xs(), line.ys());
      drawn.setLineColor(Palette.ofSeries(line.ink()).light());
      drawn.setMarkerColor(Palette.ofSeries(line.ink()).light());
      drawn.setLineStyle(line.stroke());
      drawn.setMarker(marker(line));
    }
    return chart;
  }

  private void style(XYChart chart) {
    var style = chart.getStyler();
    var plain = font();
    var clear = new Color(0, 0, 0, 0);
    Color text = Palette.TEXT.light();
    style.setLocale(Locale.ROOT);
    style.setChartBackgroundColor(clear);
    style.setPlotBackgroundColor(clear);
    style.setPlotBorderVisible(false);
    style.setChartPadding(6);
    style.setChartFontColor(text);
    style.setChartTitleVisible(!title.isEmpty());
    style.setChartTitleBoxVisible(false);
    style.setChartTitleFont(plain.deriveFont(Font.BOLD, FONT + 1f));
    style.setChartTitleFontColor(text);
    style.setAxisTitleFont(plain);
    style.setXAxisTitleColor(text);
    style.setYAxisTitleColor(text);
    style.setAxisTickLabelsFont(plain);
    style.setAxisTickLabelsColor(text);
    style.setAxisTickMarksColor(Palette.AXIS.light());
    style.setXAxisTickMarkSpacingHint(TICKS_X);
    style.setYAxisTickMarkSpacingHint(TICKS_Y);
    style.setPlotGridLinesColor(Palette.GRID.light());
    style.setPlotGridLinesStroke(new BasicStroke(1f));
    style.setPlotGridVerticalLinesVisible(false);
    double step = step(chart.getWidth());
    style.setXAxisTickLabelsFormattingFunction(value -> value % step == 0 ? tick(value) : "");
    style.setYAxisTickLabelsFormattingFunction(Chart::tick);
    style.setXAxisLogarithmic(x.logarithmic());
    style.setYAxisLogarithmic(y.logarithmic());
    style.setMarkerSize(6);
    style.setLegendVisible(false);
  }

  /** The font of all that is written, but for a title's weight. */
  static Font font() {
    return new Font(Font.SANS_SERIF, Font.PLAIN, FONT);
  }

  /**
   * Of which numbers the multiples are labelled below the chart: XChart labels every point that is
   * whole, however many there are.
   */
  private double step(int width) {
    var values = series.stream().flatMapToDouble(line -> Arrays.stream(line.xs())).toArray();
    double most = Math.max(1, width / (double) LABEL);
    double range = Arrays.stream(values).max().orElse(0) - Arrays.stream(values).min().orElse(0);
    if (x.logarithmic() || range <= most) {
      // All numbers are its multiples.
      return Double.MIN_VALUE;
    }
    double ten = Math.pow(10, Math.floor(Math.log10(range / most)));
    return DoubleStream.of(1, 2, 5, 10)
        .map(part -> part * ten)
        .filter(step -> range / step <= most)
        .findFirst()
        .orElse(10 * ten);
  }

  /** A number beside a tick: as short as it goes, with four digits at most. */
  private static String tick(double value) {
    var rounded = new BigDecimal(value).round(new MathContext(4)).stripTrailingZeros();
    double size = Math.abs(value);
    return size == 0 || (size >= 1e-3 && size < 1e6) ? rounded.toPlainString() : rounded.toString();
  }

  /** A line through one point would not be seen. */
  private static Marker marker(Series line) {
    long points = Arrays.stream(line.ys()).filter(y -> !Double.isNaN(y)).count();
    return points == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE;
  }
}
