package stride.codecs.vp8;

import java.util.Arrays;
import stride.format.FormatException;

/** Decodes a key frame of VP8 (RFC 6386) into red, green and blue. */
public final class Vp8Decoder {
  private final FrameHeader header;
  private final int across;
  private final int down;
  private final ModeReader modes;
  private final CoefficientReader coefficients;
  private final Macroblock macroblock = new Macroblock();
  private final Plane luma;
  private final Plane blue;
  private final Plane red;
  private final FrameFilter filter;
  private final ColourConversion colours;
  private final int height;

  private Vp8Decoder(FrameTag tag, FrameHeader header) {
    this.header = header;
    across = tag.macroblocksAcross();
    down = tag.macroblocksDown();
    height = tag.height();
    modes = new ModeReader(header, across);
    coefficients = new CoefficientReader(header, across);
    luma = Plane.of(16 * across, 16 * down);
    blue = Plane.of(8 * across, 8 * down);
    red = Plane.of(8 * across, 8 * down);
    filter = new FrameFilter(header, across, luma, blue, red);
    colours = new ColourConversion(luma, blue, red, tag.width(), height);
  }

  /**
   * Reads the header of the frame between {@code from} and {@code to}.
   *
   * @param data the file
   * @param from the place of the first byte
   * @param to the place after the last byte
   * @return a decoder of the frame
   * @throws FormatException if it is truncated or damaged
   */
  public static Vp8Decoder read(byte[] data, int from, int to) throws FormatException {
    var tag = FrameTag.read(data, from, to);
    return new Vp8Decoder(tag, FrameHeader.read(tag, data, from, to));
  }

  /**
   * Decodes the frame. Call it only once.
   *
   * @param out the array that receives red, green and blue
   * @param at the place of the first pixel
   * @param stride the distance from a pixel to the one below
   * @param step the distance from a pixel to the next one: 3 or more
   * @throws FormatException if the frame is truncated
   */
  public void decode(byte[] out, int at, int stride, int step) throws FormatException {
    int converted = 0;
    for (int y = 0; y < down; y++) {
      predictRow(y);
      // The row below is predicted from pixels that are not filtered yet; filtering a row changes
      // the last ones of the row above.
      if (y > 0) {
        filter.row(y - 1);
      }
      for (; converted < 16 * (y - 1); converted++) {
        colours.row(converted, out, at + converted * stride, step);
      }
    }
    filter.row(down - 1);
    for (; converted < height; converted++) {
      colours.row(converted, out, at + converted * stride, step);
    }
  }

  private void predictRow(int y) throws FormatException {
    var partition = header.coefficients()[y & header.coefficients().length - 1];
    modes.beginRow();
    coefficients.beginRow();
    for (int x = 0; x < across; x++) {
      modes.read(header.modes(), x, macroblock);
      coefficients.read(partition, x, macroblock);
      filter.note(x, y, macroblock);
      predictLuma(x, y);
      predictChroma(blue, x, y, 16);
      predictChroma(red, x, y, 20);
    }
    if (header.modes().isPastEnd() || partition.isPastEnd()) {
      throw new FormatException(
          "the picture is truncated: its VP8 frame ends in row %d of %d rows of macroblocks"
              .formatted(y + 1, down));
    }
  }

  private void predictLuma(int x, int y) {
    byte[] p = luma.samples();
    int stride = luma.stride();
    int at = luma.at(16 * x, 16 * y);
    if (!macroblock.split) {
      Prediction.whole(macroblock.lumaModes[0], p, at, stride, 16, y > 0, x > 0);
      for (int i = 0; macroblock.textured && i < 16; i++) {
        add(i, p, at + 4 * (i >> 2) * stride + 4 * (i & 3), stride);
      }
      return;
    }
    // The blocks on the right all use the row above the macroblock: the samples beside them are not
    // decoded yet.
    int right = at - stride + 16;
    if (y > 0 && x == across - 1) {
      Arrays.fill(p, right, right + 4, p[right - 1]);
    }
    for (int i = 0; i < 16; i++) {
      int block = at + 4 * (i >> 2) * stride + 4 * (i & 3);
      int aboveRight = (i & 3) == 3 ? right : block - stride + 4;
      Prediction.small(macroblock.lumaModes[i], p, block, stride, aboveRight);
      if (macroblock.textured) {
        add(i, p, block, stride);
      }
    }
  }

  private void add(int block, byte[] p, int at, int stride) {
    short[] c = macroblock.coefficients;
    switch (macroblock.present[block]) {
      case Macroblock.ALL -> InverseTransform.addAll(c, 16 * block, p, at, stride);
      case Macroblock.THREE -> InverseTransform.addThree(c, 16 * block, p, at, stride);
      case Macroblock.ONLY_DC -> InverseTransform.addDc(c, 16 * block, p, at, stride);
      default -> {}
    }
  }

  private void predictChroma(Plane plane, int x, int y, int block) {
    byte[] p = plane.samples();
    int stride = plane.stride();
    int at = plane.at(8 * x, 8 * y);
    Prediction.whole(macroblock.chromaMode, p, at, stride, 8, y > 0, x > 0);
    if (!macroblock.textured) {
      return;
    }
    boolean onlyDc = true;
    for (int i = 0; i < 4; i++) {
      onlyDc &= macroblock.present[block + i] <= Macroblock.ONLY_DC;
    }
    for (int i = 0; i < 4; i++) {
      int to = at + 4 * (i >> 1) * stride + 4 * (i & 1);
      if (macroblock.present[block + i] == Macroblock.NOTHING) {
        continue;
      }
      if (onlyDc) {
        InverseTransform.addDc(macroblock.coefficients, 16 * (block + i), p, to, stride);
      } else {
        InverseTransform.addAll(macroblock.coefficients, 16 * (block + i), p, to, stride);
      }
    }
  }
}
