package stride.image;

/**
 * A picture's rows as 8-bit samples, one after the other, without a copy where they are stored in
 * the wanted form. Channel c of pixel x of the row that {@link #move} went to is {@code
 * array()[offset() + x * step() + band(c)]}. Not thread-safe.
 */
abstract class Rows {
  private final int height;
  private final int width;
  private final int step;
  private final int[] bands;

  Rows(int height, int width, int step, int... bands) {
    this.height = height;
    this.width = width;
    this.step = step;
    this.bands = bands;
  }

  /** Returns all channels of an image. */
  static Rows of(Pixels image) {
    int step = image.channels();
    return new Stored(
        image.height(), image.width(), image.data(), 0, image.width() * step, step, all(step));
  }

  static int[] all(int channels) {
    var bands = new int[channels];
    for (int c = 0; c < channels; c++) {
      bands[c] = c;
    }
    return bands;
  }

  final int height() {
    return height;
  }

  final int width() {
    return width;
  }

  final int channels() {
    return bands.length;
  }

  final int step() {
    return step;
  }

  final int band(int channel) {
    return bands[channel];
  }

  /** Returns a part of the picture. */
  final Rows part(Region region) {
    if (region.top() + region.height() > height || region.left() + region.width() > width) {
      throw new IllegalArgumentException(
          "%s is not within a picture of %dx%d".formatted(region, height, width));
    }
    return new View(this, region, bands);
  }

  /** Some of the channels. */
  final Rows select(int... channels) {
    var chosen = new int[channels.length];
    for (int c = 0; c < chosen.length; c++) {
      chosen[c] = bands[channels[c]];
    }
    return new View(this, new Region(0, 0, height, width), chosen);
  }

  /** ITU-R 601-2 luma of red, green and blue, as PIL's {@code convert("L")} makes it. */
  final Rows luminance() {
    return new Luminance(this);
  }

  /** Returns a copy of all rows. */
  final Pixels toPixels() {
    return Resize.window(this, Resize.Span.all(width), Resize.Span.all(height), Resampling.BOX);
  }

  /** Goes to a row. */
  abstract void move(int y);

  abstract byte[] array();

  abstract int offset();

  /** Returns the ITU-R 601-2 luma of 0xRRGGBB; that of a grey value is the value itself. */
  static int luminance(int rgb) {
    return luminance(rgb >> 16 & 0xFF, rgb >> 8 & 0xFF, rgb & 0xFF);
  }

  static int luminance(int red, int green, int blue) {
    return (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
  }

  /** Rows in an array, at equal distances. */
  static final class Stored extends Rows {
    private final byte[] array;
    private final int first;
    private final int stride;
    private int offset;

    /**
     * @param first where the first row's first pixel is
     * @param stride from a row to the next; negative if rows are stored from the bottom up
     * @param step from a pixel to the next; may be negative
     */
    Stored(int height, int width, byte[] array, int first, int stride, int step, int... bands) {
      super(height, width, step, bands);
      this.array = array;
      this.first = first;
      this.stride = stride;
    }

    @Override
    void move(int y) {
      offset = first + y * stride;
    }

    @Override
    byte[] array() {
      return array;
    }

    @Override
    int offset() {
      return offset;
    }
  }

  private static final class View extends Rows {
    private final Rows whole;
    private final Region region;

    View(Rows whole, Region region, int... bands) {
      super(region.height(), region.width(), whole.step, bands);
      this.whole = whole;
      this.region = region;
    }

    @Override
    void move(int y) {
      whole.move(region.top() + y);
    }

    @Override
    byte[] array() {
      return whole.array();
    }

    @Override
    int offset() {
      return whole.offset() + region.left() * whole.step;
    }
  }

  /** Rows that are made one at a time, pixel by pixel. */
  abstract static class Made extends Rows {
    private final byte[] row;

    Made(int height, int width, int channels) {
      super(height, width, channels, all(channels));
      row = new byte[width * channels];
    }

    @Override
    final void move(int y) {
      make(y, row);
    }

    abstract void make(int y, byte[] row);

    @Override
    final byte[] array() {
      return row;
    }

    @Override
    final int offset() {
      return 0;
    }
  }

  private static final class Luminance extends Made {
    private final Rows rgb;

    Luminance(Rows rgb) {
      super(rgb.height, rgb.width, 1);
      this.rgb = rgb;
    }

    @Override
    void make(int y, byte[] row) {
      rgb.move(y);
      byte[] from = rgb.array();
      int at = rgb.offset();
      for (int x = 0; x < row.length; x++, at += rgb.step) {
        row[x] =
            (byte)
                luminance(
                    from[at + rgb.bands[0]] & 0xFF,
                    from[at + rgb.bands[1]] & 0xFF,
                    from[at + rgb.bands[2]] & 0xFF);
      }
    }
  }
}
