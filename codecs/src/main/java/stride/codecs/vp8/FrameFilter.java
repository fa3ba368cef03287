package stride.codecs.vp8;

/** Smooths the edges of a frame's macroblocks, row by row, each with its own strength. */
final class FrameFilter {
  private final FilterHeader header;

  /** For each segment, the strengths for whole and for split macroblocks. */
  private final FilterStrength[] strengths = new FilterStrength[2 * Segmentation.SEGMENTS];

  private final Plane luma;
  private final Plane[] chroma;
  private final int across;

  /** For two rows of macroblocks: the strength, and whether the blocks' edges are smoothed too. */
  private final byte[] notes;

  FrameFilter(FrameHeader header, int across, Plane luma, Plane blue, Plane red) {
    this.header = header.filter();
    this.across = across;
    this.luma = luma;
    chroma = new Plane[] {blue, red};
    for (int i = 0; i < strengths.length; i++) {
      strengths[i] = this.header.strength(header.segmentation(), i / 2, i % 2 == 1);
    }
    notes = new byte[2 * across];
  }

  /** Records a macroblock's strength, until the next row is recorded. */
  void note(int x, int y, Macroblock macroblock) {
    int strength = 2 * macroblock.segment + (macroblock.split ? 1 : 0);
    boolean blocks = macroblock.split || macroblock.textured;
    notes[(y & 1) * across + x] = (byte) (2 * strength + (blocks ? 1 : 0));
  }

  /** Smooths a row's edges, and the edges between it and the row above. */
  void row(int y) {
    if (!header.enabled()) {
      return;
    }
    for (int x = 0; x < across; x++) {
      int note = notes[(y & 1) * across + x];
      var strength = strengths[note / 2];
      if (strength.limit() == 0) {
        continue;
      }
      boolean blocks = note % 2 == 1;
      if (header.simple()) {
        simple(x, y, strength, blocks);
      } else {
        normal(luma, 16, x, y, strength, blocks);
        normal(chroma[0], 8, x, y, strength, blocks);
        normal(chroma[1], 8, x, y, strength, blocks);
      }
    }
  }

  private void simple(int x, int y, FilterStrength strength, boolean blocks) {
    byte[] p = luma.samples();
    int stride = luma.stride();
    int at = luma.at(16 * x, 16 * y);
    if (x > 0) {
      LoopFilter.simple(p, at, 1, stride, 16, strength.macroblockLimit());
    }
    for (int i = 4; blocks && i < 16; i += 4) {
      LoopFilter.simple(p, at + i, 1, stride, 16, strength.limit());
    }
    if (y > 0) {
      LoopFilter.simple(p, at, stride, 1, 16, strength.macroblockLimit());
    }
    for (int i = 4; blocks && i < 16; i += 4) {
      LoopFilter.simple(p, at + i * stride, stride, 1, 16, strength.limit());
    }
  }

  private static void normal(
      Plane plane, int size, int x, int y, FilterStrength strength, boolean blocks) {
    byte[] p = plane.samples();
    int stride = plane.stride();
    int at = plane.at(size * x, size * y);
    if (x > 0) {
      LoopFilter.outer(p, at, 1, stride, size, strength);
    }
    for (int i = 4; blocks && i < size; i += 4) {
      LoopFilter.inner(p, at + i, 1, stride, size, strength);
    }
    if (y > 0) {
      LoopFilter.outer(p, at, stride, 1, size, strength);
    }
    for (int i = 4; blocks && i < size; i += 4) {
      LoopFilter.inner(p, at + i * stride, stride, 1, size, strength);
    }
  }
}
