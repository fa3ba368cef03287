package stride.app.report;

import java.awt.BasicStroke;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Shape;
import java.awt.font.FontRenderContext;
import java.awt.font.TextLayout;
import java.awt.geom.AffineTransform;
import java.awt.geom.PathIterator;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * An area or a line of a drawing in one of {@link Palette}'s colours, so that a style sheet can
 * make the drawing dark. Texts are outlines: they look alike whatever fonts the reader has.
 *
 * @param stroke of a line; null for an area
 */
record Mark(Shape shape, Palette ink, @Nullable BasicStroke stroke) {
  private static final FontRenderContext FINE = new FontRenderContext(null, true, true);

  static Mark area(Shape shape, Palette ink) {
    return new Mark(shape, ink, null);
  }

  static Mark line(Shape shape, Palette ink, BasicStroke stroke) {
    return new Mark(shape, ink, stroke);
  }

  /** Returns a text that has not been put anywhere. */
  static TextLayout layout(String text, Font font) {
    // A text without characters has no layout.
    return new TextLayout(text.isEmpty() ? " " : text, font, FINE);
  }

  /**
   * Returns a text in its place.
   *
   * @param part of its width that lies left of x: 0 to begin there, 1 to end there
   * @param y of its base line
   */
  static Mark text(TextLayout text, double x, double y, double part) {
    var place = AffineTransform.getTranslateInstance(x - part * text.getAdvance(), y);
    return area(text.getOutline(place), Palette.TEXT);
  }

  /** Returns a text that is read upwards, with its middle and its base line in a place. */
  static Mark upright(TextLayout text, double x, double y) {
    var place = AffineTransform.getTranslateInstance(x, y);
    place.quadrantRotate(-1);
    place.translate(-text.getAdvance() / 2, 0);
    return area(text.getOutline(place), Palette.TEXT);
  }

  void paint(Graphics2D graphics) {
    graphics.setColor(ink.light());
    if (stroke == null) {
      graphics.fill(shape);
    } else {
      graphics.setStroke(stroke);
      graphics.draw(shape);
    }
  }

  /** Returns an SVG element, in one line. */
  String toSvg() {
    String color = Palette.svg(ink.light());
    return stroke == null
        ? "<path d=\"%s\" fill=\"%s\"/>\n".formatted(path(), color)
        : "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%s\" stroke-linejoin=\"round\"%s/>\n"
            .formatted(
                path(),
                color,
                number(stroke.getLineWidth()),
                stroke.getDashArray() == null ? "" : dashes(stroke.getDashArray()));
  }

  private static String dashes(float[] lengths) {
    return " stroke-dasharray=\"%s %s\"".formatted(number(lengths[0]), number(lengths[1]));
  }

  private String path() {
    var path = new StringBuilder();
    var numbers = new double[6];
    for (var at = shape.getPathIterator(null); !at.isDone(); at.next()) {
      int kind = at.currentSegment(numbers);
      int points =
          switch (kind) {
            case PathIterator.SEG_MOVETO, PathIterator.SEG_LINETO -> 1;
            case PathIterator.SEG_QUADTO -> 2;
            case PathIterator.SEG_CUBICTO -> 3;
            default -> 0;
          };
      path.append("MLQCZ".charAt(kind));
      for (int i = 0; i < 2 * points; i++) {
        path.append(i == 0 ? "" : " ").append(number(numbers[i]));
      }
    }
    return path.toString();
  }

  /** To a hundredth of a pixel. */
  private static String number(double value) {
    return BigDecimal.valueOf(Math.round(100 * value), 2).stripTrailingZeros().toPlainString();
  }
}
