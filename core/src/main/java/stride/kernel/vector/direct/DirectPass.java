package stride.kernel.vector.direct;

import org.jspecify.annotations.Nullable;
import stride.kernel.ConvolutionPass;
import stride.kernel.Epilogue;
import stride.kernel.vector.Panels;
import stride.kernel.vector.Pixels;
import stride.kernel.vector.Staging;
import stride.kernel.vector.Sweep;

/**
 * A {@link Sweep} as a product of staged pixels and panels of weights, one block of output pixels
 * and some panels at a time.
 *
 * <p>A part of the work is one block of output pixels (and some of the panels, where an image has
 * too few blocks). A block's staged form stays in the second-level cache.
 *
 * <p>In training, a large dense layer's weights are not packed in advance: each part packs its
 * panels itself, chunk by chunk, in its scratch. Weights that change with every step would be
 * packed for one use only, into a form that takes more memory than the weights. This needs the
 * batch to have few enough pixels for one group of sums.
 *
 * <p>Scratch: [sums][a chunk of weights, where they are not packed before][staged pixels].
 */
public final class DirectPass implements ConvolutionPass {
  /** Rows of pixels that a block has, about. */
  private static final int USUAL_ROWS = 8;

  /**
   * Weights beyond which a layer packs them itself where they learn: fewer are read by each thread
   * for a few samples at a time.
   */
  private static final int LARGE_WEIGHTS = 1 << 16;

  private final Sweep sweep;
  private final boolean pointwise;
  private final int rows;
  private final int columns;
  private final int rowBlocks;
  private final int columnBlocks;
  private final int splits;
  private final Staging staging;
  private final Staging lastStaging;
  private final Pixels staged;
  private final Pixels lastStaged;
  private final Panels panels;
  private final int[] weightRows;

  /** The pixels where they lie, if that is faster. */
  private final @Nullable Pixels inPlace;

  /** Whether it reads the weights as they lie. */
  private final boolean plain;

  /** The place of the staged pixels in a scratch. */
  private final int stagedAt;

  /** Makes a pass for batches of {@code batch} samples on {@code threads} threads. */
  public DirectPass(Sweep sweep, int batch, int threads) {
    this(sweep, batch, threads, 1, false);
  }

  /**
   * Makes a pass for batches of {@code batch} samples on {@code threads} threads.
   *
   * @param learning whether the weights change from run to run
   */
  public DirectPass(Sweep sweep, int batch, int threads, boolean learning) {
    this(sweep, batch, threads, 1, learning);
  }

  /**
   * Makes a pass whose output pixels each have the channels of several, which fit into a vector.
   *
   * @param pixels times that a pixel has the channels for which an epilogue has values
   */
  DirectPass(Sweep sweep, int batch, int threads, int pixels) {
    this(sweep, batch, threads, pixels, false);
  }

  private DirectPass(Sweep sweep, int batch, int threads, int pixels, boolean learning) {
    this.sweep = sweep;
    pointwise = sweep.isPointwise();
    int whole = batch * sweep.height() * sweep.columns();
    plain =
        learning
            && pointwise
            && whole <= Panels.GROUP
            && (long) sweep.depth() * sweep.width() * sweep.groups() > LARGE_WEIGHTS;
    stagedAt = Panels.SUMS_END + (plain ? Panels.CHUNK_FLOATS : 0);
    var parts =
        plain
            ? DirectParts.ofOneBlock(sweep, whole, threads)
            : DirectParts.of(sweep, batch, threads);
    rows = parts.rows();
    columns = parts.columns();
    splits = parts.splits();
    rowBlocks = Math.ceilDiv(sweep.height(), rows);
    columnBlocks = Math.ceilDiv(sweep.columns(), columns);
    staging = Staging.of(sweep, rows, columns, USUAL_ROWS);
    int left = pointwise ? columns : sweep.columns() - (columnBlocks - 1) * columns;
    lastStaging = left == columns ? staging : Staging.of(sweep, rows, left, USUAL_ROWS);
    staged = Pixels.staged(staging);
    lastStaged = left == columns ? staged : Pixels.staged(lastStaging);
    int depth = staging.places().length;
    panels =
        pixels == 1
            ? new Panels(depth, sweep.width(), sweep.weights().widthStep())
            : Panels.repeating(depth, sweep.width() / pixels, pixels, sweep.targetPitch() / pixels);
    weightRows = weightRows(sweep, staging);
    inPlace = plain ? null : InPlace.of(sweep);
  }

  /** Returns the place of the row of weights of every staged value, -1 where there is none. */
  static int[] weightRows(Sweep sweep, Staging staging) {
    int[] rows = staging.places().clone();
    var order = sweep.weights();
    for (int k = 0; k < rows.length; k++) {
      if (rows[k] >= 0) {
        rows[k] =
            rows[k] / sweep.depth() * order.tapStep() + rows[k] % sweep.depth() * order.depthStep();
      }
    }
    return rows;
  }

  @Override
  public int scratchLength() {
    return stagedAt + Math.max(staging.length(), lastStaging.length());
  }

  @Override
  public boolean readsPlainWeights() {
    return plain;
  }

