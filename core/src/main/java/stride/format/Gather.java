package stride.format;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Collects the numbers of a strided tensor in row-major order, through a window on its bytes. */
final class Gather {
  /** Numbers in a window that jumps from place to place. */
  private static final int SMALL_WINDOW = 512;

  /** A stretch of an array is read in one piece if at least every fourth number of it is wanted. */
  private static final long LARGEST_WINDOW = 1 << 27;

  private final Strided strided;
  private final int each;
  private final Bytes bytes;
  private final ByteBuffer window;
  private final long[] index;
  private long place;
  private long windowBegin;

  /**
   * Begins at a number.
   *
   * @param each the bytes of a number
   * @param bytes the tensor's, from its first number to its last
   * @param window an empty buffer of one number or more
   */
  Gather(Strided strided, long from, int each, Bytes bytes, ByteBuffer window) {
    this.strided = strided;
    this.each = each;
    this.bytes = bytes;
    this.window = window.limit(0);
    this.index = new long[strided.sizes().size()];
    this.place = strided.place(from);
    long rest = from;
    for (int d = index.length - 1; d >= 0; d--) {
      index[d] = rest % strided.sizes().get(d);
      rest /= strided.sizes().get(d);
    }
  }

  /** Returns the number of numbers that a window should have to collect {@code count}. */
  static long windowNumbers(Strided strided, long from, int count) {
    long hull = strided.hull(from, from + count);
    boolean dense = hull / 4 <= count && hull <= LARGEST_WINDOW;
    return dense ? hull : Math.min(SMALL_WINDOW, strided.span());
  }

  /** Puts the next numbers' bytes into a buffer, from its beginning on. */
  void next(ByteBuffer into, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      int here = here();
      switch (each) {
        case 1 -> into.put(i, window.get(here));
        case 2 -> into.putShort(2 * i, window.getShort(here));
        case 4 -> into.putInt(4 * i, window.getInt(here));
        default -> into.putLong(8 * i, window.getLong(here));
      }
      advance();
    }
  }

  /** Returns the place of the current number in the window. */
  private int here() throws IOException {
    long at = place * each;
    if (at < windowBegin || at - windowBegin >= window.limit()) {
      window.clear().limit((int) Math.min(window.capacity(), bytes.size() - at));
      bytes.read(at, window);
      windowBegin = at;
    }
    return (int) (at - windowBegin);
  }

  private void advance() {
    for (int d = index.length - 1; d >= 0; d--) {
      long stride = strided.strides().get(d);
      place += stride;
      if (++index[d] < strided.sizes().get(d)) {
        return;
      }
      place -= index[d] * stride;
      index[d] = 0;
    }
  }
}
