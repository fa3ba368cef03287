package stride.kernel.vector.winograd;

import java.util.Arrays;
import stride.kernel.ConvolutionPass;
import stride.kernel.Epilogue;
import stride.kernel.vector.Lanes;
import stride.kernel.vector.Panels;
import stride.kernel.vector.StagedTiles;
import stride.kernel.vector.Staging;
import stride.kernel.vector.Store;
import stride.kernel.vector.Sweep;

/**
 * Winograd's convolution F(4 x 4, 3 x 3) (Lavin and Gray 2015, "Fast Algorithms for Convolutional
 * Neural Networks") of a 3 x 3 filter with stride 1: 36 products for 16 outputs in place of 144.
 *
 * <p>The image falls into tiles of 4 x 4 outputs, each made of 6 x 6 inputs. Inputs and filters are
 * transformed to 36 values each; every one of the 36 is a separate matrix product, tiles x depth
 * times depth x width, on the same micro-kernels as the direct convolution; and the products are
 * transformed back to outputs. A part of the work is some tiles, of any images, and some panels.
 *
 * <p>Transformed filters take four times the memory. Small ones are packed that way. Large ones are
 * transformed by each part for itself, a panel at a time: that takes less time than reading them.
 *
 * <p>Packed: [panel][36][depth][its columns], or [panel][vector][16 channels][9][16][columns] to be
 * transformed later, and after it room for one of the latter. Scratch: [a tile's values][V: 36 x
 * [block][tile][16]][M: 36 x [tile][a panel's columns]][U: a panel's transformed filters].
 */
public final class WinogradPass implements ConvolutionPass {
  private static final int L = Lanes.COUNT;
  private static final int BLOCK = Staging.BLOCK;
  private static final int POINTS = Winograd.POINTS;
  private static final int OUT = Winograd.OUT;

  /** Filters of 16 channels and a vector of columns. */
  private static final int FILTERS = 9 * BLOCK * L;

  /** Products of input and output channels from which on filters are transformed when needed. */
  private static final int LARGE = 1 << 15;

  private final Sweep sweep;
  private final int tileRows;
  private final int tileColumns;
  private final int tiles;
  private final int blocks;
  private final Panels panels;
  private final int splits;
  private final int[] offsets;
  private final int[] filterTaps;
  private final WinogradPatches patches;
  private final boolean late;

  /** Floats from one of the 36 matrices to the next: not a power of two, so that sets differ. */
  private final int filterStep;

  private final int inputStep;
  private final int productStep;

  /** Makes a pass for batches of {@code batch} samples on {@code threads} threads. */
  public WinogradPass(Sweep sweep, int batch, int threads) {
    this.sweep = sweep;
    var reach = sweep.reach();
    tileRows = Math.ceilDiv(sweep.height(), OUT);
    tileColumns = Math.ceilDiv(sweep.columns(), OUT);
    blocks = Math.ceilDiv(sweep.depth(), BLOCK);
    panels = new Panels(blocks * BLOCK, sweep.width());
    late = sweep.depth() * sweep.width() >= LARGE;
    var parts =
        WinogradParts.of(batch * tileRows * tileColumns, blocks, panels.count(), late, threads);
    tiles = parts.tiles();
    splits = parts.splits();
    int rows = tiles + 2;
    offsets = new int[blocks];
    Arrays.setAll(offsets, b -> b * rows * BLOCK);
    filterStep = blocks * BLOCK * 2 * L + BLOCK;
    inputStep = blocks * rows * BLOCK + BLOCK;
    productStep = (tiles + StagedTiles.PIXELS) * 2 * L + BLOCK;
    patches = new WinogradPatches(sweep, rows, inputStep);
    filterTaps = new int[9];
    for (var tap : sweep.taps()) {
      filterTaps[(tap.row() - reach.row()) * 3 + tap.column() - reach.column()] = tap.number();
    }
  }

  /**
   * {@return whether a sweep is a 3 x 3 filter with stride 1 over enough channels and pixels to
   * pay}
   */
  public static boolean suits(Sweep s, int batch) {
    if (L < 4
        || s.groups() != 1
        || s.taps().size() != 9
        || s.reach().rows() != 3
        || s.reach().columns() != 3
        || s.rowStep() != 1
        || s.columnStep() != 1
        || s.target().rowStep() != 1
        || s.target().columnStep() != 1
        || s.depth() < 16
        || s.width() < 16) {
      return false;
    }
    int tiles = batch * Math.ceilDiv(s.height(), OUT) * Math.ceilDiv(s.columns(), OUT);
    // Multiply-adds of 32 lanes for a weight, and the costs, in the same unit, to transform it or
    // to read its transformed form.
    int filter = s.depth() * s.width() < LARGE ? 6 : 14;
    double winograd = 36.0 / 32 * Math.max(tiles, 8) + filter;
    double direct = 9.0 / 32 * batch * s.height() * s.columns();
    return winograd < direct;
  }

  @Override
  public String name() {
    return "winograd";
  }

  @Override
  public int scratchLength() {
    return Winograd.SCRATCH
        + POINTS * (inputStep + productStep)
        + (late ? POINTS * filterStep : 0)
        + 16 * BLOCK;
  }

