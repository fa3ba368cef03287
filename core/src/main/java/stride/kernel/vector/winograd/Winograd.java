package stride.kernel.vector.winograd;

import jdk.incubator.vector.FloatVector;
import stride.kernel.vector.Lanes;
import stride.kernel.vector.Staging;

/**
 * The transforms of Winograd's convolutions F(4 x 4, 3 x 3) (Lavin and Gray 2015, section 4.3) and
 * F(2 x 2, 5 x 5), each for a vector of channels: y = A' [(G g G') . (B' d B)] A, and for the
 * filter's gradient dg = G' [(B' d B) . (A dy A')] G. Both have the same B.
 *
 * <p>Scratch begins with room for a tile's values and for the values between the two steps of a
 * transform, the columns and the rows.
 */
final class Winograd {
  /** Values of a transformed tile. */
  static final int POINTS = 36;

  /** Rows and columns of a tile's outputs with filters of 3 x 3. */
  private static final int OUT = TileSize.THREE.out();

  /** Rows and columns of a tile's inputs. */
  static final int IN = 6;

  private static final int PATCH = POINTS * Staging.BLOCK;

  /** The place of a tile's values in a scratch. */
  static final int VALUES = Lanes.ALIGNED;

  /** The place of the values between two steps. */
  private static final int BETWEEN = VALUES + PATCH;

  /** The end of both. */
  static final int SCRATCH = BETWEEN + PATCH;

  /** Floats that a filter's transform needs between its two steps. */
  static final int FILTER_SCRATCH = IN * TileSize.FIVE.taps() * Lanes.COUNT;

  private static final int L = Lanes.COUNT;
  private static final int BLOCK = Staging.BLOCK;

  private Winograd() {}

  /**
   * U = G g G', with G = (1/4 0 0; -1/6 -1/6 -1/6; -1/6 1/6 -1/6; 1/24 1/12 1/6; 1/24 -1/12 1/6; 0
   * 0 1).
   */
  static void filters(float[] g, int go, float[] u, int uo, int rowStep, int pointStep, int rows) {
    for (int k = 0; k < BLOCK; k++) {
      for (int j = 0; j < 3; j++) {
        var g0 = FloatVector.fromArray(Lanes.S, g, go + (j * BLOCK + k) * L);
        var g1 = FloatVector.fromArray(Lanes.S, g, go + ((3 + j) * BLOCK + k) * L);
        var g2 = FloatVector.fromArray(Lanes.S, g, go + ((6 + j) * BLOCK + k) * L);
        var even = g0.add(g2).mul(-1f / 6);
        var odd = g1.mul(1f / 6);
        var wide = g0.mul(1f / 24).add(g2.mul(1f / 6));
        var half = g1.mul(1f / 12);
        g0.mul(0.25f).intoArray(u, rows + j * L);
        even.sub(odd).intoArray(u, rows + (3 + j) * L);
        even.add(odd).intoArray(u, rows + (6 + j) * L);
        wide.add(half).intoArray(u, rows + (9 + j) * L);
        wide.sub(half).intoArray(u, rows + (12 + j) * L);
        g2.intoArray(u, rows + (15 + j) * L);
      }
      for (int i = 0; i < IN; i++) {
        var g0 = FloatVector.fromArray(Lanes.S, u, rows + i * 3 * L);
        var g1 = FloatVector.fromArray(Lanes.S, u, rows + (i * 3 + 1) * L);
        var g2 = FloatVector.fromArray(Lanes.S, u, rows + (i * 3 + 2) * L);
        var even = g0.add(g2).mul(-1f / 6);
        var odd = g1.mul(1f / 6);
        var wide = g0.mul(1f / 24).add(g2.mul(1f / 6));
        var half = g1.mul(1f / 12);
        int to = uo + i * IN * pointStep + k * rowStep;
        g0.mul(0.25f).intoArray(u, to);
        even.sub(odd).intoArray(u, to + pointStep);
        even.add(odd).intoArray(u, to + 2 * pointStep);
        wide.add(half).intoArray(u, to + 3 * pointStep);
        wide.sub(half).intoArray(u, to + 4 * pointStep);
        g2.intoArray(u, to + 5 * pointStep);
      }
    }
  }

