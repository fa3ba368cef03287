package stride.image;

/**
 * The turn that makes a stored picture upright, as PIL's {@code exif_transpose} does it; in the
 * order of EXIF's numbers, which begin with 1.
 */
enum Orientation {
  AS_STORED(false, false, false),
  FLIPPED_SIDEWAYS(true, false, false),
  UPSIDE_DOWN(true, true, false),
  FLIPPED_OVER(false, true, false),
  TRANSPOSED(false, false, true),
  TURNED_RIGHT(true, false, true),
  TRANSPOSED_UPSIDE_DOWN(true, true, true),
  TURNED_LEFT(false, true, true);

  /** The side of a square that is moved at once, so that both sides stay in the cache. */
  private static final int BLOCK = 32;

  private final boolean flipsX;
  private final boolean flipsY;
  private final boolean swaps;

  /**
   * Rows and columns are swapped first, if at all, then the result's x or y or both are flipped.
   */
  Orientation(boolean flipsX, boolean flipsY, boolean swaps) {
    this.flipsX = flipsX;
    this.flipsY = flipsY;
    this.swaps = swaps;
  }

  /** Returns the orientation with EXIF's number; as stored for undefined numbers. */
  static Orientation of(int number) {
    return number >= 1 && number <= values().length ? values()[number - 1] : AS_STORED;
  }

  /** Returns the turned image. */
  Pixels apply(Pixels image) {
    if (this == AS_STORED) {
      return image;
    }
    int height = height(image);
    int width = width(image);
    var turned = new byte[image.data().length];
    move(image, 0, height, turned);
    return new Pixels(height, width, image.channels(), turned);
  }

  /** Returns the rows of the turned image, without a copy of the image. */
  Rows rows(Pixels image) {
    if (swaps) {
      return new Turned(this, image);
    }
    int step = image.channels();
    int stride = image.width() * step;
    int first = (flipsX ? stride - step : 0) + (flipsY ? (image.height() - 1) * stride : 0);
    return new Rows.Stored(
        image.height(),
        image.width(),
        image.data(),
        first,
        flipsY ? -stride : stride,
        flipsX ? -step : step,
        Rows.all(step));
  }

  /** Returns the height of an image after the turn. */
  int height(Pixels image) {
    return swaps ? image.width() : image.height();
  }

  /** Returns the width of an image after the turn. */
  int width(Pixels image) {
    return swaps ? image.height() : image.width();
  }

  /** Some rows of the image turned, moved in blocks to the beginning of an array. */
  private void move(Pixels image, int begin, int end, byte[] into) {
    byte[] from = image.data();
    int pixel = image.channels();
    int stride = image.width() * pixel;
    int width = width(image);
    int alongX = (flipsX ? -1 : 1) * (swaps ? stride : pixel);
    int alongY = (flipsY ? -1 : 1) * (swaps ? pixel : stride);
    int first = (flipsX ? -alongX * (width - 1) : 0) + (flipsY ? -alongY * (height(image) - 1) : 0);
    for (int top = begin; top < end; top += BLOCK) {
      for (int left = 0; left < width; left += BLOCK) {
        int right = Math.min(left + BLOCK, width);
        for (int y = top; y < Math.min(top + BLOCK, end); y++) {
          int source = first + y * alongY + left * alongX;
          int target = ((y - begin) * width + left) * pixel;
          for (int x = left; x < right; x++) {
            for (int b = 0; b < pixel; b++) {
              into[target++] = from[source + b];
            }
            source += alongX;
          }
        }
      }
    }
  }

  /** Rows that were columns, some of them at a time. */
  private static final class Turned extends Rows {
    private final Orientation orientation;
    private final Pixels image;
    private final byte[] block;

    /** The block's first row, far from all others before there is one. */
    private int first = -BLOCK;

    private int offset;

    Turned(Orientation orientation, Pixels image) {
      super(
          orientation.height(image),
          orientation.width(image),
          image.channels(),
          all(image.channels()));
      this.orientation = orientation;
      this.image = image;
      block = new byte[Math.min(BLOCK, height()) * width() * step()];
    }

    @Override
    void move(int y) {
      if (y < first || y >= first + BLOCK) {
        first = y / BLOCK * BLOCK;
        orientation.move(image, first, Math.min(first + BLOCK, height()), block);
      }
      offset = (y - first) * width() * step();
    }

    @Override
    byte[] array() {
      return block;
    }

    @Override
    int offset() {
      return offset;
    }
  }
}
