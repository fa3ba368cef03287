package stride.kernel.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.jspecify.annotations.Nullable;

/**
 * A matrix (depth, width) in panels of two vectors of columns (one in the last panel, where that is
 * enough), each panel [depth rounded up to 16][its columns], filled up with zeros: what {@link
 * Tiles} multiply staged pixels by.
 */
final class Panels {
  private static final int L = Lanes.COUNT;

  private final int depth;
  private final int width;
  private final int paddedDepth;

  Panels(int depth, int width) {
    this.depth = depth;
    this.width = width;
    paddedDepth = Lanes.roundUp(depth, Staging.BLOCK);
  }

  int count() {
    return (width + 2 * L - 1) / (2 * L);
  }

  /** Columns of a panel, filling ones not counted. */
  int columns(int panel) {
    return Math.min(2 * L, width - panel * 2 * L);
  }

  /** Vectors of columns in a panel: 1 or 2. */
  int vectors(int panel) {
    return columns(panel) > L ? 2 : 1;
  }

  int packedLength() {
    return count() == 0 ? 0 : offset(count() - 1) + paddedDepth * vectors(count() - 1) * L;
  }

  /** Where a panel begins in the packed form. */
  int offset(int panel) {
    return panel * paddedDepth * 2 * L;
  }

  /**
   * Packs a matrix whose row k begins at {@code w[wo + k * rowStep]} and whose columns lie side by
   * side.
   */
  void pack(float[] w, int wo, int rowStep, float[] packed, int po) {
    for (int panel = 0; panel < count(); panel++) {
      int wide = vectors(panel) * L;
      int columns = columns(panel);
      int to = po + offset(panel);
      for (int k = 0; k < paddedDepth; k++, to += wide) {
        if (k < depth) {
          System.arraycopy(w, wo + k * rowStep + panel * 2 * L, packed, to, columns);
          Arrays.fill(packed, to + columns, to + wide, 0);
        } else {
          Arrays.fill(packed, to, to + wide, 0);
        }
      }
    }
  }

  /**
   * Packs a matrix that is stored transposed: its column j begins at {@code w[wo + j *
   * columnStep]}.
   */
  void packTransposed(float[] w, int wo, int columnStep, float[] packed, int po) {
    for (int panel = 0; panel < count(); panel++) {
      int wide = vectors(panel) * L;
      int columns = columns(panel);
      int to = po + offset(panel);
      if (columns < wide || depth < paddedDepth) {
        Arrays.fill(packed, to, to + paddedDepth * wide, 0);
      }
      // A tile of the source stays in the cache while its columns are written.
      for (int k0 = 0; k0 < depth; k0 += L) {
        int k1 = Math.min(k0 + L, depth);
        for (int j = 0; j < columns; j++) {
          int column = wo + (panel * 2 * L + j) * columnStep;
          for (int k = k0; k < k1; k++) {
            packed[to + k * wide + j] = w[column + k];
          }
        }
      }
    }
  }

  /**
   * The pixels that a tile computes at once: as many as the accumulators that fit into the
   * registers allow.
   */
  static final int TILE_PIXELS = L >= 16 ? 14 : 6;

  /** Floats of a tile's results. */
  static final int TILE_LENGTH = 16 * 2 * L;

  /**
   * y[pixel, :] = a[pixel, :] w + bias for {@code pixels} staged pixels and one panel's columns;
   * row p of y begins at {@code y[yo + p * rowStep]}.
   *
   * @param c room for {@link #TILE_LENGTH} floats at {@code co}
   */
  void multiply(
      int[] offsets,
      float[] a,
      int ao,
      int pixels,
      float[] packed,
      int po,
      int panel,
      float @Nullable [] bias,
      int bo,
      float[] y,
      int yo,
      int rowStep,
      float[] c,
      int co) {
    int blocks = offsets.length;
    int w = po + offset(panel);
    boolean two = vectors(panel) == 2;
    for (int p = 0; p < pixels; ) {
      int left = pixels - p;
      int base = ao + p * Staging.BLOCK;
      int done;
      if (TILE_PIXELS == 14 && left > 12) {
        done = Math.min(left, 14);
        if (two) {
          Tiles.tile14x2(blocks, offsets, a, base, base + 7 * Staging.BLOCK, packed, w, c, co);
        } else {
          Tiles.tile14x1(blocks, offsets, a, base, base + 7 * Staging.BLOCK, packed, w, c, co);
        }
      } else {
        done = Math.min(left, 6);
        if (two) {
          Tiles.tile6x2(blocks, offsets, a, base, base + 3 * Staging.BLOCK, packed, w, c, co);
        } else {
          Tiles.tile6x1(blocks, offsets, a, base, base + 3 * Staging.BLOCK, packed, w, c, co);
        }
      }
      store(c, co, done, panel, bias, bo, y, yo + p * rowStep, rowStep);
      p += done;
    }
  }