  /**
   * U = G g G' for filters of 5 x 5, with G = (1/4 0 0 0 0; -1/6 -1/6 -1/6 -1/6 -1/6; -1/6 1/6 -1/6
   * 1/6 -1/6; 1/24 1/12 1/6 1/3 2/3; 1/24 -1/12 1/6 -1/3 2/3; 0 0 0 0 1).
   */
  static void largeFilters(
      float[] g, int go, float[] u, int uo, int rowStep, int pointStep, int rows) {
    for (int k = 0; k < BLOCK; k++) {
      for (int j = 0; j < 5; j++) {
        int from = go + (j * BLOCK + k) * L;
        largeFilter(g, from, 5 * BLOCK * L, u, rows + j * L, 5 * L);
      }
      for (int i = 0; i < IN; i++) {
        int to = uo + i * IN * pointStep + k * rowStep;
        largeFilter(u, rows + i * 5 * L, L, u, to, pointStep);
      }
    }
  }

  /** G g for a column, or G' g for a row, of a filter of 5 x 5. */
  private static void largeFilter(float[] g, int from, int step, float[] u, int to, int toStep) {
    var g0 = FloatVector.fromArray(Lanes.S, g, from);
    var g1 = FloatVector.fromArray(Lanes.S, g, from + step);
    var g2 = FloatVector.fromArray(Lanes.S, g, from + 2 * step);
    var g3 = FloatVector.fromArray(Lanes.S, g, from + 3 * step);
    var g4 = FloatVector.fromArray(Lanes.S, g, from + 4 * step);
    var even = g0.add(g2).add(g4).mul(-1f / 6);
    var odd = g1.add(g3).mul(1f / 6);
    var wide = g0.mul(1f / 24).add(g2.mul(1f / 6)).add(g4.mul(2f / 3));
    var half = g1.mul(1f / 12).add(g3.mul(1f / 3));
    g0.mul(0.25f).intoArray(u, to);
    even.sub(odd).intoArray(u, to + toStep);
    even.add(odd).intoArray(u, to + 2 * toStep);
    wide.add(half).intoArray(u, to + 3 * toStep);
    wide.sub(half).intoArray(u, to + 4 * toStep);
    g4.intoArray(u, to + 5 * toStep);
  }

