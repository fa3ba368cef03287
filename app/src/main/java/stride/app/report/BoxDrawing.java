package stride.app.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Boxes with their names on a picture. Lines and letters are as large as suits the picture, each
 * class has a colour of its own between dark edges, and names stand on that colour in black or
 * white, whichever is read better, within the picture and beside each other where there is room.
 */
public final class BoxDrawing {
  /** Smaller pictures are enlarged, in whole pixels, so that names can be read. */
  private static final int SMALLEST_SIDE = 224;

  /** A letter's height for a picture of this many pixels' side is one pixel. */
  private static final double SIDE_A_LETTER = 34;

  private static final int SMALLEST_LETTER = 11;
  private static final double SIDE_A_LINE = 240;

  /** The hues of numbers that follow each other are far apart (the golden section of a circle). */
  private static final float NEXT_HUE = 0.618034f;

  /** Darker colours are not seen in the dark. */
  private static final double DARKEST = 0.12;

  private BoxDrawing() {}

  /**
   * A box to draw.
   *
   * @param left in pixels of the picture, as the others
   * @param text beside the box; empty for none
   * @param label its class, which decides on the colour
   */
  public record Marked(
      double left, double top, double right, double bottom, String text, int label) {
    Marked times(double factor) {
      return new Marked(left * factor, top * factor, right * factor, bottom * factor, text, label);
    }
  }

