package stride.kernel.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import stride.kernel.ConvolutionPass;
import stride.kernel.Epilogue;

/**
 * Winograd's convolution F(4 x 4, 3 x 3) (Lavin and Gray 2015, "Fast Algorithms for Convolutional
 * Neural Networks") of a 3 x 3 filter with stride 1: 36 products for 16 outputs in place of 144.
 *
 * <p>The image falls into tiles of 4 x 4 outputs, each made of 6 x 6 inputs. Inputs and filters are
 * transformed to 36 values each; every one of the 36 is a matrix product by itself, tiles x depth
 * times depth x width, on the same micro-kernels as the direct convolution; and the products are
 * transformed back to outputs. A part of the work is some tiles, of any images, and some panels.
 *
 * <p>Packed: [36][panel][depth][its columns]. Scratch: [a tile's inputs or outputs][V: 36 x
 * [block][tile][16]][M: 36 x [panel][tile][its columns]].
 */
final class WinogradPass implements ConvolutionPass {
  private static final int L = Lanes.COUNT;
  private static final int BLOCK = Staging.BLOCK;
  private static final int POINTS = 36;
  private static final int OUT = 4;
  private static final int IN = 6;

  /** Transformed floats that are worked on at a time, which is about a second-level cache. */
  private static final int WORKED_ON = 256 * 1024;

  /** Room for a tile's inputs, and behind it for what is between two steps of a transform. */
  private static final int PATCH = POINTS * BLOCK;

  private final Sweep sweep;
  private final int tileRows;
  private final int tileColumns;
  private final int tiles;
  private final int blocks;
  private final Panels panels;
  private final int splits;
  private final int[] offsets;
  private final int[] filterTaps;

  /** Floats from one of the 36 matrices to the next: not a power of two, so that sets differ. */
  private final int packedStep;

  private final int inputStep;
  private final int productStep;
  private final int panelStep;

  WinogradPass(Sweep sweep, int batch) {
    this.sweep = sweep;
    tileRows = Math.ceilDiv(sweep.height(), OUT);
    tileColumns = Math.ceilDiv(sweep.columns(), OUT);
    blocks = Math.ceilDiv(sweep.depth(), BLOCK);
    panels = new Panels(blocks * BLOCK, sweep.width());
    int group = Panels.TILE_PIXELS;
    int perTile = POINTS * (sweep.depth() + sweep.width());
    int all = batch * tileRows * tileColumns;
    // Enough tiles to read the weights seldom.
    int fewest = Math.clamp(sweep.depth() / 16, 2, 6);
    int groups =
        Math.clamp(Math.ceilDiv(all, group), 1, Math.max(WORKED_ON / (perTile * group), fewest));
    tiles = groups * group;
    splits = Math.clamp(8 / Math.ceilDiv(all, tiles), 1, Math.min(4, panels.count()));
    offsets = new int[blocks];
    int rows = tiles + 2;
    Arrays.setAll(offsets, b -> b * rows * BLOCK);
    packedStep = panels.packedLength() + BLOCK;
    inputStep = blocks * rows * BLOCK + BLOCK;
    panelStep = (tiles + group) * 2 * L;
    productStep = Math.ceilDiv(panels.count(), splits) * panelStep + BLOCK;
    filterTaps = new int[9];
    for (var tap : sweep.taps()) {
      filterTaps[(tap.row() - sweep.firstRow()) * 3 + tap.column() - sweep.firstColumn()] =
          tap.number();
    }
  }

  /** Whether a sweep is a 3 x 3 filter with stride 1 over enough channels to pay. */
  static boolean suits(Sweep s, int batch) {
    if (L < 8
        || s.groups() != 1
        || s.taps().size() != 9
        || s.rowExtent() != 3
        || s.columnExtent() != 3
        || s.rowStep() != 1
        || s.columnStep() != 1
        || s.target().rowStep() != 1
        || s.target().columnStep() != 1
        || s.depth() < 16
        || s.width() < 16) {
      return false;
    }
    int tiles = batch * Math.ceilDiv(s.height(), OUT) * Math.ceilDiv(s.columns(), OUT);
    // Cycles a weight: products on 16 lanes, and 36 transformed floats to be read from memory.
    double winograd = 36.0 / 16 * Math.max(tiles, 8) + 2 * 36;
    double direct = 9.0 / 16 * batch * s.height() * s.columns();
    return winograd < direct;
  }

  @Override
  public int scratchLength() {
    return 2 * PATCH + POINTS * (inputStep + productStep) + 16 * BLOCK;
  }

  @Override
  public int packedLength() {
    return POINTS * packedStep;
  }