  /**
   * B' d B, with B' = (4 0 -5 0 1 0; 0 -4 -4 1 1 0; 0 4 -4 -1 1 0; 0 -2 -1 2 1 0; 0 2 -1 -2 1 0; 0
   * 4 0 -5 0 1), for a vector of channels: first the columns of d, then the rows of that.
   */
  static void inputs(
      float[] d, int from, int rowStep, int columnStep, float[] scratch, int to, int pointStep) {
    for (int j = 0; j < IN; j++) {
      int at = from + j * columnStep;
      var d0 = FloatVector.fromArray(Lanes.S, d, at);
      var d1 = FloatVector.fromArray(Lanes.S, d, at + rowStep);
      var d2 = FloatVector.fromArray(Lanes.S, d, at + 2 * rowStep);
      var d3 = FloatVector.fromArray(Lanes.S, d, at + 3 * rowStep);
      var d4 = FloatVector.fromArray(Lanes.S, d, at + 4 * rowStep);
      var d5 = FloatVector.fromArray(Lanes.S, d, at + 5 * rowStep);
      var even = d2.fma(FloatVector.broadcast(Lanes.S, -4f), d4);
      var odd = d1.fma(FloatVector.broadcast(Lanes.S, -4f), d3);
      var far = d4.sub(d2);
      var near = d3.sub(d1).mul(2f);
      int mid = BETWEEN + j * L;
      d0.fma(FloatVector.broadcast(Lanes.S, 4f), d2.fma(FloatVector.broadcast(Lanes.S, -5f), d4))
          .intoArray(scratch, mid);
      even.add(odd).intoArray(scratch, mid + IN * L);
      even.sub(odd).intoArray(scratch, mid + 2 * IN * L);
      far.add(near).intoArray(scratch, mid + 3 * IN * L);
      far.sub(near).intoArray(scratch, mid + 4 * IN * L);
      d1.fma(FloatVector.broadcast(Lanes.S, 4f), d3.fma(FloatVector.broadcast(Lanes.S, -5f), d5))
          .intoArray(scratch, mid + 5 * IN * L);
    }
    for (int i = 0; i < IN; i++) {
      int mid = BETWEEN + i * IN * L;
      var d0 = FloatVector.fromArray(Lanes.S, scratch, mid);
      var d1 = FloatVector.fromArray(Lanes.S, scratch, mid + L);
      var d2 = FloatVector.fromArray(Lanes.S, scratch, mid + 2 * L);
      var d3 = FloatVector.fromArray(Lanes.S, scratch, mid + 3 * L);
      var d4 = FloatVector.fromArray(Lanes.S, scratch, mid + 4 * L);
      var d5 = FloatVector.fromArray(Lanes.S, scratch, mid + 5 * L);
      var even = d2.fma(FloatVector.broadcast(Lanes.S, -4f), d4);
      var odd = d1.fma(FloatVector.broadcast(Lanes.S, -4f), d3);
      var far = d4.sub(d2);
      var near = d3.sub(d1).mul(2f);
      int at = to + i * IN * pointStep;
      d0.fma(FloatVector.broadcast(Lanes.S, 4f), d2.fma(FloatVector.broadcast(Lanes.S, -5f), d4))
          .intoArray(scratch, at);
      even.add(odd).intoArray(scratch, at + pointStep);
      even.sub(odd).intoArray(scratch, at + 2 * pointStep);
      far.add(near).intoArray(scratch, at + 3 * pointStep);
      far.sub(near).intoArray(scratch, at + 4 * pointStep);
      d1.fma(FloatVector.broadcast(Lanes.S, 4f), d3.fma(FloatVector.broadcast(Lanes.S, -5f), d5))
          .intoArray(scratch, at + 5 * pointStep);
    }
  }

  /**
   * A' m A, with A' = (1 1 1 1 1 0; 0 1 -1 2 -2 0; 0 1 1 4 4 0; 0 1 -1 8 -8 1), for a vector of
   * columns: 16 vectors at {@link #VALUES}.
   */
  static void outputs(float[] scratch, int from, int pointStep) {
    for (int j = 0; j < IN; j++) {
      int at = from + j * pointStep;
      var m0 = FloatVector.fromArray(Lanes.S, scratch, at);
      var m1 = FloatVector.fromArray(Lanes.S, scratch, at + IN * pointStep);
      var m2 = FloatVector.fromArray(Lanes.S, scratch, at + 2 * IN * pointStep);
      var m3 = FloatVector.fromArray(Lanes.S, scratch, at + 3 * IN * pointStep);
      var m4 = FloatVector.fromArray(Lanes.S, scratch, at + 4 * IN * pointStep);
      var m5 = FloatVector.fromArray(Lanes.S, scratch, at + 5 * IN * pointStep);
      var sum = m1.add(m2);
      var difference = m1.sub(m2);
      var farSum = m3.add(m4);
      var farDifference = m3.sub(m4);
      int mid = BETWEEN + j * L;
      m0.add(sum).add(farSum).intoArray(scratch, mid);
      farDifference
          .fma(FloatVector.broadcast(Lanes.S, 2f), difference)
          .intoArray(scratch, mid + IN * L);
      farSum.fma(FloatVector.broadcast(Lanes.S, 4f), sum).intoArray(scratch, mid + 2 * IN * L);
      farDifference
          .fma(FloatVector.broadcast(Lanes.S, 8f), difference)
          .add(m5)
          .intoArray(scratch, mid + 3 * IN * L);
    }
    for (int i = 0; i < OUT; i++) {
      int mid = BETWEEN + i * IN * L;
      var m0 = FloatVector.fromArray(Lanes.S, scratch, mid);
      var m1 = FloatVector.fromArray(Lanes.S, scratch, mid + L);
      var m2 = FloatVector.fromArray(Lanes.S, scratch, mid + 2 * L);
      var m3 = FloatVector.fromArray(Lanes.S, scratch, mid + 3 * L);
      var m4 = FloatVector.fromArray(Lanes.S, scratch, mid + 4 * L);
      var m5 = FloatVector.fromArray(Lanes.S, scratch, mid + 5 * L);
      var sum = m1.add(m2);
      var difference = m1.sub(m2);
      var farSum = m3.add(m4);
      var farDifference = m3.sub(m4);
      int at = VALUES + i * OUT * L;
      m0.add(sum).add(farSum).intoArray(scratch, at);
      farDifference.fma(FloatVector.broadcast(Lanes.S, 2f), difference).intoArray(scratch, at + L);
      farSum.fma(FloatVector.broadcast(Lanes.S, 4f), sum).intoArray(scratch, at + 2 * L);
      farDifference
          .fma(FloatVector.broadcast(Lanes.S, 8f), difference)
          .add(m5)
          .intoArray(scratch, at + 3 * L);
    }
  }

