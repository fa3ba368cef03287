package stride.codecs.vp8l;

import static java.util.Objects.requireNonNull;
import static stride.codecs.vp8l.PrefixCodes.LENGTHS;
import static stride.codecs.vp8l.PrefixCodes.VALUES;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import stride.format.FormatException;

/**
 * An image of pixels 0xAARRGGBB that are coded as literals, as copies of earlier ones and as places
 * in a colour cache (RFC 9649, sections 3.6 and 3.7). This is the header before its pixels.
 *
 * @param cacheBits the binary logarithm of the colour cache's size, or 0 for no cache
 * @param tileBits the binary logarithm of the side of the tiles, each with its own prefix codes
 * @param codes the prefix codes of each tile, or of the whole image
 */
record CodedImage(int width, int height, int cacheBits, int tileBits, PrefixCodes[] codes) {
  private static final int MAX_CACHE_BITS = 11;

  /** The binary logarithm of a tile's side that is at least as large as any image. */
  private static final int WHOLE = 30;

  /** The number of pixels for which memory is allocated at the beginning. */
  private static final long ENOUGH = 1 << 20;

  private static final long PIXELS_PER_BYTE = 512;

  /**
   * Near ones of the pixels that are copied from: how far to the left of 8, and 16 times how far
   * up.
   */
  private static final int[] NEAR = {
    0x18, 0x07, 0x17, 0x19, 0x28, 0x06, 0x27, 0x29, 0x16, 0x1A, 0x26, 0x2A, 0x38, 0x05, 0x37, 0x39,
    0x15, 0x1B, 0x36, 0x3A, 0x25, 0x2B, 0x48, 0x04, 0x47, 0x49, 0x14, 0x1C, 0x35, 0x3B, 0x46, 0x4A,
    0x24, 0x2C, 0x58, 0x45, 0x4B, 0x34, 0x3C, 0x03, 0x57, 0x59, 0x13, 0x1D, 0x56, 0x5A, 0x23, 0x2D,
    0x44, 0x4C, 0x55, 0x5B, 0x33, 0x3D, 0x68, 0x02, 0x67, 0x69, 0x12, 0x1E, 0x66, 0x6A, 0x22, 0x2E,
    0x54, 0x5C, 0x43, 0x4D, 0x65, 0x6B, 0x32, 0x3E, 0x78, 0x01, 0x77, 0x79, 0x53, 0x5D, 0x11, 0x1F,
    0x64, 0x6C, 0x42, 0x4E, 0x76, 0x7A, 0x21, 0x2F, 0x75, 0x7B, 0x31, 0x3F, 0x63, 0x6D, 0x52, 0x5E,
    0x00, 0x74, 0x7C, 0x41, 0x4F, 0x10, 0x20, 0x62, 0x6E, 0x30, 0x73, 0x7D, 0x51, 0x5F, 0x40, 0x72,
    0x7E, 0x61, 0x6F, 0x50, 0x71, 0x7F, 0x60, 0x70
  };

  /** Reads the header before the picture's own pixels. */
  static CodedImage main(BitReader in, int width, int height) throws FormatException {
    int cacheBits = cacheBits(in);
    if (!in.flag()) {
      return whole(in, width, height, cacheBits);
    }
    int tileBits = 2 + in.read(3);
    int[] tiles = pixels(in, Transform.tiles(width, tileBits), Transform.tiles(height, tileBits));
    int most = 0;
    for (int i = 0; i < tiles.length; i++) {
      tiles[i] = tiles[i] >> 8 & 0xFFFF;
      most = Math.max(most, tiles[i]);
    }
    // There may be codes that no tile uses.
    var wanted = new boolean[most + 1];
    for (int tile : tiles) {
      wanted[tile] = true;
    }
    var found = new @Nullable PrefixCodes[most + 1];
    for (int i = 0; i < found.length; i++) {
      var read = PrefixCodes.read(in, cacheSize(cacheBits));
      found[i] = wanted[i] ? read : null;
    }
    var codes = new PrefixCodes[tiles.length];
    for (int i = 0; i < tiles.length; i++) {
      codes[i] = requireNonNull(found[tiles[i]]);
    }
    return new CodedImage(width, height, cacheBits, tileBits, codes);
  }

  /** Reads a small image, such as those of the transforms. */
  static int[] pixels(BitReader in, int width, int height) throws FormatException {
    return whole(in, width, height, cacheBits(in)).pixels(in, false);
  }

