package stride.app.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Composite;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics;
import java.awt.Graphics2D;
import java.awt.GraphicsConfiguration;
import java.awt.Image;
import java.awt.Paint;
import java.awt.Polygon;
import java.awt.Rectangle;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.Stroke;
import java.awt.font.FontRenderContext;
import java.awt.font.GlyphVector;
import java.awt.geom.AffineTransform;
import java.awt.geom.Line2D;
import java.awt.geom.PathIterator;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.awt.image.BufferedImageOp;
import java.awt.image.ImageObserver;
import java.awt.image.RenderedImage;
import java.awt.image.renderable.RenderableImage;
import java.text.AttributedCharacterIterator;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import stride.app.console.Figures;

/**
 * Writes what a chart draws as SVG paths, in {@link Palette}'s colours alone: so a style sheet can
 * make the chart dark, and texts look alike whatever fonts the reader has. It knows the few methods
 * that lines, areas and the outlines of text need; all others refuse.
 */
final class SvgGraphics extends Graphics2D {
  private final StringBuilder elements = new StringBuilder();
  private final Set<String> clips = new HashSet<>();
  private final RenderingHints hints = new RenderingHints(Map.of());
  private AffineTransform transform = new AffineTransform();
  private Color color = Color.BLACK;
  private Stroke stroke = new BasicStroke();
  private Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
  private @Nullable Shape clip;

  /** The last path's attributes, and the point where it ends. */
  private String last = "";

  private String end = "";

  /** All that was drawn, an element a line. */
  String elements() {
    return elements.toString();
  }

  @Override
  public void draw(Shape shape) {
    if (color.getAlpha() == 0 || !(stroke instanceof BasicStroke line)) {
      return;
    }
    var attributes =
        new StringBuilder("fill=\"none\" stroke=\"%s\"".formatted(Palette.svg(color)))
            .append(" stroke-width=\"%s\"".formatted(number(line.getLineWidth())));
    if (line.getDashArray() != null) {
      var dashes = new StringJoiner(" ");
      for (float dash : line.getDashArray()) {
        dashes.add(number(dash));
      }
      attributes.append(" stroke-dasharray=\"%s\"".formatted(dashes));
    } else {
      attributes.append(" stroke-linejoin=\"round\"");
    }
    path(shape, attributes.toString());
  }

  @Override
  public void fill(Shape shape) {
    if (color.getAlpha() > 0) {
      path(shape, "fill=\"%s\"".formatted(Palette.svg(color)));
    }
  }

  private void path(Shape shape, String attributes) {
    String path = path(shape.getPathIterator(transform));
    if (path.isEmpty()) {
      return;
    }
    if (clip != null) {
      attributes += " clip-path=\"url(#%s)\"".formatted(clipPath(clip.getBounds2D()));
    }
    int corner = path.indexOf('L');
    // XChart draws a line piece by piece: in one piece its dashes go on at the corners.
    if (attributes.equals(last) && corner > 0 && path.startsWith("M" + end + "L")) {
      elements.insert(elements.length() - tail(last).length(), path.substring(corner));
    } else {
      elements.append("<path d=\"").append(path).append(tail(attributes));
    }
    last = attributes;
    end = path.substring(path.lastIndexOf('L') + 1);
  }

  private static String tail(String attributes) {
    return "\" %s/>\n".formatted(attributes);
  }

  /**
   * The name of a clip path. It says where the rectangle is: two charts of a page that use the same
   * name mean the same.
   */
  private String clipPath(Rectangle2D bounds) {
    var corner = number(bounds.getX()) + " " + number(bounds.getY());
    var size = number(bounds.getWidth()) + " " + number(bounds.getHeight());
    String name = "clip-" + (corner + " " + size).replace(' ', '-').replace('.', '_');
    if (clips.add(name)) {
      elements.append(
          "<clipPath id=\"%s\"><path d=\"M%sh%sv%sh-%sz\"/></clipPath>\n"
              .formatted(
                  name,
                  corner,
                  number(bounds.getWidth()),
                  number(bounds.getHeight()),
                  number(bounds.getWidth())));
    }
    return name;
  }

