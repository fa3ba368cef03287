package stride.codecs.vp8l;

import java.util.ArrayList;
import java.util.List;
import stride.format.FormatException;

/** Decodes VP8L (RFC 9649, section 3). */
public final class Vp8lDecoder {
  private static final int PREDICTOR = 0;
  private static final int CROSS_COLOUR = 1;
  private static final int SUBTRACT_GREEN = 2;

  private final int width;
  private final int height;

  /** The transforms, in the order in which they were applied. */
  private final List<Transform> transforms;

  private final CodedImage image;
  private final int[] pixels;

  private Vp8lDecoder(BitReader in, int width, int height, boolean opacity) throws FormatException {
    this.width = width;
    this.height = height;
    transforms = transforms(in, width, height);
    int codedWidth = transforms.isEmpty() ? width : transforms.getLast().codedWidth();
    image = CodedImage.main(in, codedWidth, height);
    pixels = image.pixels(in, opacity && isPalette());
  }

  /**
   * Reads the data between {@code from} and {@code to}.
   *
   * @param data the file
   * @param from the place of the first byte
   * @param to the place after the last byte
   * @return a decoder of the pixels
   * @throws FormatException if it is truncated or damaged
   */
  public static Vp8lDecoder read(byte[] data, int from, int to) throws FormatException {
    var header = Vp8lHeader.read(data, from, to);
    var in = new BitReader(data, from + Vp8lHeader.BYTES, to);
    return new Vp8lDecoder(in, header.width(), header.height(), false);
  }

  /**
   * Reads a lossy picture's opacity, which is the green of VP8L data without a header.
   *
   * @param data the file
   * @param from the place of the first byte
   * @param to the place after the last byte
   * @param width the picture's width in pixels
   * @param height the picture's height in pixels
   * @return a byte for each pixel
   * @throws FormatException if the data is truncated or damaged
   */
  public static byte[] greens(byte[] data, int from, int to, int width, int height)
      throws FormatException {
    var decoder = new Vp8lDecoder(new BitReader(data, from, to), width, height, true);
    var greens = new byte[width * height];
    var rows = decoder.new Rows();
    for (int y = 0, at = 0; y < height; y++) {
      int[] row = rows.next(y);
      for (int x = 0; x < width; x++) {
        greens[at++] = (byte) (row[x] >> 8);
      }
    }
    return greens;
  }

  /** Returns whether the only transform is a table of colours, and only green is coded. */
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
   * Writes the pixels. Call it only once.
   *
   * @param out the array that receives red, green and blue, and opacity after them if {@code step}
   *     is 4
   * @param at the place of the first pixel
   * @param stride the distance from a pixel to the one below
   * @param step the distance from a pixel to the next one: 3 or 4
   */
  public void decode(byte[] out, int at, int stride, int step) {
    var rows = new Rows();
    for (int y = 0; y < height; y++) {
      int[] row = rows.next(y);
      int to = at + y * stride;
      for (int x = 0; x < width; x++, to += step) {
        out[to] = (byte) (row[x] >> 16);
        out[to + 1] = (byte) (row[x] >> 8);
        out[to + 2] = (byte) row[x];
      }
      to = at + y * stride + 3;
      for (int x = 0; step > 3 && x < width; x++, to += step) {
        out[to] = (byte) (row[x] >> 24);
      }
    }
  }

  /** Undoes the transforms, row by row. */
  private final class Rows {
    private final int[] coded = new int[image.width()];
    private final List<Transform> undone = transforms.reversed();

    int[] next(int y) {
      System.arraycopy(pixels, y * coded.length, coded, 0, coded.length);
      int[] row = coded;
      for (var transform : undone) {
        row = transform.undo(y, row);
      }
      return row;
    }
  }
}
