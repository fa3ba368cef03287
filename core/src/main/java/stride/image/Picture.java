package stride.image;

import java.awt.image.BufferedImage;

/**
 * A picture that has been read, upright. Its pixels are those of PIL; it also knows what a drawing
 * is told from its paper by: opacity, and all of 16-bit grey. Immutable.
 */
public final class Picture {
  private final Source source;

  /** Where the pixels are. */
  interface Source {
    int height();

    int width();

    boolean isGrey();

    /** The rows with 1 channel or 3. */
    Rows rows(int channels);

    /** The pixels with 1 channel or 3. */
    default Pixels pixels(int channels) {
      return rows(channels).toPixels();
    }

    Pixels drawing();

    BufferedImage toBufferedImage();
  }

  Picture(Source source) {
    this.source = source;
  }

  /**
   * @param stored grey, or red, green and blue; perhaps followed by opacity
   * @param deep whether they are the upper and the lower byte of 16-bit grey instead
   * @param orientation how they are turned to be upright
   */
  Picture(Pixels stored, boolean deep, Orientation orientation) {
    this(new Decoded(stored, deep, orientation));
  }

  /** Returns a picture of AWT, which must not be changed any more. */
  public static Picture of(BufferedImage picture) {
    Arguments.given(picture, "the picture is null");
    return BufferedPictures.picture(picture);
  }

  /** The picture's height in pixels. */
  public int height() {
    return source.height();
  }

  /** The picture's width in pixels. */
  public int width() {
    return source.width();
  }

  /** Whether the picture is stored as grey. */
  public boolean isGrey() {
    return source.isGrey();
  }

  /**
   * Red, green and blue as PIL's {@code convert("RGB")} gives them: transparency and colour
   * profiles are ignored, 16-bit colours keep their upper 8 bits, 16-bit grey values are cut off at
   * 255.
   */
  public Pixels rgb() {
    return source.pixels(3);
  }

  /**
   * Grey values as PIL's {@code convert("L")} gives them: colours are weighted with 0.299 red,
   * 0.587 green and 0.114 blue in 16-bit fixed point.
   */
  public Pixels grey() {
    return source.pixels(1);
  }

  /**
   * Returns the picture as an image, (H, W, C) in [0, 1]: a grey picture with 1 channel, any other
   * with 3 (red, green, blue). Transparency is ignored.
   */
  public Image toImage() {
    return source.pixels(isGrey() ? 1 : 3).toImage();
  }

  /**
   * Returns the picture for AWT, transparent where it is: grey as {@code TYPE_BYTE_GRAY}, colours
   * as {@code TYPE_3BYTE_BGR} or {@code TYPE_4BYTE_ABGR}, grey of 16 bits as {@code
   * TYPE_USHORT_GRAY}.
   */
  public BufferedImage toBufferedImage() {
    return source.toBufferedImage();
  }

  /** The rows with 1 channel or 3, as they are made from what is stored. */
  Rows rows(int channels) {
    return source.rows(channels);
  }

  /**
   * Returns what a drawing is told from its paper by: grey, or red, green and blue, with opacity as
   * the second or fourth channel where the picture has it; of 16-bit grey the upper 8 bits.
   */
  public Pixels drawing() {
    return source.drawing();
  }

  /** A picture of one of the decoders. */
  private record Decoded(Pixels stored, boolean deep, Orientation orientation) implements Source {
    @Override
    public int height() {
      return orientation.height(stored);
    }

    @Override
    public int width() {
      return orientation.width(stored);
    }

    @Override
    public boolean isGrey() {
      return stored.channels() <= 2;
    }

    @Override
    public Pixels pixels(int channels) {
      return stored.channels() == channels ? orientation.apply(stored) : rows(channels).toPixels();
    }

    @Override
    public Rows rows(int channels) {
      var rows = orientation.rows(stored);
      if (deep) {
        rows = new CutOff(rows);
      }
      if (isGrey()) {
        return channels == 1 ? rows.select(0) : rows.select(0, 0, 0);
      }
      return channels == 3 ? rows.select(0, 1, 2) : rows.select(0, 1, 2).luminance();
    }

    @Override
    public Pixels drawing() {
      return deep ? orientation.rows(stored).select(0).toPixels() : orientation.apply(stored);
    }

    @Override
    public BufferedImage toBufferedImage() {
      var upright = orientation.apply(stored);
      return deep ? BufferedPictures.of16Bits(upright) : BufferedPictures.of(upright);
    }
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
