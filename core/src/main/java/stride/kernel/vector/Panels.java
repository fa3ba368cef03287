package stride.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import org.jspecify.annotations.Nullable;
import stride.kernel.Epilogue;

/**
 * A matrix (depth, width) in panels of two vectors of columns (one in the last panel, where that is
 * enough), each panel [depth][its columns], filled up with zeros: the form that {@link Tiles}
 * multiply staged pixels by. The depth is a whole number of blocks of 16.
 */
public final class Panels {
  private static final int L = Lanes.COUNT;

  /** Pixels that are summed together: a chunk of weights is read once for all of them. */
  public static final int GROUP = 8 * StagedTiles.PIXELS;

  /** Panels that are multiplied by one pixel side by side. */
  private static final int SIDE_BY_SIDE = 4;

  /** Weights that a first-level cache does not keep from one use to the next. */
  private static final long FAR = 1 << 14;

  /** The floats of a chunk of weights that is packed when it is multiplied. */
  public static final int CHUNK_FLOATS = StagedTiles.CHUNK * Staging.BLOCK * 2 * L;

  /** The place of a group's sums in a scratch. */
  static final int SUMS = StagedTiles.UNREAD + 2 * L;

  /** The place of a vector of scales and one of shifts in a scratch. */
  private static final int SCALES = SUMS + (GROUP + 2) * 2 * L;

  /** The end of a group's sums and what belongs to them. */
  public static final int SUMS_END = SCALES + 2 * L;

  private final int depth;
  private final int width;
  private final PanelPacking packing;

  /** Channels after which the columns begin with the first one again; 0 if they do not. */
  private final int repeated;

  /** Floats from a pixel's first channel to the next one's, where columns begin again. */
  private final int pitch;

  /** Panels of a matrix of {@code depth} rows and {@code width} neighbouring columns. */
  public Panels(int depth, int width) {
    this(depth, width, 1);
  }

  /**
   * Panels of a matrix of {@code depth} rows and {@code width} columns.
   *
   * @param columnStep the floats from the weight of a column to the next one's
   */
  public Panels(int depth, int width, int columnStep) {
    this(depth, width, columnStep, 0, 0);
  }

  private Panels(int depth, int width, int columnStep, int repeated, int pitch) {
    this.repeated = repeated;
    this.pitch = pitch;
    this.depth = depth;
    this.width = width;
    packing = new PanelPacking(columnStep);
  }

  /**
   * The panel of a matrix of {@code depth} rows that has the same channels several times, in one
   * vector: those of neighbouring output pixels.
   *
   * @param pitch floats from one of these pixels to the next one
   */
  public static Panels repeating(int depth, int width, int copies, int pitch) {
    return new Panels(depth, width * copies, 1, width, pitch);
  }

  /** {@return the number of panels} */
  public int count() {
    return (width + 2 * L - 1) / (2 * L);
  }

  /** Returns the columns of a panel, without those that only fill it up. */
  int columns(int panel) {
    return Math.min(2 * L, width - panel * 2 * L);
  }

  /** {@return the vectors of columns in a panel: 1 or 2} */
  public int vectors(int panel) {
    return columns(panel) > L ? 2 : 1;
  }

  /** {@return the floats of the packed form} */
  public int packedLength() {
    return offset(count() - 1) + depth * vectors(count() - 1) * L;
  }

  /** Returns the index at which a panel begins in the packed form. */
  int offset(int panel) {
    return panel * depth * 2 * L;
  }

  /**
   * Packs a matrix whose element (k, j) is {@code w[wo + rows[k] + j * columnStep]}, or zero where
   * {@code rows[k]} is negative.
   */
  public void pack(float[] w, int wo, int[] rows, float[] packed, int po) {
    for (int panel = 0; panel < count(); panel++) {
      pack(w, wo, rows, panel, 0, depth, packed, po + offset(panel));
    }
  }

  /** Packs the rows [from, to) of a panel, whole blocks of 16. */
  private void pack(
      float[] w, int wo, int[] rows, int panel, int from, int to, float[] packed, int po) {
    int first = wo + packing.place(panel * 2 * L);
    packing.pack(w, first, rows, from, to, columns(panel), vectors(panel), packed, po);
  }