  @Override
  public void pack(float[] w, int wo, float[] packed, int po) {
    var filters = new float[9 * BLOCK * L];
    for (int panel = 0; panel < panels.count(); panel++) {
      int vectors = panels.vectors(panel);
      for (int v = 0; v < vectors; v++) {
        int column = panel * 2 * L + v * L;
        int to = po + panels.offset(panel) + v * L;
        for (int k = 0; k < blocks * BLOCK; k += BLOCK) {
          gatherFilters(w, wo, k, column, filters);
          transformFilters(filters, packed, to + k * vectors * L, vectors * L, packedStep);
        }
      }
    }
  }

  /** Copies the filters of 16 channels and a vector of columns to [tap][channel][column]. */
  private void gatherFilters(float[] w, int wo, int channel, int column, float[] filters) {
    var order = sweep.weights();
    int depth = Math.min(BLOCK, sweep.depth() - channel);
    int width = Math.min(L, sweep.width() - column);
    if (depth < BLOCK || width < L) {
      Arrays.fill(filters, 0);
    }
    for (int tap = 0; tap < 9; tap++) {
      int from =
          wo
              + filterTaps[tap] * order.tapStep()
              + channel * order.depthStep()
              + column * order.widthStep();
      int to = tap * BLOCK * L;
      if (order.widthStep() == 1) {
        for (int k = 0; k < depth; k++) {
          System.arraycopy(w, from + k * order.depthStep(), filters, to + k * L, width);
        }
      } else {
        for (int j = 0; j < width; j++) {
          for (int k = 0; k < depth; k++) {
            filters[to + k * L + j] = w[from + j * order.widthStep() + k * order.depthStep()];
          }
        }
      }
    }
  }