  @Override
  public int packedLength() {
    return plain
        ? sweep.groups() * sweep.taps().size() * sweep.depth() * sweep.width()
        : sweep.groups() * panels.packedLength();
  }

  @Override
  public void pack(float[] w, int wo, float[] packed, int po) {
    if (plain) {
      System.arraycopy(w, wo, packed, po, packedLength());
      return;
    }
    var order = sweep.weights();
    for (int group = 0; group < sweep.groups(); group++) {
      pack(group, w, wo + group * order.groupStep(), packed, po);
    }
  }

  /**
   * Packs the weights of a group.
   *
   * @param wo the place of the group's weights
   */
  void pack(int group, float[] w, int wo, float[] packed, int po) {
    panels.pack(w, wo, weightRows, packed, po + group * panels.packedLength());
  }

  @Override
  public int parts(int samples) {
    return splits
        * (pointwise
            ? Math.ceilDiv(samples * sweep.height() * sweep.columns(), columns)
            : samples * rowBlocks * columnBlocks);
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
    int all = sweep.groups() * panels.count();
    int fromPanel = part % splits * all / splits;
    int toPanel = (part % splits + 1) * all / splits;
    int block = part / splits;
    int source = xo + first * sweep.sourceFloats();
    int target = yo + first * sweep.targetFloats();
    if (pointwise) {
      int pixels = samples * sweep.height() * sweep.columns();
      int column = block * columns;
      int n = Math.min(columns, pixels - column);
      block(
          staging,
          x,
          source,
          pixels,
          0,
          column,
          1,
          n,
          packed,
          po,
          fromPanel,
          toPanel,
          epilogue,
          y,
          yo,
          target + column * sweep.targetPitch(),
          n,
          scratch);
      return;
    }
    int sample = block / (rowBlocks * columnBlocks);
    int row = block / columnBlocks % rowBlocks * rows;
    int column = block % columnBlocks * columns;
    int n = Math.min(columns, sweep.columns() - column);
    var place = sweep.target();
    int pixel =
        (place.row() + row * place.rowStep()) * place.width()
            + place.column()
            + column * place.columnStep();
    int rowsHere = Math.min(rows, sweep.height() - row);
    block(
        n == columns ? staging : lastStaging,
        x,
        source + sample * sweep.sourceFloats(),
        sweep.sourceWidth(),
        row,
        column,
        rowsHere,
        n,
        packed,
        po,
        fromPanel,
        toPanel,
        epilogue,
        y,
        yo,
        target + sample * sweep.targetFloats() + pixel * sweep.targetPitch(),
        rowsHere * n,
        scratch);
  }

  private void block(
      Staging staging,
      float[] x,
      int source,
      int sourceWidth,
      int row,
      int column,
      int rows,
      int columns,
      float[] packed,
      int po,
      int fromPanel,
      int toPanel,
      Epilogue epilogue,
      float[] y,
      int yo,
      int target,
      int pixels,
      float[] scratch) {
    var place = sweep.target();
    var lie =
        inPlace != null && pixels >= Pixels.FEWEST
            ? inPlace
            : staging == this.staging ? staged : lastStaged;
    boolean reads = lie == inPlace;
    float[] from = reads ? x : scratch;
    int first = source + column * sweep.sourcePitch();
    int stagedGroup = -1;
    for (int p = fromPanel; p < toPanel; p++) {
      int group = p / panels.count();
      if (group != stagedGroup && !reads) {
        staging.stage(
            x,
            source + group * sweep.depth(),
            sourceWidth,
            row,
            column,
            rows,
            0,
            staging.blocks(),
            scratch,
            stagedAt);
        stagedGroup = group;
      }
      if (plain) {
        panels.multiplyPlain(
            staging.offsets(),
            scratch,
            stagedAt,
            pixels,
            packed,
            po + group * sweep.weights().groupStep(),
            weightRows,
            p % panels.count(),
            epilogue,
            group * sweep.width(),
            y,
            yo,
            target + group * sweep.width(),
            columns,
            place.columnStep() * sweep.targetPitch(),
            place.rowStep() * place.width() * sweep.targetPitch(),
            scratch,
            Panels.SUMS_END);
        continue;
      }
      if (pixels == 1) {
        int end = Math.min(toPanel, (group + 1) * panels.count());
        panels.multiplyOne(
            lie,
            scratch,
            stagedAt,
            packed,
            po + group * panels.packedLength(),
            p % panels.count(),
            p % panels.count() + end - p,
            epilogue,
            group * sweep.width(),
            y,
            yo,
            target + group * sweep.width(),
            scratch);
        p = end - 1;
        continue;
      }
      panels.multiply(
          lie,
          from,
          reads ? first + group * sweep.depth() : stagedAt,
          pixels,
          packed,
          po + group * panels.packedLength(),
          p % panels.count(),
          epilogue,
          group * sweep.width(),
          y,
          yo,
          target + group * sweep.width(),
          columns,
          place.columnStep() * sweep.targetPitch(),
          place.rowStep() * place.width() * sweep.targetPitch(),
          scratch);
    }
  }
}