  /**
   * A' m A for filters of 5 x 5, with A' = (1 1 1 1 1 0; 0 1 -1 2 -2 1), for a vector of columns: 4
   * vectors at {@link #VALUES}.
   */
  static void fewOutputs(float[] scratch, int from, int pointStep) {
    for (int j = 0; j < IN; j++) {
      fewOutput(scratch, from + j * pointStep, IN * pointStep, BETWEEN + j * L, IN * L);
    }
    for (int i = 0; i < TileSize.FIVE.out(); i++) {
      fewOutput(scratch, BETWEEN + i * IN * L, L, VALUES + 2 * i * L, L);
    }
  }

  /** A' m for a column, or m A for a row. */
  private static void fewOutput(float[] scratch, int from, int step, int to, int toStep) {
    var m0 = FloatVector.fromArray(Lanes.S, scratch, from);
    var m1 = FloatVector.fromArray(Lanes.S, scratch, from + step);
    var m2 = FloatVector.fromArray(Lanes.S, scratch, from + 2 * step);
    var m3 = FloatVector.fromArray(Lanes.S, scratch, from + 3 * step);
    var m4 = FloatVector.fromArray(Lanes.S, scratch, from + 4 * step);
    var m5 = FloatVector.fromArray(Lanes.S, scratch, from + 5 * step);
    m0.add(m1.add(m2)).add(m3.add(m4)).intoArray(scratch, to);
    m3.sub(m4)
        .fma(FloatVector.broadcast(Lanes.S, 2f), m1.sub(m2))
        .add(m5)
        .intoArray(scratch, to + toStep);
  }