  private static String path(PathIterator segments) {
    var path = new StringBuilder();
    var points = new double[6];
    for (; !segments.isDone(); segments.next()) {
      int numbers =
          switch (segments.currentSegment(points)) {
            case PathIterator.SEG_MOVETO -> append(path, 'M', 2);
            case PathIterator.SEG_LINETO -> append(path, 'L', 2);
            case PathIterator.SEG_QUADTO -> append(path, 'Q', 4);
            case PathIterator.SEG_CUBICTO -> append(path, 'C', 6);
            default -> append(path, 'Z', 0);
          };
      for (int i = 0; i < numbers; i++) {
        path.append(i == 0 ? "" : " ").append(number(points[i]));
      }
    }
    return path.toString();
  }

  private static int append(StringBuilder path, char command, int numbers) {
    path.append(command);
    return numbers;
  }

  /** To a twentieth of a pixel, as short as it goes. */
  private static String number(double value) {
    String text = Figures.format("%.2f", Math.rint(value * 20) / 20);
    return text.replaceAll("\\.?0+$", "").replaceAll("^-?$", "0");
  }

  @Override
  public void drawLine(int x1, int y1, int x2, int y2) {
    draw(new Line2D.Double(x1, y1, x2, y2));
  }

  @Override
  public void fillRect(int x, int y, int width, int height) {
    fill(new Rectangle(x, y, width, height));
  }

  @Override
  public void fillPolygon(int[] xs, int[] ys, int count) {
    fill(new Polygon(xs, ys, count));
  }

  @Override
  public void transform(AffineTransform more) {
    transform.concatenate(more);
  }

  @Override
  public void setTransform(AffineTransform transform) {
    this.transform = new AffineTransform(transform);
  }

  @Override
  public AffineTransform getTransform() {
    return new AffineTransform(transform);
  }

  @Override
  public void translate(int x, int y) {
    transform.translate(x, y);
  }

  @Override
  public void translate(double x, double y) {
    transform.translate(x, y);
  }

  @Override
  public void rotate(double angle) {
    transform.rotate(angle);
  }

  @Override
  public void rotate(double angle, double x, double y) {
    transform.rotate(angle, x, y);
  }

  @Override
  public void scale(double x, double y) {
    transform.scale(x, y);
  }

  @Override
  public void shear(double x, double y) {
    transform.shear(x, y);
  }

  @Override
  public void setPaint(Paint paint) {
    if (paint instanceof Color plain) {
      color = plain;
    } else {
      throw refused();
    }
  }

  @Override
  public Paint getPaint() {
    return color;
  }

  @Override
  public void setColor(Color color) {
    this.color = color;
  }

  @Override
  public Color getColor() {
    return color;
  }

  @Override
  public void setStroke(Stroke stroke) {
    this.stroke = stroke;
  }

  @Override
  public Stroke getStroke() {
    return stroke;
  }

  @Override
  public void setFont(Font font) {
    this.font = font;
  }

  @Override
  public Font getFont() {
    return font;
  }

  @Override
  public FontRenderContext getFontRenderContext() {
    return new FontRenderContext(null, true, true);
  }

  @Override
  public void setRenderingHint(RenderingHints.Key key, @Nullable Object value) {
    if (value != null) {
      hints.put(key, value);
    }
  }

  @Override
  public @Nullable Object getRenderingHint(RenderingHints.Key key) {
    return hints.get(key);
  }

  @Override
  public void setRenderingHints(Map<?, ?> hints) {
    this.hints.clear();
    this.hints.putAll(hints);
  }

  @Override
  public void addRenderingHints(Map<?, ?> hints) {
    this.hints.putAll(hints);
  }

  @Override
  public RenderingHints getRenderingHints() {
    return hints;
  }

  @Override
  public void setClip(@Nullable Shape shape) {
    clip = shape == null ? null : transform.createTransformedShape(shape);
  }

  @Override
  public void setClip(int x, int y, int width, int height) {
    setClip(new Rectangle(x, y, width, height));
  }

  @Override
  public @Nullable Shape getClip() {
    return clip;
  }

  @Override
  public @Nullable Rectangle getClipBounds() {
    return clip == null ? null : clip.getBounds();
  }

  @Override
  public void dispose() {}

