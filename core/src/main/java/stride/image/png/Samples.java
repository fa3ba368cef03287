package stride.image.png;

import org.jspecify.annotations.Nullable;

/**
 * Converts a row's samples to bytes: of 16 bits the upper 8, fewer than 8 scaled up, palettes
 * looked up. Grey of 16 bits is not changed, two bytes per pixel.
 *
 * @param transparent the samples of the colour that is transparent; empty if there is none
 * @param opacity of each colour of the palette, or null if all are opaque
 */
record Samples(Header header, byte[] palette, int[] transparent, byte @Nullable [] opacity) {

  /** Returns the bytes of a converted pixel. */
  int channels() {
    boolean through = transparent.length > 0 || opacity != null;
    return switch (header.type()) {
      case GREY -> header.depth() == 16 || through ? 2 : 1;
      case GREY_AND_OPACITY -> 2;
      case RGB, PALETTE -> through ? 4 : 3;
      case RGB_AND_OPACITY -> 4;
    };
  }

  /**
   * Makes the bytes of some pixels.
   *
   * @param row the filter, then the samples
   * @param pixels the number of pixels, from the row's first on
   * @param at where the first pixel's bytes are put
   * @param step from there to the next pixel's
   */
  void expand(byte[] row, int pixels, byte[] into, int at, int step) {
    switch (header.type()) {
      case GREY -> grey(row, pixels, into, at, step);
      case PALETTE -> colours(row, pixels, into, at, step);
      case RGB, GREY_AND_OPACITY, RGB_AND_OPACITY -> copy(row, pixels, into, at, step);
    }
    if (transparent.length > 0) {
      opacity(row, pixels, into, at + channels() - 1, step);
    }
  }

  /** The bytes as they are, or the upper ones of 16 bits. */
  private void copy(byte[] row, int pixels, byte[] into, int at, int step) {
    int samples = header.type().samples();
    int width = header.depth() / 8;
    if (width == 1 && step == samples) {
      System.arraycopy(row, 1, into, at, pixels * samples);
      return;
    }
    int from = 1;
    for (int x = 0; x < pixels; x++) {
      for (int s = 0; s < samples; s++) {
        into[at + s] = row[from];
        from += width;
      }
      at += step;
    }
  }

  private void grey(byte[] row, int pixels, byte[] into, int at, int step) {
    int depth = header.depth();
    if (depth == 16) {
      for (int x = 0; x < pixels; x++) {
        into[at + x * step] = row[1 + 2 * x];
        into[at + x * step + 1] = row[2 + 2 * x];
      }
      return;
    }
    int scale = 255 / ((1 << depth) - 1);
    for (int x = 0; x < pixels; x++) {
      into[at + x * step] = (byte) (sample(row, x, depth) * scale);
    }
  }

  private void colours(byte[] row, int pixels, byte[] into, int at, int step) {
    int depth = header.depth();
    for (int x = 0; x < pixels; x++) {
      int index = sample(row, x, depth);
      int to = at + x * step;
      into[to] = palette[3 * index];
      into[to + 1] = palette[3 * index + 1];
      into[to + 2] = palette[3 * index + 2];
      if (opacity != null) {
        into[to + 3] = opacity[index];
      }
    }
  }

  /** One of the samples of a row that are not longer than a byte. */
  private static int sample(byte[] row, int x, int depth) {
    int bit = x * depth;
    return (row[1 + (bit >> 3)] & 0xFF) >> 8 - depth - (bit & 7) & (1 << depth) - 1;
  }

  /** Writes 0 where a pixel has the transparent colour, else 255. */
  private void opacity(byte[] row, int pixels, byte[] into, int at, int step) {
    int depth = header.depth();
    int samples = transparent.length;
    for (int x = 0; x < pixels; x++) {
      boolean same = true;
      for (int s = 0; s < samples; s++) {
        int place = x * samples + s;
        int value =
            depth == 16
                ? (row[1 + 2 * place] & 0xFF) << 8 | row[2 + 2 * place] & 0xFF
                : sample(row, place, depth);
        same &= value == transparent[s];
      }
      into[at + x * step] = (byte) (same ? 0 : 0xFF);
    }
  }
}
