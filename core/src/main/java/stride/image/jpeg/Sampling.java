package stride.image.jpeg;

/**
 * A component's samples, one for every pixel of a row, interpolated as libjpeg does (jdsample.c):
 * smoothly where there is one for two pixels, repeated where there are fewer. Not thread-safe.
 */
final class Sampling {
  private enum Kind {
    FULL,
    SMOOTH_ACROSS,
    SMOOTH_DOWN,
    SMOOTH_BOTH,
    REPEATED
  }

  private final Strip strip;
  private final Component component;
  private final Kind kind;
  private final int across;
  private final int down;
  private final byte[] row;

  /** The samples of the row that {@link #move} went to, less 128, from {@link #offset} on. */
  byte[] array;

  int offset;

  Sampling(Strip strip, Component component, Frame frame) {
    this.strip = strip;
    this.component = component;
    across = frame.acrossMost() / component.across;
    down = frame.downMost() / component.down;
    kind = kind();
    row = new byte[kind == Kind.FULL ? 0 : component.width * across];
    array = kind == Kind.FULL ? strip.samples : row;
  }

  private Kind kind() {
    if (across == 1 && down <= 2) {
      return down == 1 ? Kind.FULL : Kind.SMOOTH_DOWN;
    }
    if (across == 2 && down <= 2 && component.width > 2) {
      return down == 1 ? Kind.SMOOTH_ACROSS : Kind.SMOOTH_BOTH;
    }
    return Kind.REPEATED;
  }

  /** Returns whether the row below is needed. */
  boolean looksDown() {
    return kind == Kind.SMOOTH_DOWN || kind == Kind.SMOOTH_BOTH;
  }

  /**
   * Moves to a row of the picture.
   *
   * @param y the row
   * @param top the row of the component with which the strip begins
   */
  void move(int y, int top) {
    int near = y / down;
    int begin = strip.row(near - top);
    switch (kind) {
      case FULL -> offset = begin;
      case SMOOTH_ACROSS -> smoothAcross(begin);
      case SMOOTH_DOWN -> smoothDown(begin, far(y, near, top), 1 + (y & 1));
      case SMOOTH_BOTH -> smoothBoth(begin, far(y, near, top));
      case REPEATED -> repeat(begin);
    }
  }

  /** Returns the row with a weight of a quarter: the one above an even row, or below an odd one. */
  private int far(int y, int near, int top) {
    int far = Math.clamp((y & 1) == 0 ? near - 1 : near + 1, 0, component.height - 1);
    return strip.row(far - top);
  }

  private void smoothAcross(int begin) {
    byte[] from = strip.samples;
    int width = component.width;
    row[0] = from[begin];
    row[1] = (byte) (3 * from[begin] + from[begin + 1] + 2 >> 2);
    for (int x = 1; x < width - 1; x++) {
      int value = 3 * from[begin + x];
      row[2 * x] = (byte) (value + from[begin + x - 1] + 1 >> 2);
      row[2 * x + 1] = (byte) (value + from[begin + x + 1] + 2 >> 2);
    }
    int last = begin + width - 1;
    row[2 * width - 2] = (byte) (3 * from[last] + from[last - 1] + 1 >> 2);
    row[2 * width - 1] = from[last];
  }

  private void smoothDown(int near, int far, int bias) {
    byte[] from = strip.samples;
    for (int x = 0; x < component.width; x++) {
      row[x] = (byte) (3 * from[near + x] + from[far + x] + bias >> 2);
    }
  }

  private void smoothBoth(int near, int far) {
    byte[] from = strip.samples;
    byte[] into = row;
    int width = component.width;
    int last;
    int sum = 3 * from[near] + from[far];
    int next = 3 * from[near + 1] + from[far + 1];
    into[0] = (byte) (4 * sum + 8 >> 4);
    into[1] = (byte) (3 * sum + next + 7 >> 4);
    for (int x = 1; x < width - 1; x++) {
      last = sum;
      sum = next;
      next = 3 * from[near + x + 1] + from[far + x + 1];
      into[2 * x] = (byte) (3 * sum + last + 8 >> 4);
      into[2 * x + 1] = (byte) (3 * sum + next + 7 >> 4);
    }
    into[2 * width - 2] = (byte) (3 * next + sum + 8 >> 4);
    into[2 * width - 1] = (byte) (4 * next + 7 >> 4);
  }

  private void repeat(int begin) {
    byte[] from = strip.samples;
    int at = 0;
    for (int x = 0; x < component.width; x++) {
      byte sample = from[begin + x];
      for (int i = 0; i < across; i++) {
        row[at++] = sample;
      }
    }
  }
}