  /**
   * Multiplies {@code pixels} pixels by one panel and stores the epilogue's outputs.
   *
   * @param source how the pixels lie
   * @param channel the output channel of the matrix' first column, for the epilogue
   * @param row the output pixels in a row
   * @param step floats from an output pixel to the next one in its row
   * @param jump floats from a row of output pixels to the next one
   * @param at where the first pixel's outputs of the matrix' first column go
   * @param yo where the output of sample 0 begins, for the epilogue's residual
   * @param scratch has room for {@link #SUMS_END} floats
   */
  public void multiply(
      Pixels source,
      float[] a,
      int ao,
      int pixels,
      float[] packed,
      int po,
      int panel,
      Epilogue epilogue,
      int channel,
      float[] y,
      int yo,
      int at,
      int row,
      int step,
      int jump,
      float[] scratch) {
    int w = po + offset(panel);
    int vectors = vectors(panel);
    int column = panel * 2 * L;
    int own = pitch > 0 && pitch == repeated ? SCALES : -1;
    if (own >= 0) {
      repeat(epilogue.scale(), epilogue.scaleOffset() + channel, 1, scratch, SCALES);
      repeat(epilogue.shift(), epilogue.shiftOffset() + channel, 0, scratch, SCALES + L);
    }
    int n;
    for (int p = 0; p < pixels; p += n) {
      n = source.group(pixels - p, GROUP);
      boolean far = p == 0 && (long) width * depth >= FAR;
      int first = ao + p * source.step();
      if (source.isStaged()) {
        StagedTiles.sum(source.offsets(), a, first, n, packed, w, far, vectors, scratch, SUMS);
      } else {
        if (far) {
          StagedTiles.fetch(packed, w, w + source.depth() * vectors * L, scratch);
        }
        source.sum(a, first, n, packed, w, vectors, scratch, SUMS);
      }
      if (pitch > repeated) {
        for (int i = 0; i < width / repeated; i++) {
          Store.storeByPixel(
              scratch,
              SUMS + i * repeated,
              1,
              n,
              repeated,
              epilogue,
              channel,
              -1,
              y,
              yo,
              at + i * pitch,
              p,
              row,
              step,
              jump);
        }
        continue;
      }
      Store.store(
          scratch,
          SUMS,
          vectors,
          n,
          width - column,
          epilogue,
          channel + column,
          own,
          y,
          yo,
          at + column,
          p,
          row,
          step,
          jump);
    }
  }

  /** Copies the values of all columns, which are {@code value} where there are none. */
  private void repeat(float @Nullable [] values, int from, float value, float[] to, int at) {
    for (int i = 0; i < width; i++) {
      to[at + i] = values == null ? value : values[from + i % repeated];
    }
  }

  /**
   * Multiplies {@code pixels} staged pixels by one panel of weights that are not packed, and stores
   * the epilogue's outputs: each chunk is packed in the cache, for these pixels alone. The sums are
   * those of {@link #multiply}.
   *
   * @param wo the place of element (0, 0) in {@code w}
   * @param rows the places of the rows of weights from there, negative where there are none
   * @param chunk a place of {@link #CHUNK_FLOATS} in the scratch
   */
  public void multiplyPlain(
      int[] offsets,
      float[] a,
      int ao,
      int pixels,
      float[] w,
      int wo,
      int[] rows,
      int panel,
      Epilogue epilogue,
      int channel,
      float[] y,
      int yo,
      int at,
      int row,
      int step,
      int jump,
      float[] scratch,
      int chunk) {
    int vectors = vectors(panel);
    int column = panel * 2 * L;
    int block = Staging.BLOCK * vectors * L;
    for (int p = 0; p < pixels; p += GROUP) {
      int n = Math.min(GROUP, pixels - p);
      for (int from = 0; from < offsets.length; from += StagedTiles.CHUNK) {
        int to = Math.min(from + StagedTiles.CHUNK, offsets.length);
        pack(w, wo, rows, panel, from * 16, to * 16, scratch, chunk);
        int packed = chunk - from * block;
        int staged = ao + p * Staging.BLOCK;
        StagedTiles.sumChunk(
            from, to, offsets, a, staged, n, scratch, packed, vectors, scratch, SUMS);
      }
      Store.store(
          scratch,
          SUMS,
          vectors,
          n,
          width - column,
          epilogue,
          channel + column,
          -1,
          y,
          yo,
          at + column,
          p,
          row,
          step,
          jump);
    }
  }

