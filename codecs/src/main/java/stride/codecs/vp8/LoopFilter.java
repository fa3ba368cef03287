package stride.codecs.vp8;

/**
 * Smooths the edges of blocks (RFC 6386, section 15). An edge is given by the first sample after
 * it, the step across it, from a sample to the next one, and the step along it.
 */
final class LoopFilter {
  private LoopFilter() {}

  /** The simple filter, which is for luma only (section 15.2). */
  static void simple(byte[] p, int at, int across, int along, int count, int limit) {
    int most = 2 * limit + 1;
    for (int n = 0; n < count; n++) {
      int i = at + n * along;
      int p1 = p[i - 2 * across] & 0xFF;
      int p0 = p[i - across] & 0xFF;
      int q0 = p[i] & 0xFF;
      int q1 = p[i + across] & 0xFF;
      if (4 * Math.abs(p0 - q0) + Math.abs(p1 - q1) <= most) {
        two(p, i, across, p1, p0, q0, q1);
      }
    }
  }

  /** The normal filter of an edge inside a macroblock (section 15.3). */
  static void inner(byte[] p, int at, int across, int along, int count, FilterStrength strength) {
    int most = 2 * strength.limit() + 1;
    int interior = strength.interior();
    int highVariance = strength.highVariance();
    for (int n = 0; n < count; n++) {
      inner(p, at + n * along, across, most, interior, highVariance);
    }
  }

  /** The normal filter of an edge between macroblocks (section 15.3). */
  static void outer(byte[] p, int at, int across, int along, int count, FilterStrength strength) {
    int most = 2 * strength.macroblockLimit() + 1;
    int interior = strength.interior();
    int highVariance = strength.highVariance();
    for (int n = 0; n < count; n++) {
      outer(p, at + n * along, across, most, interior, highVariance);
    }
  }

  private static void inner(byte[] p, int i, int across, int most, int interior, int highVariance) {
    int p1 = p[i - 2 * across] & 0xFF;
    int p0 = p[i - across] & 0xFF;
    int q0 = p[i] & 0xFF;
    int q1 = p[i + across] & 0xFF;
    if (isRough(p, i, across, p1, p0, q0, q1, most, interior)) {
      return;
    }
    if (Math.max(Math.abs(p1 - p0), Math.abs(q1 - q0)) > highVariance) {
      two(p, i, across, p1, p0, q0, q1);
    } else {
      int a = 3 * (q0 - p0);
      int down = clip(a + 4 >> 3, 15);
      int up = clip(a + 3 >> 3, 15);
      int far = down + 1 >> 1;
      p[i - 2 * across] = Plane.clip(p1 + far);
      p[i - across] = Plane.clip(p0 + up);
      p[i] = Plane.clip(q0 - down);
      p[i + across] = Plane.clip(q1 - far);
    }
  }

  private static void outer(byte[] p, int i, int across, int most, int interior, int highVariance) {
    int p1 = p[i - 2 * across] & 0xFF;
    int p0 = p[i - across] & 0xFF;
    int q0 = p[i] & 0xFF;
    int q1 = p[i + across] & 0xFF;
    if (isRough(p, i, across, p1, p0, q0, q1, most, interior)) {
      return;
    }
    if (Math.max(Math.abs(p1 - p0), Math.abs(q1 - q0)) > highVariance) {
      two(p, i, across, p1, p0, q0, q1);
    } else {
      int a = clip(3 * (q0 - p0) + clip(p1 - q1, 127), 127);
      int near = 27 * a + 63 >> 7;
      int middle = 18 * a + 63 >> 7;
      int far = 9 * a + 63 >> 7;
      p[i - 3 * across] = Plane.clip((p[i - 3 * across] & 0xFF) + far);
      p[i - 2 * across] = Plane.clip(p1 + middle);
      p[i - across] = Plane.clip(p0 + near);
      p[i] = Plane.clip(q0 - near);
      p[i + across] = Plane.clip(q1 - middle);
      p[i + 2 * across] = Plane.clip((p[i + 2 * across] & 0xFF) - far);
    }
  }

  /**
   * Returns whether samples differ too much, at the edge or beside it, for an effect of the coding.
   */
  private static boolean isRough(
      byte[] p, int i, int across, int p1, int p0, int q0, int q1, int most, int interior) {
    int p3 = p[i - 4 * across] & 0xFF;
    int p2 = p[i - 3 * across] & 0xFF;
    int q2 = p[i + 2 * across] & 0xFF;
    int q3 = p[i + 3 * across] & 0xFF;
    // One sign for all conditions: a branch for each could not be predicted.
    return (most - 4 * Math.abs(p0 - q0) - Math.abs(p1 - q1)
            | interior - Math.abs(p3 - p2)
            | interior - Math.abs(p2 - p1)
            | interior - Math.abs(p1 - p0)
            | interior - Math.abs(q3 - q2)
            | interior - Math.abs(q2 - q1)
            | interior - Math.abs(q1 - q0))
        < 0;
  }

  /** Changes the two samples next to the edge. */
  private static void two(byte[] p, int i, int across, int p1, int p0, int q0, int q1) {
    int a = 3 * (q0 - p0) + clip(p1 - q1, 127);
    p[i - across] = Plane.clip(p0 + clip(a + 3 >> 3, 15));
    p[i] = Plane.clip(q0 - clip(a + 4 >> 3, 15));
  }

  /** Clamps a number to -most - 1 to most. */
  private static int clip(int value, int most) {
    return Math.max(-most - 1, Math.min(value, most));
  }
}