  /**
   * U = G g G', with G = (1/4 0 0; -1/6 -1/6 -1/6; -1/6 1/6 -1/6; 1/24 1/12 1/6; 1/24 -1/12 1/6; 0
   * 0 1).
   */
  private static void transformFilters(float[] g, float[] u, int uo, int rowStep, int pointStep) {
    var rows = new float[18 * L];
    for (int k = 0; k < BLOCK; k++) {
      for (int j = 0; j < 3; j++) {
        var g0 = FloatVector.fromArray(Lanes.S, g, (j * BLOCK + k) * L);
        var g1 = FloatVector.fromArray(Lanes.S, g, ((3 + j) * BLOCK + k) * L);
        var g2 = FloatVector.fromArray(Lanes.S, g, ((6 + j) * BLOCK + k) * L);
        var even = g0.add(g2).mul(-1f / 6);
        var odd = g1.mul(1f / 6);
        var wide = g0.mul(1f / 24).add(g2.mul(1f / 6));
        var half = g1.mul(1f / 12);
        g0.mul(0.25f).intoArray(rows, j * L);
        even.sub(odd).intoArray(rows, (3 + j) * L);
        even.add(odd).intoArray(rows, (6 + j) * L);
        wide.add(half).intoArray(rows, (9 + j) * L);
        wide.sub(half).intoArray(rows, (12 + j) * L);
        g2.intoArray(rows, (15 + j) * L);
      }
      for (int i = 0; i < IN; i++) {
        var g0 = FloatVector.fromArray(Lanes.S, rows, i * 3 * L);
        var g1 = FloatVector.fromArray(Lanes.S, rows, (i * 3 + 1) * L);
        var g2 = FloatVector.fromArray(Lanes.S, rows, (i * 3 + 2) * L);
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

  @Override
  public int parts(int samples) {
    return Math.ceilDiv(samples * tileRows * tileColumns, tiles) * splits;
  }

  @Override
  public void run(
      float[] x,
      int xo,
      float[] packed,
      int po,
      Epilogue epilogue,
      float[] y,
      int yo,
      int first,
      int samples,
      int part,
      float[] scratch) {
    int from = part / splits * tiles;
    int n = Math.min(tiles, samples * tileRows * tileColumns - from);
    int fromPanel = part % splits * panels.count() / splits;
    int toPanel = (part % splits + 1) * panels.count() / splits;
    int inputs = 2 * PATCH;
    int products = inputs + POINTS * inputStep;
    int source = xo + first * sweep.sourceFloats();
    for (int t = 0; t < n; t++) {
      transformInputs(x, source, from + t, scratch, inputs + t * BLOCK);
    }
    for (int point = 0; point < POINTS; point++) {
      for (int panel = fromPanel; panel < toPanel; panel++) {
        int vectors = panels.vectors(panel);
        int w = po + point * packedStep + panels.offset(panel);
        int to = products + point * productStep + (panel - fromPanel) * panelStep;
        for (int t = 0; t < n; ) {
          t +=
              Panels.tile(
                  offsets,
                  scratch,
                  inputs + point * inputStep + t * BLOCK,
                  n - t,
                  packed,
                  w,
                  vectors,
                  scratch,
                  to + t * vectors * L);
        }
      }
    }
    int target = yo + first * sweep.targetFloats();
    for (int panel = fromPanel; panel < toPanel; panel++) {
      int vectors = panels.vectors(panel);
      for (int t = 0; t < n; t++) {
        for (int v = 0; v < vectors; v++) {
          int at = products + (panel - fromPanel) * panelStep + (t * vectors + v) * L;
          transformOutputs(scratch, at, productStep);
          storeTile(scratch, panel * 2 * L + v * L, epilogue, y, yo, target, from + t);
        }
      }
    }
  }

  /** V = B' d B for all channels of one tile. */
  private void transformInputs(float[] x, int xo, int tile, float[] scratch, int to) {
    int inImage = tile % (tileRows * tileColumns);
    int sample = tile / (tileRows * tileColumns);
    int row = inImage / tileColumns * OUT + sweep.firstRow();
    int column = inImage % tileColumns * OUT + sweep.firstColumn();
    int channels = sweep.depth();
    int width = sweep.sourceWidth();
    int source = xo + sample * sweep.sourceFloats() + (row * width + column) * channels;
    boolean inside =
        row >= 0 && column >= 0 && row + IN <= sweep.sourceHeight() && column + IN <= width;
    for (int block = 0; block < blocks; block++) {
      int target = to + offsets[block];
      if (inside && (block + 1) * BLOCK <= channels) {
        for (int v = 0; v < BLOCK; v += L) {
          transform(
              x,
              source + block * BLOCK + v,
              width * channels,
              channels,
              scratch,
              target + v,
              inputStep);
        }
      } else {
        copyPatch(x, source + block * BLOCK, row, column, channels - block * BLOCK, scratch);
        for (int v = 0; v < BLOCK; v += L) {
          transform(scratch, v, IN * BLOCK, BLOCK, scratch, target + v, inputStep);
        }
      }
    }
  }

  /**
   * Copies 6 x 6 pixels of up to 16 channels, zero outside of the image, to the scratch's begin.
   */
  private void copyPatch(float[] x, int source, int row, int column, int channels, float[] a) {
    for (int i = 0; i < IN; i++) {
      for (int j = 0; j < IN; j++) {
        int to = (i * IN + j) * BLOCK;
        boolean inside =
            row + i >= 0
                && row + i < sweep.sourceHeight()
                && column + j >= 0
                && column + j < sweep.sourceWidth();
        int from = source + (i * sweep.sourceWidth() + j) * sweep.depth();
        for (int v = 0; v < BLOCK; v += L) {
          if (inside) {
            FloatVector.fromArray(Lanes.S, x, from + v, Lanes.S.indexInRange(v, channels))
                .intoArray(a, to + v);
          } else {
            FloatVector.zero(Lanes.S).intoArray(a, to + v);
          }
        }
      }
    }
  }

  /**
   * B' d B, with B' = (4 0 -5 0 1 0; 0 -4 -4 1 1 0; 0 4 -4 -1 1 0; 0 -2 -1 2 1 0; 0 2 -1 -2 1 0; 0
   * 4 0 -5 0 1), for a vector of channels: first the columns of d, then the rows of that.
   */
  private static void transform(
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
      int mid = PATCH + j * L;
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
      int mid = PATCH + i * IN * L;
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
   * columns: 16 vectors, from the scratch's begin on.
   */
  private static void transformOutputs(float[] scratch, int from, int pointStep) {
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
      int mid = PATCH + j * L;
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
      int mid = PATCH + i * IN * L;
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
      int at = i * OUT * L;
      m0.add(sum).add(farSum).intoArray(scratch, at);
      farDifference.fma(FloatVector.broadcast(Lanes.S, 2f), difference).intoArray(scratch, at + L);
      farSum.fma(FloatVector.broadcast(Lanes.S, 4f), sum).intoArray(scratch, at + 2 * L);
      farDifference
          .fma(FloatVector.broadcast(Lanes.S, 8f), difference)
          .add(m5)
          .intoArray(scratch, at + 3 * L);
    }
  }

  /** Stores what of a tile's 4 x 4 outputs lies inside of the image. */
  private void storeTile(
      float[] scratch, int column, Epilogue epilogue, float[] y, int yo, int target, int tile) {
    int sample = tile / (tileRows * tileColumns);
    int inImage = tile % (tileRows * tileColumns);
    int row = inImage / tileColumns * OUT;
    int left = inImage % tileColumns * OUT;
    int rows = Math.min(OUT, sweep.height() - row);
    int columns = Math.min(OUT, sweep.columns() - left);
    int step = sweep.targetChannels();
    int jump = sweep.target().width() * step;
    int at = target + sample * sweep.targetFloats() + row * jump + left * step + column;
    int lanes = sweep.width() - column;
    if (columns == OUT) {
      Store.store(
          scratch, 0, L, rows * OUT, lanes, epilogue, column, y, yo, at, 0, OUT, step, jump);
    } else {
      for (int i = 0; i < rows; i++) {
        Store.store(
            scratch,
            i * OUT * L,
            L,
            columns,
            lanes,
            epilogue,
            column,
            y,
            yo,
            at + i * jump,
            0,
            OUT,
            step,
            jump);
      }
    }
  }
}