  /**
   * Multiplies one staged pixel by the panels [from, to) and stores the epilogue's outputs. With a
   * single pixel everything waits for the weights: several panels are read side by side, so that
   * many loads are under way. The sums have the same order as those of {@link #multiply}.
   *
   * @param at where the outputs of the matrix' first column go
   */
  public void multiplyOne(
      Pixels source,
      float[] a,
      int ao,
      float[] packed,
      int po,
      int from,
      int to,
      Epilogue epilogue,
      int channel,
      float[] y,
      int yo,
      int at,
      float[] scratch) {
    int panel = from;
    for (; panel + SIDE_BY_SIDE <= to && vectors(panel + SIDE_BY_SIDE - 1) == 2; ) {
      int w = po + offset(panel);
      int[] offsets = source.offsets();
      Tiles.tile1x8(offsets.length, offsets, a, ao, packed, w, depth * 2 * L, scratch, SUMS);
      for (int i = 0; i < SIDE_BY_SIDE; i++, panel++) {
        int column = panel * 2 * L;
        int sums = SUMS + i * 2 * L;
        Store.store(
            scratch,
            sums,
            2,
            1,
            width - column,
            epilogue,
            channel + column,
            -1,
            y,
            yo,
            at + column,
            0,
            1,
            0,
            0);
      }
    }
    for (; panel < to; panel++) {
      multiply(source, a, ao, 1, packed, po, panel, epilogue, channel, y, yo, at, 1, 0, 0, scratch);
    }
  }

  /** Whether {@link #multiplyTransposed} reads rows that are a panel wide, two vectors. */
  public static boolean readsPanelRows() {
    return L < 16;
  }

  /**
   * w[k, :] += the sum over {@code pixels} of a[pixel, k] g[pixel, :] for one panel's columns: the
   * transposed product.
   *
   * @param ao where staged block 0 is, or would be
   * @param g one row a pixel, read in whole vectors: the last row has floats after it where the
   *     width is no multiple of the vector's
   * @param go where the panel's columns begin
   * @param step floats from row to row; two vectors where {@link #readsPanelRows}
   * @param rows the place of row k among the weights, from {@code wo}; negative where there is none
   */
  public void multiplyTransposed(
      int[] offsets,
      int fromOffset,
      int toOffset,
      float[] a,
      int ao,
      int pixels,
      float[] g,
      int go,
      int step,
      int panel,
      float[] w,
      int wo,
      int[] rows,
      float[] scratch) {
    int column = panel * 2 * L;
    boolean one = vectors(panel) == 1;
    for (int t = fromOffset; t < toOffset; t++) {
      int at = ao + offsets[t];
      int k = t * 16;
      if (L >= 16 && one) {
        Tiles.outer16x1(pixels, a, at, g, go, step, scratch, SUMS);
        addRows(scratch, 16, 1, column, w, wo, rows, k);
      } else if (L >= 16) {
        for (int half = 0; half < 16; half += 8) {
          Tiles.outer8x2(pixels, a, at + half, g, go, step, scratch, SUMS);
          addRows(scratch, 8, 2, column, w, wo, rows, k + half);
        }
      } else if (one) {
        for (int half = 0; half < 16; half += 8) {
          Tiles.outerRuns8x1(pixels, a, at + half, g, go, scratch, SUMS);
          addRows(scratch, 8, 1, column, w, wo, rows, k + half);
        }
      } else {
        for (int part = 0; part < 12; part += 6) {
          Tiles.outerRuns6x2(pixels, a, at + part, g, go, scratch, SUMS);
          addRows(scratch, 6, 2, column, w, wo, rows, k + part);
        }
        Tiles.outerRuns4x2(pixels, a, at + 12, g, go, scratch, SUMS);
        addRows(scratch, 4, 2, column, w, wo, rows, k + 12);
      }
    }
  }

  private void addRows(
      float[] scratch, int n, int vectors, int column, float[] w, int wo, int[] rows, int k) {
    for (int v = 0; v < vectors; v++) {
      int at = column + v * L;
      VectorMask<Float> mask = Lanes.S.indexInRange(0, width - at);
      for (int i = 0; i < n; i++) {
        if (rows[k + i] >= 0) {
          int to = wo + rows[k + i] + at;
          FloatVector.fromArray(Lanes.S, scratch, SUMS + (i * vectors + v) * L)
              .add(FloatVector.fromArray(Lanes.S, w, to, mask))
              .intoArray(w, to, mask);
        }
      }
    }
  }
}