  /** y[row, :] = c[row, :] + bias for one panel's columns. */
  private void store(
      float[] c,
      int co,
      int rows,
      int panel,
      float @Nullable [] bias,
      int bo,
      float[] y,
      int yo,
      int rowStep) {
    int vectors = vectors(panel);
    for (int v = 0; v < vectors; v++) {
      int column = panel * 2 * L + v * L;
      int n = Math.min(L, width - column);
      VectorMask<Float> mask = Lanes.S.indexInRange(0, n);
      FloatVector b =
          bias == null
              ? FloatVector.zero(Lanes.S)
              : FloatVector.fromArray(Lanes.S, bias, bo + column, mask);
      for (int i = 0; i < rows; i++) {
        var value = FloatVector.fromArray(Lanes.S, c, co + (i * vectors + v) * L).add(b);
        if (n == L) {
          value.intoArray(y, yo + i * rowStep + column);
        } else {
          value.intoArray(y, yo + i * rowStep + column, mask);
        }
      }
    }
  }

  /**
   * w[k, :] += the sum over {@code pixels} of a[pixel, k] g[pixel, :] for one panel's columns: the
   * transposed product.
   *
   * @param g one row a pixel, {@code rowStep} floats apart, read in whole vectors: the last row has
   *     floats behind it where the width is no multiple of the vector's
   * @param w row k begins at {@code w[wo + k * wStep]}
   */
  void multiplyTransposed(
      int[] offsets,
      float[] a,
      int ao,
      int pixels,
      float[] g,
      int go,
      int rowStep,
      int panel,
      float[] w,
      int wo,
      int wStep,
      float[] c,
      int co) {
    int column = panel * 2 * L;
    boolean two = vectors(panel) == 2;
    for (int k = 0; k < depth; ) {
      int at = ao + offsets[k / Staging.BLOCK] + k % Staging.BLOCK;
      int done;
      if (two && L >= 16) {
        Tiles.outer8x2(pixels, a, at, g, go + column, rowStep, c, co);
        done = Math.min(8, depth - k);
        addRows(c, co, done, 2, column, w, wo + k * wStep, wStep);
      } else if (L >= 16) {
        Tiles.outer16x1(pixels, a, at, g, go + column, rowStep, c, co);
        done = Math.min(16, depth - k);
        addRows(c, co, done, 1, column, w, wo + k * wStep, wStep);
      } else {
        done = Math.min(8, depth - k);
        for (int v = 0; v < vectors(panel); v++) {
          Tiles.outer8x1(pixels, a, at, g, go + column + v * L, rowStep, c, co);
          addRows(c, co, done, 1, column + v * L, w, wo + k * wStep, wStep);
        }
      }
      k += done;
    }
  }

  private void addRows(
      float[] c, int co, int rows, int vectors, int column, float[] w, int wo, int wStep) {
    for (int v = 0; v < vectors; v++) {
      int at = column + v * L;
      VectorMask<Float> mask = Lanes.S.indexInRange(0, width - at);
      for (int i = 0; i < rows; i++) {
        int to = wo + i * wStep + at;
        FloatVector.fromArray(Lanes.S, c, co + (i * vectors + v) * L)
            .add(FloatVector.fromArray(Lanes.S, w, to, mask))
            .intoArray(w, to, mask);
      }
    }
  }
}