  private static UnsupportedOperationException refused() {
    return new UnsupportedOperationException("charts are drawn with lines and areas alone");
  }

  @Override
  public Graphics create() {
    throw refused();
  }

  @Override
  public void clip(Shape shape) {
    throw refused();
  }

  @Override
  public void clipRect(int x, int y, int width, int height) {
    throw refused();
  }

  @Override
  public boolean drawImage(Image image, AffineTransform to, ImageObserver observer) {
    throw refused();
  }

  @Override
  public void drawImage(BufferedImage image, BufferedImageOp operation, int x, int y) {
    throw refused();
  }

  @Override
  public void drawRenderedImage(RenderedImage image, AffineTransform to) {
    throw refused();
  }

  @Override
  public void drawRenderableImage(RenderableImage image, AffineTransform to) {
    throw refused();
  }

  @Override
  public void drawString(String text, int x, int y) {
    throw refused();
  }

  @Override
  public void drawString(String text, float x, float y) {
    throw refused();
  }

  @Override
  public void drawString(AttributedCharacterIterator text, int x, int y) {
    throw refused();
  }

  @Override
  public void drawString(AttributedCharacterIterator text, float x, float y) {
    throw refused();
  }

  @Override
  public void drawGlyphVector(GlyphVector glyphs, float x, float y) {
    throw refused();
  }

  @Override
  public boolean hit(Rectangle rectangle, Shape shape, boolean onStroke) {
    throw refused();
  }

  @Override
  public GraphicsConfiguration getDeviceConfiguration() {
    throw refused();
  }

  @Override
  public void setComposite(Composite composite) {
    throw refused();
  }

  @Override
  public Composite getComposite() {
    throw refused();
  }

  @Override
  public void setBackground(Color color) {
    throw refused();
  }

  @Override
  public Color getBackground() {
    throw refused();
  }

  @Override
  public void setPaintMode() {
    throw refused();
  }

  @Override
  public void setXORMode(Color color) {
    throw refused();
  }

  @Override
  public FontMetrics getFontMetrics(Font font) {
    throw refused();
  }

  @Override
  public void copyArea(int x, int y, int width, int height, int dx, int dy) {
    throw refused();
  }

  @Override
  public void clearRect(int x, int y, int width, int height) {
    throw refused();
  }

  @Override
  public void drawRoundRect(int x, int y, int width, int height, int arcWidth, int arcHeight) {
    throw refused();
  }

  @Override
  public void fillRoundRect(int x, int y, int width, int height, int arcWidth, int arcHeight) {
    throw refused();
  }

  @Override
  public void drawOval(int x, int y, int width, int height) {
    throw refused();
  }

  @Override
  public void fillOval(int x, int y, int width, int height) {
    throw refused();
  }

  @Override
  public void drawArc(int x, int y, int width, int height, int start, int angle) {
    throw refused();
  }

  @Override
  public void fillArc(int x, int y, int width, int height, int start, int angle) {
    throw refused();
  }

  @Override
  public void drawPolyline(int[] xs, int[] ys, int count) {
    throw refused();
  }

  @Override
  public void drawPolygon(int[] xs, int[] ys, int count) {
    throw refused();
  }

  @Override
  public boolean drawImage(Image image, int x, int y, ImageObserver observer) {
    throw refused();
  }

  @Override
  public boolean drawImage(
      Image image, int x, int y, int width, int height, ImageObserver observer) {
    throw refused();
  }

  @Override
  public boolean drawImage(Image image, int x, int y, Color behind, ImageObserver observer) {
    throw refused();
  }

  @Override
  public boolean drawImage(
      Image image, int x, int y, int width, int height, Color behind, ImageObserver observer) {
    throw refused();
  }

  @Override
  public boolean drawImage(
      Image image,
      int toX1,
      int toY1,
      int toX2,
      int toY2,
      int fromX1,
      int fromY1,
      int fromX2,
      int fromY2,
      ImageObserver observer) {
    throw refused();
  }

  @Override
  public boolean drawImage(
      Image image,
      int toX1,
      int toY1,
      int toX2,
      int toY2,
      int fromX1,
      int fromY1,
      int fromX2,
      int fromY2,
      Color behind,
      ImageObserver observer) {
    throw refused();
  }
}
