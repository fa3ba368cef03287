package stride.codecs.vp8;

/**
 * What a macroblock of 16x16 pixels says: how it is predicted, and what is to be added. One is
 * filled again and again.
 */
final class Macroblock {
  /** How blocks are predicted, in the order of RFC 6386; large blocks know the first four. */
  static final int DC = 0;

  static final int TRUE_MOTION = 1;
  static final int VERTICAL = 2;
  static final int HORIZONTAL = 3;
  static final int DOWN_LEFT = 4;
  static final int DOWN_RIGHT = 5;
  static final int VERTICAL_RIGHT = 6;
  static final int VERTICAL_LEFT = 7;
  static final int HORIZONTAL_DOWN = 8;
  static final int HORIZONTAL_UP = 9;

  /** How many modes there are. */
  static final int MODES = 10;

  /** What a block's coefficients allow to be left out of its transform. */
  static final byte NOTHING = 0;

  static final byte ONLY_DC = 1;

  /** None but the first three in zigzag order. */
  static final byte THREE = 2;

  static final byte ALL = 3;

  /** 16 blocks of luma, 4 of each chroma. */
  static final int BLOCKS = 24;

  int segment;

  /** Whether there are no coefficients. */
  boolean skipped;

  /** Whether each of the 16 luma blocks has a mode of its own. */
  boolean split;

  /** The luma blocks' modes; only the first counts if the macroblock is not split. */
  final byte[] lumaModes = new byte[16];

  int chromaMode;

  /** Dequantised, 16 of each block, row by row; 16 bits, beyond which they wrap. */
  final short[] coefficients = new short[16 * BLOCKS];

  /** What there is of each block's coefficients. */
  final byte[] present = new byte[BLOCKS];

  /** Whether any block has coefficients. */
  boolean textured;
}
