package stride.app.report;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.List;
import stride.image.Image;
import stride.tensor.Shape;

/**
 * Images in rows on one picture: an original on the left, what becomes of it on the right, a line
 * of text below each.
 */
public final class ContactSheet {
  /** Smaller images are enlarged by a whole number, to about this. */
  private static final int MIN_SIDE = 128;

  private static final int GAP = 12;
  private static final int LINE = 20;
  private static final int TITLE = 28;
  private static final Color PAPER = Color.WHITE;
  private static final Color INK = new Color(0x222222);
  private static final Color FAINT = new Color(0x666666);

  private final Shape shape;
  private final int scale;

  /**
   * An image and what is written below it.
   *
   * @param image (H, W, C) with 1 or 3 channels; values outside [0, 1] are cut off
   * @param boxes drawn on it, in its pixels
   */
  public record Cell(Image image, String text, List<BoxDrawing.Marked> boxes) {
    /** An image without boxes. */
    public Cell(Image image, String text) {
      this(image, text, List.of());
    }
  }

  /** A sheet of images of a shape. */
  public ContactSheet(Shape shape) {
    this.shape = shape;
    scale = Math.max(1, Math.round((float) MIN_SIDE / Math.max(shape.height(), shape.width())));
  }

  /**
   * Draws the sheet.
   *
   * @param titles of the original and of what becomes of it
   * @param rows each with the original first
   */
  public BufferedImage draw(List<String> titles, List<List<Cell>> rows) {
    int wide = shape.width() * scale;
    int high = shape.height() * scale;
    int columns = rows.getFirst().size();
    var sheet =
        new BufferedImage(
            3 * GAP + columns * (wide + GAP),
            TITLE + rows.size() * (high + LINE + GAP) + GAP,
            BufferedImage.TYPE_INT_RGB);
    var graphics = sheet.createGraphics();
    graphics.setColor(PAPER);
    graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 14));
    graphics.setColor(INK);
    for (int i = 0; i < titles.size(); i++) {
      write(graphics, titles.get(i), left(i), TITLE - 9, i == 0 ? wide : sheet.getWidth());
    }
    graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
    graphics.setColor(FAINT);
    for (int r = 0; r < rows.size(); r++) {
      int top = TITLE + r * (high + LINE + GAP);
      for (int i = 0; i < columns; i++) {
        var cell = rows.get(r).get(i);
        graphics.drawImage(Drawings.image(cell.image), left(i), top, wide, high, null);
        if (!cell.boxes.isEmpty()) {
          var area = (Graphics2D) graphics.create(left(i), top, wide, high);
          var scaled = cell.boxes.stream().map(box -> box.times(scale)).toList();
          BoxDrawing.paint(area, wide, high, scaled);
          area.dispose();
        }
        write(graphics, cell.text, left(i), top + high + 15, wide);
      }
    }
    graphics.dispose();
    return sheet;
  }

  /** The original stands apart from the others. */
  private int left(int column) {
    return GAP + column * (shape.width() * scale + GAP) + (column > 0 ? GAP : 0);
  }

  /** Text that is too long loses its middle. */
  private static void write(Graphics2D graphics, String text, int x, int y, int room) {
    var metrics = graphics.getFontMetrics();
    String shown = text;
    for (int kept = text.length() - 1; kept > 1 && metrics.stringWidth(shown) > room; kept--) {
      shown = text.substring(0, (kept + 1) / 2) + "…" + text.substring(text.length() - kept / 2);
    }
    graphics.drawString(shown, x, y);
  }
}
