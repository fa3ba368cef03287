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
 * Winograd's convolutions with stride 1 (Lavin and Gray 2015, "Fast Algorithms for Convolutional
 * Neural Networks"): F(4 x 4, 3 x 3) takes 36 products for 16 outputs in place of 144, F(2 x 2, 5 x
 * 5) for 4 outputs in place of 100.
 *
 * <p>The image falls into tiles of 4 x 4 or 2 x 2 outputs, each made of 6 x 6 inputs. Inputs and
 * filters are transformed to 36 values each; every one of the 36 is a separate matrix product,
 * tiles x depth times depth x width, on the same micro-kernels as the direct convolution; and the
 * products are transformed back to outputs. A part of the work is some tiles, of any images, and
 * some panels.
 *
 * <p>Transformed filters of 3 x 3 take four times the memory. Small ones are packed that way. Large
 * ones are transformed by each part for itself, a panel at a time: that takes less time than
 * reading them. Filters of 5 x 5 grow by less than half, and are always packed.
 *
 * <p>Packed: [panel][36][depth][its columns], or [panel][vector][16 channels][9 or 25][16][columns]
 * to be transformed later, and after it room for one of the latter. Scratch: [a tile's values][V:
 * 36 x [block][tile][16]][M: 36 x [tile][a panel's columns]][U: a panel's transformed filters].
 */
public final class WinogradPass implements ConvolutionPass {
  private static final int L = Lanes.COUNT;
  private static final int BLOCK = Staging.BLOCK;
  private static final int POINTS = Winograd.POINTS;

  /** Products of input and output channels from which on filters are transformed when needed. */
  private static final int LARGE = 1 << 15;

  private final Sweep sweep;
  private final TileSize size;

  /** Floats of the filters of 16 channels and a vector of columns. */
  private final int filterFloats;

  private final int tileColumns;

  /** Tiles of an image. */
  private final int perImage;

  /** Tiles of a part. */
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
    size = TileSize.of(reach.rows());
    filterFloats = size.weights() * BLOCK * L;
    tileColumns = size.rows(sweep.columns());
    perImage = size.tiles(sweep.height(), sweep.columns());
    blocks = Math.ceilDiv(sweep.depth(), BLOCK);
    panels = new Panels(blocks * BLOCK, sweep.width());
    late = isLate(sweep, size);
    var parts = WinogradParts.of(batch * perImage, blocks, panels.count(), late, threads);
    tiles = parts.tiles();
    splits = parts.splits();
    int rows = tiles + 2;
    offsets = new int[blocks];
    Arrays.setAll(offsets, b -> b * rows * BLOCK);
    filterStep = blocks * BLOCK * 2 * L + BLOCK;
    inputStep = blocks * rows * BLOCK + BLOCK;
    productStep = (tiles + StagedTiles.PIXELS) * 2 * L + BLOCK;
    patches = new WinogradPatches(sweep, size, rows, inputStep);
    filterTaps = new int[size.weights()];
    for (var tap : sweep.taps()) {
      int place = (tap.row() - reach.row()) * size.taps() + tap.column() - reach.column();
      filterTaps[place] = tap.number();
    }
  }

  /** Whether filters are transformed when needed. */
  private static boolean isLate(Sweep s, TileSize size) {
    return size.taps() == 3 && s.depth() * s.width() >= LARGE;
  }

  /**
   * {@return whether a sweep is a filter of 3 x 3 or 5 x 5 with stride 1 over enough channels and
   * pixels to pay}
   */
  public static boolean suits(Sweep s, int batch) {
    if (L < 4
        || s.groups() != 1
        || (s.reach().rows() != 3 && s.reach().rows() != 5)
        || s.reach().columns() != s.reach().rows()
        || s.taps().size() != s.reach().rows() * s.reach().columns()
        || s.rowStep() != 1
        || s.columnStep() != 1
        || s.target().rowStep() != 1
        || s.target().columnStep() != 1
        || s.depth() < 16
        || s.width() < 16) {
      return false;
    }
    var size = TileSize.of(s.reach().rows());
    int tiles = batch * size.tiles(s.height(), s.columns());
    // Multiply-adds of 32 lanes for a weight, and the costs, in the same unit, to transform it or
    // to read its transformed form.
    int filter = isLate(s, size) ? 14 : 6;
    double winograd = 36.0 / 32 * Math.max(tiles, 8) + filter;
    double direct = size.weights() / 32.0 * batch * s.height() * s.columns();
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
    return late ? 2 * blocks * filterFloats : POINTS * filterStep;
  }

  @Override
  public int packedLength() {
    return panels.count() * packedPanel() + filterFloats + Winograd.FILTER_SCRATCH;
  }

  @Override
  public void pack(float[] w, int wo, float[] packed, int po) {
    int room = po + panels.count() * packedPanel();
    for (int panel = 0; panel < panels.count(); panel++) {
      int to = po + panel * packedPanel();
      for (int v = 0; v < panels.vectors(panel); v++) {
        for (int block = 0; block < blocks; block++) {
          int filters = late ? to + (v * blocks + block) * filterFloats : room;
          gatherFilters(w, wo, block * BLOCK, panel * 2 * L + v * L, packed, filters);
          if (!late) {
            transformFilters(
                packed, filters, packed, to, panels.vectors(panel), v, block, room + filterFloats);
          }
        }
      }
    }
  }

  /** Transforms a panel's filters, which are gathered at {@code go}. */
  private void transformFilters(float[] packed, int go, int vectors, float[] scratch, int uo) {
    for (int v = 0; v < vectors; v++) {
      for (int block = 0; block < blocks; block++) {
        int g = go + (v * blocks + block) * filterFloats;
        transformFilters(packed, g, scratch, uo, vectors, v, block, 0);
      }
    }
  }

  /** Transforms the filters of a block of channels and a vector of columns to {@code uo}. */
  private void transformFilters(
      float[] g, int go, float[] u, int uo, int vectors, int v, int block, int room) {
    int wide = vectors * L;
    int to = uo + block * BLOCK * wide + v * L;
    if (size.taps() == 3) {
      Winograd.filters(g, go, u, to, wide, filterStep, room);
    } else {
      Winograd.largeFilters(g, go, u, to, wide, filterStep, room);
    }
  }

  /** Copies the filters of 16 channels and a vector of columns to [tap][channel][column]. */
  private void gatherFilters(float[] w, int wo, int channel, int column, float[] filters, int to) {
    var order = sweep.weights();
    int depth = Math.min(BLOCK, sweep.depth() - channel);
    int width = Math.min(L, sweep.width() - column);
    if (depth < BLOCK || width < L) {
      Arrays.fill(filters, to, to + filterFloats, 0);
    }
    for (int tap = 0; tap < filterTaps.length; tap++) {
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
    return Math.ceilDiv(samples * perImage, tiles) * splits;
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
    int n = Math.min(tiles, samples * perImage - from);
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
          int tile = products + (t * vectors + v) * L;
          if (size.taps() == 3) {
            Winograd.outputs(scratch, tile, productStep);
          } else {
            Winograd.fewOutputs(scratch, tile, productStep);
          }
          storeTile(scratch, panel * 2 * L + v * L, epilogue, y, yo, target, from + t);
        }
      }
    }
  }

  /** Stores those of a tile's outputs that are inside of the image. */
  private void storeTile(
      float[] scratch, int column, Epilogue epilogue, float[] y, int yo, int target, int tile) {
    int out = size.out();
    int sample = tile / perImage;
    int inImage = tile % perImage;
    int row = inImage / tileColumns * out;
    int left = inImage % tileColumns * out;
    int rows = Math.min(out, sweep.height() - row);
    int columns = Math.min(out, sweep.columns() - left);
    int step = sweep.targetPitch();
    int jump = sweep.target().width() * step;
    int at = target + sample * sweep.targetFloats() + row * jump + left * step + column;
    int lanes = sweep.width() - column;
    if (columns == out) {
      Store.store(
          scratch,
          Winograd.VALUES,
          1,
          rows * out,
          lanes,
          epilogue,
          column,
          -1,
          y,
          yo,
          at,
          0,
          out,
          step,
          jump);
    } else {
      for (int i = 0; i < rows; i++) {
        Store.store(
            scratch,
            Winograd.VALUES + i * out * L,
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
            out,
            step,
            jump);
      }
    }
  }
}
