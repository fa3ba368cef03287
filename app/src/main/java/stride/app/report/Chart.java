package stride.app.report;

import java.awt.BasicStroke;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/**
 * A chart of lines in Stride's look. Immutable.
 *
 * @param title above the chart; empty for none
 * @param x what is along
 * @param y what is up
 * @param series drawn one over the other, in order
 */
public record Chart(String title, Axis x, Axis y, List<Series> series) {
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
    var elements = new StringBuilder();
    marks(width, height).forEach(mark -> elements.append(mark.toSvg()));
    return """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-label="%s">
    %s%s</svg>\
    """
        .formatted(width, height, width, height, Html.escaped(spoken()), before, elements);
  }

  /** The chart as a picture on white, twice as fine as its size says. */
  public BufferedImage toImage(int width, int height) {
    var picture = new BufferedImage(2 * width, 2 * height, BufferedImage.TYPE_INT_RGB);
    var graphics = picture.createGraphics();
    graphics.setColor(Palette.PAPER.light());
    graphics.fillRect(0, 0, 2 * width, 2 * height);
    graphics.scale(2, 2);
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    marks(width, height).forEach(mark -> mark.paint(graphics));
    graphics.dispose();
    return picture;
  }

  private List<Mark> marks(int width, int height) {
    if (series.isEmpty()) {
      throw new IllegalStateException("a chart has at least one line: " + title);
    }
    return Plot.of(this, width, height);
  }

  /** What the chart shows, for those who do not see it. */
  private String spoken() {
    var lines = String.join(", ", series.stream().map(Series::name).distinct().toList());
    return "%s%s against %s: %s"
        .formatted(title.isEmpty() ? "" : title + ", ", y.name(), x.name(), lines);
  }
}
