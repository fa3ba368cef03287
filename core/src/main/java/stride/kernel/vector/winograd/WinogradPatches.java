package stride.kernel.vector.winograd;

import jdk.incubator.vector.FloatVector;
import stride.kernel.vector.Lanes;
import stride.kernel.vector.Staging;
import stride.kernel.vector.Sweep;

/**
 * The tiles of an image, transformed into 36 matrices [block of 16 channels][tile][16]. Tiles count
 * through all samples.
 */
final class WinogradPatches {
  private static final int L = Lanes.COUNT;
  private static final int BLOCK = Staging.BLOCK;
  private static final int IN = Winograd.IN;

  private final Sweep sweep;
  private final Sweep.Reach reach;
  private final TileSize size;
  private final int out;
  private final int tileColumns;
  private final int perImage;
  private final int blockStep;
  private final int pointStep;

  /**
   * @param size of the tiles
   * @param rows tiles that there is room for between two blocks
   * @param pointStep floats from one of the 36 matrices to the next
   */
  WinogradPatches(Sweep sweep, TileSize size, int rows, int pointStep) {
    this.sweep = sweep;
    reach = sweep.reach();
    this.size = size;
    out = size.out();
    tileColumns = size.rows(sweep.columns());
    perImage = size.tiles(sweep.height(), sweep.columns());
    blockStep = rows * BLOCK;
    this.pointStep = pointStep;
  }

  /** B' d B for the blocks [fromBlock, toBlock) of a tile's inputs. */
  void transformInputs(
      float[] x, int xo, int tile, int fromBlock, int toBlock, float[] scratch, int to) {
    int row = tile % perImage / tileColumns * out + reach.row();
    int column = tile % perImage % tileColumns * out + reach.column();
    int channels = sweep.depth();
    int pitch = sweep.sourcePitch();
    int width = sweep.sourceWidth();
    int height = sweep.sourceHeight();
    int source = xo + tile / perImage * sweep.sourceFloats() + (row * width + column) * pitch;
    boolean inside = row >= 0 && column >= 0 && row + IN <= height && column + IN <= width;
    for (int block = fromBlock; block < toBlock; block++) {
      int target = to + (block - fromBlock) * blockStep;
      int at = source + block * BLOCK;
      int n = channels - block * BLOCK;
      if (inside && n >= BLOCK) {
        for (int v = 0; v < BLOCK; v += L) {
          Winograd.inputs(x, at + v, width * pitch, pitch, scratch, target + v, pointStep);
        }
      } else {
        copyPatch(IN, x, at, row, column, height, width, pitch, n, scratch);
        for (int v = 0; v < BLOCK; v += L) {
          int from = Winograd.VALUES + v;
          Winograd.inputs(scratch, from, IN * BLOCK, BLOCK, scratch, target + v, pointStep);
        }
      }
    }
  }

  /** A dy A' for the blocks [fromBlock, toBlock) of a tile's output gradients. */
  void transformGradients(
      float[] dy, int dyo, int tile, int fromBlock, int toBlock, float[] scratch, int to) {
    int row = tile % perImage / tileColumns * out;
    int column = tile % perImage % tileColumns * out;
    int channels = sweep.width();
    int width = sweep.columns();
    int height = sweep.height();
    int source = dyo + tile / perImage * sweep.targetFloats() + (row * width + column) * channels;
    boolean inside = row + out <= height && column + out <= width;
    for (int block = fromBlock; block < toBlock; block++) {
      int target = to + (block - fromBlock) * blockStep;
      int at = source + block * BLOCK;
      int n = channels - block * BLOCK;
      if (inside && n >= BLOCK) {
        for (int v = 0; v < BLOCK; v += L) {
          gradients(dy, at + v, width * channels, channels, scratch, target + v);
        }
      } else {
        copyPatch(out, dy, at, row, column, height, width, channels, n, scratch);
        for (int v = 0; v < BLOCK; v += L) {
          int from = Winograd.VALUES + v;
          gradients(scratch, from, out * BLOCK, BLOCK, scratch, target + v);
        }
      }
    }
  }

  private void gradients(
      float[] d, int from, int rowStep, int columnStep, float[] scratch, int to) {
    if (size.taps() == 3) {
      Winograd.gradients(d, from, rowStep, columnStep, scratch, to, pointStep);
    } else {
      Winograd.fewGradients(d, from, rowStep, columnStep, scratch, to, pointStep);
    }
  }

  /**
   * Copies size x size pixels of up to 16 channels, zero outside of the image, to {@link
   * Winograd#VALUES}.
   *
   * @param from where the first of them is, or would be
   * @param pitch floats from a pixel to the next one
   */
  private static void copyPatch(
      int size,
      float[] x,
      int from,
      int row,
      int column,
      int height,
      int width,
      int pitch,
      int n,
      float[] scratch) {
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        int to = Winograd.VALUES + (i * size + j) * BLOCK;
        boolean inside = row + i >= 0 && row + i < height && column + j >= 0 && column + j < width;
        int at = from + (i * width + j) * pitch;
        for (int v = 0; v < BLOCK; v += L) {
          if (inside && n >= BLOCK) {
            FloatVector.fromArray(Lanes.S, x, at + v).intoArray(scratch, to + v);
          } else if (inside) {
            FloatVector.fromArray(Lanes.S, x, at + v, Lanes.S.indexInRange(v, n))
                .intoArray(scratch, to + v);
          } else {
            FloatVector.zero(Lanes.S).intoArray(scratch, to + v);
          }
        }
      }
    }
  }
}