  private int packedPanel() {
    return late ? 2 * blocks * FILTERS : POINTS * filterStep;
  }

  @Override
  public int packedLength() {
    return panels.count() * packedPanel() + FILTERS + Winograd.FILTER_SCRATCH;
  }

  @Override
  public void pack(float[] w, int wo, float[] packed, int po) {
    int room = po + panels.count() * packedPanel();
    for (int panel = 0; panel < panels.count(); panel++) {
      int to = po + panel * packedPanel();
      for (int v = 0; v < panels.vectors(panel); v++) {
        for (int block = 0; block < blocks; block++) {
          int filters = late ? to + (v * blocks + block) * FILTERS : room;
          gatherFilters(w, wo, block * BLOCK, panel * 2 * L + v * L, packed, filters);
          if (!late) {
            transformFilters(
                packed, filters, packed, to, panels.vectors(panel), v, block, room + FILTERS);
          }
        }
      }
    }
  }

  /** Transforms a panel's filters, which are gathered at {@code go}. */
  private void transformFilters(float[] packed, int go, int vectors, float[] scratch, int uo) {
    for (int v = 0; v < vectors; v++) {
      for (int block = 0; block < blocks; block++) {
        int g = go + (v * blocks + block) * FILTERS;
        transformFilters(packed, g, scratch, uo, vectors, v, block, 0);
      }
    }
  }

  /** Transforms the filters of a block of channels and a vector of columns to {@code uo}. */
  private void transformFilters(
      float[] g, int go, float[] u, int uo, int vectors, int v, int block, int room) {
    int wide = vectors * L;
    Winograd.filters(g, go, u, uo + block * BLOCK * wide + v * L, wide, filterStep, room);
  }

  /** Copies the filters of 16 channels and a vector of columns to [tap][channel][column]. */
  private void gatherFilters(float[] w, int wo, int channel, int column, float[] filters, int to) {
    var order = sweep.weights();
    int depth = Math.min(BLOCK, sweep.depth() - channel);
    int width = Math.min(L, sweep.width() - column);
    if (depth < BLOCK || width < L) {
      Arrays.fill(filters, to, to + FILTERS, 0);
    }
    for (int tap = 0; tap < 9; tap++) {
      int from =
          wo
              + filterTaps[tap] * order.tapStep()
              + channel * order.depthStep()
              + column * order.widthStep();
      int at = to + tap * BLOCK * L;
      if (order.widthStep() == 1) {
        for (int k = 0; k < depth; k++) {
          System.arraycopy(w, from + k * order.depthStep(), filters, at + k * L, width);
        }
      } else {
        for (int j = 0; j < width; j++) {
          for (int k = 0; k < depth; k++) {
            filters[at + k * L + j] = w[from + j * order.widthStep() + k * order.depthStep()];
          }
        }
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
    int inputs = Winograd.SCRATCH;
    int products = inputs + POINTS * inputStep;
    int source = xo + first * sweep.sourceFloats();
    int target = yo + first * sweep.targetFloats();
    for (int t = 0; t < n; t++) {
      patches.transformInputs(x, source, from + t, 0, blocks, scratch, inputs + t * BLOCK);
    }
    float[] filters = late ? scratch : packed;
    for (int panel = fromPanel; panel < toPanel; panel++) {
      int vectors = panels.vectors(panel);
      int w = late ? products + POINTS * productStep : po + panel * packedPanel();
      if (late) {
        transformFilters(packed, po + panel * packedPanel(), vectors, scratch, w);
      }
      for (int point = 0; point < POINTS; point++) {
        StagedTiles.sum(
            offsets,
            scratch,
            inputs + point * inputStep,
            n,
            filters,
            w + point * filterStep,
            false,
            vectors,
            scratch,
            products + point * productStep);
      }
      for (int t = 0; t < n; t++) {
        for (int v = 0; v < vectors; v++) {
          Winograd.outputs(scratch, products + (t * vectors + v) * L, productStep);
          storeTile(scratch, panel * 2 * L + v * L, epilogue, y, yo, target, from + t);
        }
      }
    }
  }

  /** Stores those of a tile's 4 x 4 outputs that are inside of the image. */
  private void storeTile(
      float[] scratch, int column, Epilogue epilogue, float[] y, int yo, int target, int tile) {
    int sample = tile / (tileRows * tileColumns);
    int inImage = tile % (tileRows * tileColumns);
    int row = inImage / tileColumns * OUT;
    int left = inImage % tileColumns * OUT;
    int rows = Math.min(OUT, sweep.height() - row);
    int columns = Math.min(OUT, sweep.columns() - left);
    int step = sweep.targetPitch();
    int jump = sweep.target().width() * step;
    int at = target + sample * sweep.targetFloats() + row * jump + left * step + column;
    int lanes = sweep.width() - column;
    if (columns == OUT) {
      Store.store(
          scratch,
          Winograd.VALUES,
          1,
          rows * OUT,
          lanes,
          epilogue,
          column,
          -1,
          y,
          yo,
          at,
          0,
          OUT,
          step,
          jump);
    } else {
      for (int i = 0; i < rows; i++) {
        Store.store(
            scratch,
            Winograd.VALUES + i * OUT * L,
            1,
            columns,
            lanes,
            epilogue,
            column,
            -1,
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