  /**
   * A dy A' for a vector of columns of a tile's 4 x 4 output gradients, with A' as in {@link
   * #outputs}.
   */
  static void gradients(
      float[] d, int from, int rowStep, int columnStep, float[] scratch, int to, int pointStep) {
    for (int j = 0; j < OUT; j++) {
      int at = from + j * columnStep;
      var d0 = FloatVector.fromArray(Lanes.S, d, at);
      var d1 = FloatVector.fromArray(Lanes.S, d, at + rowStep);
      var d2 = FloatVector.fromArray(Lanes.S, d, at + 2 * rowStep);
      var d3 = FloatVector.fromArray(Lanes.S, d, at + 3 * rowStep);
      var even = d0.add(d2);
      var odd = d1.add(d3);
      var farEven = d2.fma(FloatVector.broadcast(Lanes.S, 4f), d0);
      var farOdd = d3.fma(FloatVector.broadcast(Lanes.S, 4f), d1).mul(2f);
      int mid = BETWEEN + j * L;
      d0.intoArray(scratch, mid);
      even.add(odd).intoArray(scratch, mid + OUT * L);
      even.sub(odd).intoArray(scratch, mid + 2 * OUT * L);
      farEven.add(farOdd).intoArray(scratch, mid + 3 * OUT * L);
      farEven.sub(farOdd).intoArray(scratch, mid + 4 * OUT * L);
      d3.intoArray(scratch, mid + 5 * OUT * L);
    }
    for (int i = 0; i < IN; i++) {
      int mid = BETWEEN + i * OUT * L;
      var d0 = FloatVector.fromArray(Lanes.S, scratch, mid);
      var d1 = FloatVector.fromArray(Lanes.S, scratch, mid + L);
      var d2 = FloatVector.fromArray(Lanes.S, scratch, mid + 2 * L);
      var d3 = FloatVector.fromArray(Lanes.S, scratch, mid + 3 * L);
      var even = d0.add(d2);
      var odd = d1.add(d3);
      var farEven = d2.fma(FloatVector.broadcast(Lanes.S, 4f), d0);
      var farOdd = d3.fma(FloatVector.broadcast(Lanes.S, 4f), d1).mul(2f);
      int at = to + i * IN * pointStep;
      d0.intoArray(scratch, at);
      even.add(odd).intoArray(scratch, at + pointStep);
      even.sub(odd).intoArray(scratch, at + 2 * pointStep);
      farEven.add(farOdd).intoArray(scratch, at + 3 * pointStep);
      farEven.sub(farOdd).intoArray(scratch, at + 4 * pointStep);
      d3.intoArray(scratch, at + 5 * pointStep);
    }
  }

  /**
   * G' m G for a vector of columns, with G as in {@link #filters}: 9 vectors at {@link #VALUES}.
   */
  static void filterGradients(float[] scratch, int from, int pointStep) {
    for (int j = 0; j < IN; j++) {
      int at = from + j * pointStep;
      var m0 = FloatVector.fromArray(Lanes.S, scratch, at);
      var m1 = FloatVector.fromArray(Lanes.S, scratch, at + IN * pointStep);
      var m2 = FloatVector.fromArray(Lanes.S, scratch, at + 2 * IN * pointStep);
      var m3 = FloatVector.fromArray(Lanes.S, scratch, at + 3 * IN * pointStep);
      var m4 = FloatVector.fromArray(Lanes.S, scratch, at + 4 * IN * pointStep);
      var m5 = FloatVector.fromArray(Lanes.S, scratch, at + 5 * IN * pointStep);
      var near = m1.add(m2).mul(-1f / 6);
      var far = m3.add(m4);
      int mid = BETWEEN + j * L;
      m0.fma(FloatVector.broadcast(Lanes.S, 0.25f), near)
          .add(far.mul(1f / 24))
          .intoArray(scratch, mid);
      m2.sub(m1).mul(1f / 6).add(m3.sub(m4).mul(1f / 12)).intoArray(scratch, mid + IN * L);
      near.add(far.mul(1f / 6)).add(m5).intoArray(scratch, mid + 2 * IN * L);
    }
    for (int i = 0; i < 3; i++) {
      int mid = BETWEEN + i * IN * L;
      var m0 = FloatVector.fromArray(Lanes.S, scratch, mid);
      var m1 = FloatVector.fromArray(Lanes.S, scratch, mid + L);
      var m2 = FloatVector.fromArray(Lanes.S, scratch, mid + 2 * L);
      var m3 = FloatVector.fromArray(Lanes.S, scratch, mid + 3 * L);
      var m4 = FloatVector.fromArray(Lanes.S, scratch, mid + 4 * L);
      var m5 = FloatVector.fromArray(Lanes.S, scratch, mid + 5 * L);
      var near = m1.add(m2).mul(-1f / 6);
      var far = m3.add(m4);
      int at = VALUES + i * 3 * L;
      m0.fma(FloatVector.broadcast(Lanes.S, 0.25f), near)
          .add(far.mul(1f / 24))
          .intoArray(scratch, at);
      m2.sub(m1).mul(1f / 6).add(m3.sub(m4).mul(1f / 12)).intoArray(scratch, at + L);
      near.add(far.mul(1f / 6)).add(m5).intoArray(scratch, at + 2 * L);
    }
  }