  private static CodedImage whole(BitReader in, int width, int height, int cacheBits)
      throws FormatException {
    var codes = PrefixCodes.read(in, cacheSize(cacheBits));
    return new CodedImage(width, height, cacheBits, WHOLE, new PrefixCodes[] {codes});
  }

  private static int cacheBits(BitReader in) throws FormatException {
    if (!in.flag()) {
      return 0;
    }
    int bits = in.read(4);
    if (bits < 1 || bits > MAX_CACHE_BITS) {
      throw new FormatException(
          "the picture is damaged: its VP8L data has a colour cache of %d bits, expected 1 to %d"
              .formatted(bits, MAX_CACHE_BITS));
    }
    return bits;
  }

  /**
   * Returns whether only green is coded: there is no colour cache, and the other channels take no
   * bits.
   */
  boolean isGreenOnly() {
    return cacheBits == 0 && Arrays.stream(codes).allMatch(PrefixCodes::isGreenOnly);
  }

  private static int cacheSize(int bits) {
    return bits > 0 ? 1 << bits : 0;
  }

  /**
   * Reads the pixels.
   *
   * @param lastMayBeCut whether the data may end within the code of the last pixel, which libwebp
   *     allows in some places
   * @throws FormatException if there are too few, or a copy from or to where nothing is
   */
  int[] pixels(BitReader in, boolean lastMayBeCut) throws FormatException {
    int total = width * height;
    // Most images have at most this many pixels; the memory grows for larger ones as they are read.
    var pixels = new int[(int) Math.min(total, ENOUGH + PIXELS_PER_BYTE * in.left())];
    var cache = cacheBits > 0 ? new ColourCache(cacheBits) : null;
    int cached = 0;
    int mask = (1 << tileBits) - 1;
    int tilesAcross = Transform.tiles(width, tileBits);
    var code = codes[0];
    int x = 0;
    int y = 0;
    int count = 1;
    for (int at = 0; at < total; at += count) {
      while (x >= width) {
        x -= width;
        y++;
      }
      if ((x & mask) == 0 || count > 1) {
        code = codes[(y >> tileBits) * tilesAcross + (x >> tileBits)];
      }
      if (at == pixels.length) {
        pixels = longer(pixels, 1);
      }
      count = 1;
      in.fill();
      int green = code.green().read(in);
      if (green < VALUES) {
        int red = code.red().read(in);
        in.fill();
        int blue = code.blue().read(in);
        int alpha = code.alpha().read(in);
        pixels[at] = alpha << 24 | red << 16 | green << 8 | blue;
      } else if (green < VALUES + LENGTHS) {
        count = number(in, green - VALUES);
        int distance = code.distance().read(in);
        in.fill();
        distance = distance(number(in, distance));
        if (distance > at || count > total - at) {
          throw new FormatException(
              "the picture is damaged: its VP8L data copies %d pixels from %d before to %d of %d"
                  .formatted(count, distance, at, total));
        }
        if (count > pixels.length - at) {
          pixels = longer(pixels, count);
        }
        copy(pixels, at, distance, count);
      } else if (cache != null) {
        for (; cached < at; cached++) {
          cache.add(pixels[cached]);
        }
        pixels[at] = cache.get(green - VALUES - LENGTHS);
      }
      if (in.isPastEnd() && !(lastMayBeCut && at + count == total)) {
        throw new FormatException(
            "the picture is truncated: its VP8L data ends in row %d of %d"
                .formatted(y + 1, height));
      }
      x += count;
    }
    return pixels;
  }

  private int[] longer(int[] pixels, int more) {
    long wanted = 2L * pixels.length + more;
    return Arrays.copyOf(pixels, (int) Math.min(wanted, (long) width * height));
  }

  private static void copy(int[] pixels, int at, int distance, int count) {
    if (distance >= count) {
      System.arraycopy(pixels, at - distance, pixels, at, count);
    } else {
      for (int i = at; i < at + count; i++) {
        pixels[i] = pixels[i - distance];
      }
    }
  }

  /** Reads the extra bits of a length or a distance after its prefix (section 3.6.2.2). */
  private static int number(BitReader in, int prefix) {
    if (prefix < 4) {
      return prefix + 1;
    }
    int bits = prefix - 2 >> 1;
    return (2 + (prefix & 1) << bits) + in.read(bits) + 1;
  }

  /**
   * Returns a distance in pixels: the lowest codes are for pixels that are near in two dimensions.
   */
  private int distance(int coded) {
    if (coded > NEAR.length) {
      return coded - NEAR.length;
    }
    int near = NEAR[coded - 1];
    return Math.max((near >> 4) * width + 8 - (near & 0xF), 1);
  }
}
