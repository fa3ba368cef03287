package stride.codecs.vp8l;

import java.util.ArrayList;
import java.util.List;
import stride.format.FormatException;

/** Decodes VP8L (RFC 9649, section 3) into red, green and blue; transparency is left out. */
public final class Vp8lDecoder {
  private static final int PREDICTOR = 0;
  private static final int CROSS_COLOUR = 1;
  private static final int SUBTRACT_GREEN = 2;

  private final int width;
  private final int height;

  /** In the order in which they were done. */
  private final List<Transform> transforms;

  private final CodedImage image;
  private final int[] pixels;

  private Vp8lDecoder(BitReader in, int width, int height, boolean transparency)
      throws FormatException {
    this.width = width;
    this.height = height;
    transforms = transforms(in, width, height);
    int codedWidth = transforms.isEmpty() ? width : transforms.getLast().codedWidth();
    image = CodedImage.main(in, codedWidth, height);
    pixels = image.pixels(in, transparency && isPalette());
  }

  /**
   * Reads the data between {@code from} and {@code to}.
   *
   * @throws FormatException if it is truncated or damaged
   */
  public static Vp8lDecoder read(byte[] data, int from, int to) throws FormatException {
    var header = Vp8lHeader.read(data, from, to);
    var in = new BitReader(data, from + Vp8lHeader.BYTES, to);
    return new Vp8lDecoder(in, header.width(), header.height(), false);
  }

  /**
   * Reads a lossy picture's transparency, which has no header, as far as to see whether it is
   * whole.
   *
   * @throws FormatException if it is truncated or damaged
   */
  public static void check(byte[] data, int from, int to, int width, int height)
      throws FormatException {
    new Vp8lDecoder(new BitReader(data, from, to), width, height, true);
  }

  /** Whether there is but a table of colours, and all is in green. */
  private boolean isPalette() {
    return transforms.size() == 1
        && transforms.getFirst() instanceof ColourIndexing
        && image.isGreenOnly();
  }

  private static List<Transform> transforms(BitReader in, int width, int height)
      throws FormatException {
    List<Transform> transforms = new ArrayList<>();
    int seen = 0;
    int codedWidth = width;
    while (in.flag()) {
      int type = in.read(2);
      if ((seen & 1 << type) != 0) {
        throw new FormatException(
            "the picture is damaged: its VP8L data has the transform %d twice".formatted(type));
      }
      seen |= 1 << type;
      var transform = transform(in, type, codedWidth, height);
      codedWidth = transform.codedWidth();
      transforms.add(transform);
    }
    return transforms;
  }

  private static Transform transform(BitReader in, int type, int width, int height)
      throws FormatException {
    if (type == SUBTRACT_GREEN) {
      return new SubtractGreen(width);
    }
    if (type == PREDICTOR || type == CROSS_COLOUR) {
      int bits = 2 + in.read(3);
      int[] tiles =
          CodedImage.pixels(in, Transform.tiles(width, bits), Transform.tiles(height, bits));
      return type == PREDICTOR
          ? Predictor.of(width, bits, tiles)
          : new CrossColour(width, bits, tiles);
    }
    return ColourIndexing.of(width, CodedImage.pixels(in, 1 + in.read(8), 1));
  }

  /**
   * Gives the pixels; once.
   *
   * @param rgb where they go, three bytes each
   * @param at where the first pixel goes
   * @param stride from a pixel to the one below
   */
  public void decode(byte[] rgb, int at, int stride) {
    int codedWidth = image.width();
    var coded = new int[codedWidth];
    for (int y = 0; y < height; y++) {
      System.arraycopy(pixels, y * codedWidth, coded, 0, codedWidth);
      int[] row = coded;
      for (var transform : transforms.reversed()) {
        row = transform.undo(y, row);
      }
      for (int x = 0, to = at + y * stride; x < width; x++, to += 3) {
        rgb[to] = (byte) (row[x] >> 16);
        rgb[to + 1] = (byte) (row[x] >> 8);
        rgb[to + 2] = (byte) row[x];
      }
    }
  }
}
