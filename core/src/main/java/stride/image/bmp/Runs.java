package stride.image.bmp;

import stride.format.FormatException;

/** Decompresses runs of pixels of 4 or 8 bits as PIL does: a byte a pixel, rows as in the file. */
final class Runs {
  private static final int END_OF_LINE = 0;
  private static final int END_OF_PICTURE = 1;
  private static final int DELTA = 2;

  private final byte[] file;
  private final int width;
  private final boolean of4Bits;
  private final byte[] pixels;
  private long at;

  /** The number of pixels so far. */
  private long done;

  /** The column at which the next run begins, which may be beyond the row. */
  private long column;

  private Runs(byte[] file, long at, int width, int height, boolean of4Bits) {
    this.file = file;
    this.at = at;
    this.width = width;
    this.of4Bits = of4Bits;
    pixels = new byte[Math.multiplyExact(width, height)];
  }

  /**
   * Decompresses the runs.
   *
   * @param at the place of the first run
   * @throws FormatException if they make fewer pixels than there are
   */
  static byte[] read(byte[] file, long at, int width, int height, boolean of4Bits)
      throws FormatException {
    var runs = new Runs(file, at, width, height, of4Bits);
    runs.read();
    if (runs.done < runs.pixels.length) {
      throw new FormatException("the picture is truncated");
    }
    return runs.pixels;
  }

  private void read() throws FormatException {
    boolean more = true;
    while (more && done < pixels.length && at + 2 <= file.length) {
      int count = file[(int) at++] & 0xFF;
      int value = file[(int) at++] & 0xFF;
      if (count > 0) {
        run(count, value);
      } else {
        more = escape(value);
      }
    }
  }

  /** A run ends with its row. */
  private void run(int count, int value) {
    int length = Math.clamp(width - column, 0, count);
    for (int i = 0; i < length; i++) {
      add(!of4Bits ? value : i % 2 == 0 ? value >> 4 : value & 0xF);
    }
    column += length;
  }

  /** Reads an escape; returns whether more runs follow. */
  private boolean escape(int code) throws FormatException {
    switch (code) {
      case END_OF_LINE -> {
        skip((width - done % width) % width);
        column = 0;
      }
      case END_OF_PICTURE -> {
        return false;
      }
      case DELTA -> {
        // PIL reads two bytes and takes the next two for the distances.
        if (at + 2 > file.length) {
          return false;
        }
        if (at + 4 > file.length) {
          throw new FormatException("the picture is truncated");
        }
        skip((file[(int) at + 2] & 0xFF) + (file[(int) at + 3] & 0xFFL) * width);
        at += 4;
        column = done % width;
      }
      default -> {
        return plain(code);
      }
    }
    return true;
  }

  /** Pixels as they are; of an odd number of 4 bits PIL leaves the last one out. */
  private boolean plain(int count) {
    int bytes = of4Bits ? count / 2 : count;
    int there = (int) Math.min(bytes, file.length - at);
    for (int i = 0; i < there; i++) {
      int value = file[(int) at++] & 0xFF;
      if (of4Bits) {
        add(value >> 4);
        add(value & 0xF);
      } else {
        add(value);
      }
    }
    column += count;
    at += at % 2;
    return there == bytes;
  }

  private void add(int value) {
    if (done < pixels.length) {
      pixels[(int) done] = (byte) value;
    }
    done++;
  }

  /** Pixels that are 0. */
  private void skip(long count) {
    done += count;
  }
}
