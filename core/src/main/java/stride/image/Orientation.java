package stride.image;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.PixelInterleavedSampleModel;

/**
 * How a stored picture is turned to be seen upright, as PIL's {@code exif_transpose} does; in the
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

  /** Rows and columns of a square that is moved at once, so that both sides stay in the cache. */
  private static final int BLOCK = 32;

  private final boolean flipsX;
  private final boolean flipsY;
  private final boolean swaps;

  /** First rows and columns are swapped, if they are, then the result's x or y or both flipped. */
  Orientation(boolean flipsX, boolean flipsY, boolean swaps) {
    this.flipsX = flipsX;
    this.flipsY = flipsY;
    this.swaps = swaps;
  }

  /** The orientation with EXIF's number; as stored for numbers that mean nothing. */
  static Orientation of(int number) {
    return number >= 1 && number <= values().length ? values()[number - 1] : AS_STORED;
  }

  /** The picture turned, with the same kind of pixels. */
  BufferedImage apply(BufferedImage picture) {
    if (this == AS_STORED) {
      return picture;
    }
    int width = swaps ? picture.getHeight() : picture.getWidth();
    int height = swaps ? picture.getWidth() : picture.getHeight();
    var model = picture.getColorModel();
    var into = picture.getRaster().createCompatibleWritableRaster(width, height);
    var turned = new BufferedImage(model, into, model.isAlphaPremultiplied(), null);
    var from = picture.getRaster();
    if (from.getSampleModel() instanceof PixelInterleavedSampleModel a
        && into.getSampleModel() instanceof PixelInterleavedSampleModel b
        && from.getDataBuffer() instanceof DataBufferByte source
        && into.getDataBuffer() instanceof DataBufferByte target
        && from.getSampleModelTranslateX() == 0
        && from.getSampleModelTranslateY() == 0
        && source.getOffset() == 0
        && a.getPixelStride() == b.getPixelStride()
        && java.util.Arrays.equals(a.getBandOffsets(), b.getBandOffsets())) {
      move(
          source.getData(),
          a.getScanlineStride(),
          target.getData(),
          b.getScanlineStride(),
          a.getPixelStride(),
          width,
          height);
      return turned;
    }
    Object pixel = null;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int u = flipsX ? width - 1 - x : x;
        int v = flipsY ? height - 1 - y : y;
        pixel = from.getDataElements(swaps ? v : u, swaps ? u : v, pixel);
        into.setDataElements(x, y, pixel);
      }
    }
    return turned;
  }

  /** Moves pixels of some bytes in blocks. */
  private void move(
      byte[] from, int fromStride, byte[] into, int intoStride, int pixel, int width, int height) {
    int alongX = (flipsX ? -1 : 1) * (swaps ? fromStride : pixel);
    int alongY = (flipsY ? -1 : 1) * (swaps ? pixel : fromStride);
    int first = (flipsX ? -alongX * (width - 1) : 0) + (flipsY ? -alongY * (height - 1) : 0);
    for (int top = 0; top < height; top += BLOCK) {
      for (int left = 0; left < width; left += BLOCK) {
        int right = Math.min(left + BLOCK, width);
        for (int y = top; y < Math.min(top + BLOCK, height); y++) {
          int source = first + y * alongY + left * alongX;
          int target = y * intoStride + left * pixel;
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
}
