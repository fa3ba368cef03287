package stride.codecs.vp8;

/**
 * The content of a macroblock of 16x16 pixels: its prediction and its coefficients. One object is
 * reused for all.
 */
final class Macroblock {
  /** The modes of prediction, in the order of RFC 6386; large blocks have only the first four. */
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

  /** The number of modes. */
  static final int MODES = 10;

  /** The parts of a block's transform that its coefficients need. */
  static final byte NOTHING = 0;

  static final byte ONLY_DC = 1;

  /** Only the first three in zigzag order. */
  static final byte THREE = 2;

  static final byte ALL = 3;

  /** 16 blocks of luma, 4 of each chroma. */
  static final int BLOCKS = 24;

  int segment;

  /** Whether there are no coefficients. */
  boolean skipped;

  /** Whether each of the 16 luma blocks has its own mode. */
  boolean split;

  /** The luma blocks' modes; only the first counts if the macroblock is not split. */
  final byte[] lumaModes = new byte[16];

  int chromaMode;

  /** Dequantised, 16 of each block, row by row; 16 bits, beyond which they wrap. */
  final short[] coefficients = new short[16 * BLOCKS];

  /** The part of the transform that each block needs. */
  final byte[] present = new byte[BLOCKS];

  /** Whether any block has coefficients. */
  boolean textured;
}
