package stride.codecs.vp8;

import static stride.codecs.vp8.Macroblock.DC;
import static stride.codecs.vp8.Macroblock.DOWN_LEFT;
import static stride.codecs.vp8.Macroblock.DOWN_RIGHT;
import static stride.codecs.vp8.Macroblock.HORIZONTAL;
import static stride.codecs.vp8.Macroblock.HORIZONTAL_DOWN;
import static stride.codecs.vp8.Macroblock.HORIZONTAL_UP;
import static stride.codecs.vp8.Macroblock.TRUE_MOTION;
import static stride.codecs.vp8.Macroblock.VERTICAL;
import static stride.codecs.vp8.Macroblock.VERTICAL_LEFT;
import static stride.codecs.vp8.Macroblock.VERTICAL_RIGHT;

import java.util.Arrays;

/** Reads the modes of macroblocks, row by row (RFC 6386, sections 11.2 to 11.4). */
final class ModeReader {
  private final FrameHeader header;

  /** The modes of the 4x4 blocks above the row and on the left of the macroblock. */
  private final byte[] above;

  private final byte[] left = new byte[4];

  ModeReader(FrameHeader header, int macroblocksAcross) {
    this.header = header;
    above = new byte[4 * macroblocksAcross];
  }

  /** Moves to the beginning of the next row. */
  void beginRow() {
    Arrays.fill(left, (byte) DC);
  }

  /** Reads the modes of the macroblock in column {@code x}. */
  void read(BooleanReader in, int x, Macroblock macroblock) {
    macroblock.segment = header.segmentation().segment(in);
    macroblock.skipped = header.maySkip() && in.bit(header.skipProbability());
    macroblock.split = !in.bit(145);
    if (macroblock.split) {
      for (int row = 0; row < 4; row++) {
        for (int column = 0; column < 4; column++) {
          byte mode = (byte) mode(in, ModeProbabilities.at(above[4 * x + column], left[row]));
          above[4 * x + column] = mode;
          left[row] = mode;
          macroblock.lumaModes[4 * row + column] = mode;
        }
      }
    } else {
      int mode = in.bit(156) ? in.bit(128) ? TRUE_MOTION : HORIZONTAL : in.bit(163) ? VERTICAL : DC;
      macroblock.lumaModes[0] = (byte) mode;
      Arrays.fill(above, 4 * x, 4 * x + 4, (byte) mode);
      Arrays.fill(left, (byte) mode);
    }
    macroblock.chromaMode =
        !in.bit(142) ? DC : !in.bit(114) ? VERTICAL : in.bit(183) ? TRUE_MOTION : HORIZONTAL;
  }

  private static int mode(BooleanReader in, int at) {
    int[] p = ModeProbabilities.VALUES;
    if (!in.bit(p[at])) {
      return DC;
    }
    if (!in.bit(p[at + 1])) {
      return TRUE_MOTION;
    }
    if (!in.bit(p[at + 2])) {
      return VERTICAL;
    }
    if (!in.bit(p[at + 3])) {
      if (!in.bit(p[at + 4])) {
        return HORIZONTAL;
      }
      return in.bit(p[at + 5]) ? VERTICAL_RIGHT : DOWN_RIGHT;
    }
    if (!in.bit(p[at + 6])) {
      return DOWN_LEFT;
    }
    if (!in.bit(p[at + 7])) {
      return VERTICAL_LEFT;
    }
    return in.bit(p[at + 8]) ? HORIZONTAL_UP : HORIZONTAL_DOWN;
  }
}