  /**
   * A dy A' for a vector of columns of a tile's 2 x 2 output gradients, with A' as in {@link
   * #fewOutputs}.
   */
  static void fewGradients(
      float[] d, int from, int rowStep, int columnStep, float[] scratch, int to, int pointStep) {
    int out = TileSize.FIVE.out();
    for (int j = 0; j < out; j++) {
      fewGradient(d, from + j * columnStep, rowStep, scratch, BETWEEN + j * L, out * L);
    }
    for (int i = 0; i < IN; i++) {
      fewGradient(scratch, BETWEEN + i * out * L, L, scratch, to + i * IN * pointStep, pointStep);
    }
  }

  /** A dy for a column, or dy A' for a row. */
  private static void fewGradient(float[] d, int from, int step, float[] z, int to, int toStep) {
    var d0 = FloatVector.fromArray(Lanes.S, d, from);
    var d1 = FloatVector.fromArray(Lanes.S, d, from + step);
    var twice = d1.add(d1);
    d0.intoArray(z, to);
    d0.add(d1).intoArray(z, to + toStep);
    d0.sub(d1).intoArray(z, to + 2 * toStep);
    d0.add(twice).intoArray(z, to + 3 * toStep);
    d0.sub(twice).intoArray(z, to + 4 * toStep);
    d1.intoArray(z, to + 5 * toStep);
  }

  /**
   * G' m G for filters of 5 x 5 and a vector of columns, with G as in {@link #largeFilters}: 25
   * vectors at {@link #VALUES}.
   */
  static void largeFilterGradients(float[] scratch, int from, int pointStep) {
    int taps = TileSize.FIVE.taps();
    for (int j = 0; j < IN; j++) {
      largeFilterGradient(scratch, from + j * pointStep, IN * pointStep, BETWEEN + j * L, IN * L);
    }
    for (int i = 0; i < taps; i++) {
      largeFilterGradient(scratch, BETWEEN + i * IN * L, L, VALUES + i * taps * L, L);
    }
  }

  /** G' m for a column, or m G for a row. */
  private static void largeFilterGradient(float[] scratch, int from, int step, int to, int toStep) {
    var m0 = FloatVector.fromArray(Lanes.S, scratch, from);
    var m1 = FloatVector.fromArray(Lanes.S, scratch, from + step);
    var m2 = FloatVector.fromArray(Lanes.S, scratch, from + 2 * step);
    var m3 = FloatVector.fromArray(Lanes.S, scratch, from + 3 * step);
    var m4 = FloatVector.fromArray(Lanes.S, scratch, from + 4 * step);
    var m5 = FloatVector.fromArray(Lanes.S, scratch, from + 5 * step);
    var even = m1.add(m2).mul(-1f / 6);
    var odd = m2.sub(m1).mul(1f / 6);
    var farEven = m3.add(m4).mul(1f / 24);
    var farOdd = m3.sub(m4).mul(1f / 12);
    m0.fma(FloatVector.broadcast(Lanes.S, 0.25f), even).add(farEven).intoArray(scratch, to);
    odd.add(farOdd).intoArray(scratch, to + toStep);
    farEven.fma(FloatVector.broadcast(Lanes.S, 4f), even).intoArray(scratch, to + 2 * toStep);
    farOdd.fma(FloatVector.broadcast(Lanes.S, 4f), odd).intoArray(scratch, to + 3 * toStep);
    farEven
        .fma(FloatVector.broadcast(Lanes.S, 16f), even)
        .add(m5)
        .intoArray(scratch, to + 4 * toStep);
  }
}
