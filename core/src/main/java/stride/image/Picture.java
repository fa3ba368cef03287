package stride.image;

import java.awt.image.BufferedImage;
import stride.tensor.Tensor;

/**
 * A picture that has been read, upright. Its pixels are those of PIL; it also knows what a drawing
 * is told from its paper by: opacity, and all of 16-bit grey. Immutable.
 */
public final class Picture {
  private final Pixels stored;
  private final boolean deep;
  private final Orientation orientation;

  /**
   * @param stored grey, or red, green and blue; perhaps with opacity behind them
   * @param deep whether they are the upper and the lower byte of 16-bit grey instead
   * @param orientation how they are turned to be upright
   */
  Picture(Pixels stored, boolean deep, Orientation orientation) {
    this.stored = stored;
    this.deep = deep;
    this.orientation = orientation;
  }

  /** The picture's height in pixels. */
  public int height() {
    return orientation.height(stored);
  }

  /** The picture's width in pixels. */
  public int width() {
    return orientation.width(stored);
  }

  /** Whether the picture is stored as grey. */
  public boolean isGrey() {
    return stored.channels() <= 2;
  }

  /**
   * Red, green and blue as PIL's {@code convert("RGB")} gives them: transparency and colour
   * profiles are ignored, 16-bit colours keep their upper 8 bits, 16-bit grey values are cut off at
   * 255.
   */
  public Pixels rgb() {
    return pixels(3);
  }

  /**
   * Grey values as PIL's {@code convert("L")} gives them: colours are weighted with 0.299 red,
   * 0.587 green and 0.114 blue in 16-bit fixed point.
   */
  public Pixels grey() {
    return pixels(1);
  }

  private Pixels pixels(int channels) {
    return stored.channels() == channels ? orientation.apply(stored) : rows(channels).toPixels();
  }

  /**
   * The picture as a tensor, (H, W, C) in [0, 1]: a grey picture with 1 channel, any other with 3
   * (red, green, blue). Transparency is ignored.
   */
  public Tensor toTensor() {
    return pixels(isGrey() ? 1 : 3).toTensor();
  }

  /**
   * The picture for AWT, transparent where it is: grey as {@code TYPE_BYTE_GRAY}, colours as {@code
   * TYPE_3BYTE_BGR} or {@code TYPE_4BYTE_ABGR}, grey of 16 bits as {@code TYPE_USHORT_GRAY}.
   */
  public BufferedImage toImage() {
    var upright = orientation.apply(stored);
    return deep ? BufferedPictures.of16Bits(upright) : BufferedPictures.of(upright);
  }

  /** The rows with 1 channel or 3, as they are made from what is stored. */
  Rows rows(int channels) {
    var rows = orientation.rows(stored);
    if (deep) {
      rows = new CutOff(rows);
    }
    if (isGrey()) {
      return channels == 1 ? rows.select(0) : rows.select(0, 0, 0);
    }
    return channels == 3 ? rows.select(0, 1, 2) : rows.select(0, 1, 2).luminance();
  }

  /** What is drawn on it: opacity stays, and of 16-bit grey the upper 8 bits. */
  Pixels drawing() {
    return deep ? orientation.rows(stored).select(0).toPixels() : orientation.apply(stored);
  }

  /** 16-bit grey is PIL's mode "I", whose {@code convert} cuts off what is above 255. */
  private static final class CutOff extends Rows.Made {
    private final Rows wide;

    CutOff(Rows wide) {
      super(wide.height(), wide.width(), 1);
      this.wide = wide;
    }

    @Override
    void make(int y, byte[] row) {
      wide.move(y);
      byte[] from = wide.array();
      int at = wide.offset();
      for (int x = 0; x < row.length; x++, at += wide.step()) {
        row[x] = from[at + wide.band(0)] == 0 ? from[at + wide.band(1)] : (byte) 0xFF;
      }
    }
  }
}