  /**
   * Returns a copy of a picture with boxes on it; a picture with a side below 224 pixels is
   * enlarged by a whole number.
   *
   * @param boxes the most important first: they are drawn last, and their names get the best places
   */
  public static BufferedImage draw(BufferedImage picture, List<Marked> boxes) {
    int side = Math.min(picture.getWidth(), picture.getHeight());
    // A picture may be a line: what it is enlarged to has to stay a picture.
    long most = Math.max(1, 4096L / Math.max(picture.getWidth(), picture.getHeight()));
    int factor = (int) Math.clamp(Math.ceilDiv(SMALLEST_SIDE, side), 1, most);
    int width = picture.getWidth() * factor;
    int height = picture.getHeight() * factor;
    var drawn = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    var graphics = drawn.createGraphics();
    // What is transparent is on white, as viewers show it.
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, width, height);
    graphics.drawImage(picture, 0, 0, width, height, null);
    paint(graphics, width, height, boxes.stream().map(box -> box.times(factor)).toList());
    graphics.dispose();
    return drawn;
  }

  /**
   * Draws boxes over an area of which the upper left corner is the origin.
   *
   * @param boxes in pixels of the area, the most important first
   */
  static void paint(Graphics2D graphics, int width, int height, List<Marked> boxes) {
    int side = Math.min(width, height);
    var painting = new Painting(graphics, width, height, side);
    for (var box : boxes.reversed()) {
      painting.outline(box);
    }
    var placed = new ArrayList<Rectangle>();
    var labels = new ArrayList<Runnable>();
    for (var box : boxes) {
      if (!box.text.isEmpty()) {
        var fitted = painting.fitted(box.text);
        var place = painting.place(box, fitted, placed);
        placed.add(place);
        labels.add(() -> painting.label(box, fitted, place));
      }
    }
    labels.reversed().forEach(Runnable::run);
  }

  /** The colour of a class. */
  static Color colour(int label) {
    float hue = (0.58f + label * NEXT_HUE) % 1;
    // Colours of the same hue come again after some tens of classes, lighter or darker.
    var colour = Color.getHSBColor(hue, label % 3 == 1 ? 0.6f : 0.85f, label % 2 == 0 ? 1 : 0.8f);
    while (luminance(colour) < DARKEST) {
      colour =
          new Color(
              lighter(colour.getRed()), lighter(colour.getGreen()), lighter(colour.getBlue()));
    }
    return colour;
  }

  private static int lighter(int value) {
    return value + (255 - value) / 8;
  }

  /** Black or white, whichever has more contrast with a colour (WCAG 2). */
  static Color ink(Color paper) {
    double light = luminance(paper);
    return (light + 0.05) / 0.05 > 1.05 / (light + 0.05) ? Color.BLACK : Color.WHITE;
  }

  private static double luminance(Color colour) {
    return 0.2126 * linear(colour.getRed())
        + 0.7152 * linear(colour.getGreen())
        + 0.0722 * linear(colour.getBlue());
  }

  private static double linear(int value) {
    double part = value / 255.0;
    return part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4);
  }

  private static final class Painting {
    private final Graphics2D graphics;
    private final int width;
    private final int height;
    private final float line;
    private final float edge;
    private final int gap;

    Painting(Graphics2D graphics, int width, int height, int side) {
      this.graphics = graphics;
      this.width = width;
      this.height = height;
      line = (float) Math.max(1.5, side / SIDE_A_LINE);
      edge = Math.max(1, line / 2);
      int letter = (int) Math.max(SMALLEST_LETTER, Math.round(side / SIDE_A_LETTER));
      gap = Math.max(2, letter / 5);
      graphics.setFont(new Font(Font.SANS_SERIF, Font.BOLD, letter));
      graphics.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      graphics.setRenderingHint(
          RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    }

    void outline(Marked box) {
      // The whole line is seen where a box ends at the picture's edge.
      double in = line / 2 + edge;
      double left = Math.clamp(box.left, in, Math.max(in, width - in));
      double top = Math.clamp(box.top, in, Math.max(in, height - in));
      double right = Math.clamp(box.right, left, Math.max(left, width - in));
      double bottom = Math.clamp(box.bottom, top, Math.max(top, height - in));
      var shape = new Rectangle2D.Double(left, top, right - left, bottom - top);
      graphics.setColor(new Color(0, 0, 0, 170));
      graphics.setStroke(
          new BasicStroke(line + 2 * edge, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER));
      graphics.draw(shape);
      graphics.setColor(colour(box.label));
      graphics.setStroke(new BasicStroke(line, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER));
      graphics.draw(shape);
    }

    /** The text, of which the middle is left out if the picture is too narrow for it. */
    String fitted(String text) {
      var metrics = graphics.getFontMetrics();
      int room = width - 2 * gap;
      String shown = text;
      for (int kept = text.length() - 1; kept > 0 && metrics.stringWidth(shown) > room; kept--) {
        shown = text.substring(0, (kept + 1) / 2) + "…" + text.substring(text.length() - kept / 2);
      }
      return shown;
    }

    /** Above the box, or where else it hides no other name, or as little as can be. */
    Rectangle place(Marked box, String text, List<Rectangle> taken) {
      var metrics = graphics.getFontMetrics();
      int wide = metrics.stringWidth(text) + 2 * gap;
      int high = metrics.getAscent() + metrics.getDescent();
      int left = (int) Math.floor(box.left - line / 2 - edge);
      int right = (int) Math.ceil(box.right + line / 2 + edge) - wide;
      int above = (int) Math.floor(box.top - edge) - high;
      int below = (int) Math.ceil(box.bottom + edge);
      int[][] corners = {
        {left, above},
        {left, (int) Math.round(box.top)},
        {right, above},
        {left, below},
        {right, (int) Math.round(box.top)},
        {left, (int) Math.round(box.bottom) - high},
        {right, below},
        {right, (int) Math.round(box.bottom) - high},
      };
      @Nullable Rectangle best = null;
      long least = Long.MAX_VALUE;
      for (int[] corner : corners) {
        var place =
            new Rectangle(
                Math.clamp(corner[0], 0, Math.max(0, width - wide)),
                Math.clamp(corner[1], 0, Math.max(0, height - high)),
                wide,
                high);
        // A place that had to be moved into the picture is less clearly that of its box.
        long moved = Math.abs(place.x - (long) corner[0]) + Math.abs(place.y - (long) corner[1]);
        long hidden = moved <= 2 * (line + edge) ? 0 : moved;
        for (var other : taken) {
          var common = place.intersection(other);
          hidden += common.isEmpty() ? 0 : 1000L * common.width * common.height;
        }
        if (hidden < least) {
          least = hidden;
          best = place;
        }
      }
      return Objects.requireNonNull(best);
    }

    void label(Marked box, String text, Rectangle place) {
      var colour = colour(box.label);
      graphics.setColor(colour);
      graphics.fill(place);
      graphics.setColor(ink(colour));
      graphics.drawString(text, place.x + gap, place.y + graphics.getFontMetrics().getAscent());
    }
  }
}
