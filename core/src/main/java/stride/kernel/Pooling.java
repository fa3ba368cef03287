package stride.kernel;

import java.util.Arrays;

/**
 * Max and average pooling of one image (H, W, C), and its pixels in another order or size. An array
 * is followed by the offset of its first element: {@code x, xo}.
 */
public interface Pooling {
  /**
   * Writes each window's maximum, for the output rows [fromRow, toRow). A NaN counts as the largest
   * value.
   */
  void max(PoolGeometry g, float[] x, int xo, float[] y, int yo, int fromRow, int toRow);

  /**
   * Writes each window's maximum and its place, for the output rows [fromRow, toRow): {@code taps}
   * receives the maximum's index in its window, counted row by row, as a float. Of equal values the
   * first counts, and a NaN counts as the largest value, as in PyTorch.
   */
  void max(
      PoolGeometry g,
      float[] x,
      int xo,
      float[] y,
      int yo,
      float[] taps,
      int to,
      int fromRow,
      int toRow);

  /**
   * dx = dy sent to each window's maximum, added up where windows overlap; overwrites the rows
   * [fromRow, toRow) of dx.
   */
  void maxGradient(
      PoolGeometry g,
      float[] dy,
      int dyo,
      float[] taps,
      int to,
      float[] dx,
      int dxo,
      int fromRow,
      int toRow);

  /** Writes each window's average, its sum divided by {@link PoolGeometry#divisor}. */
  default void average(PoolGeometry g, float[] x, int xo, float[] y, int yo) {
    average(g, x, xo, y, yo, 0, g.outHeight(), 0, g.channels());
  }

  /**
   * As {@link #average(PoolGeometry, float[], int, float[], int)} does, for the output rows
   * [fromRow, toRow) and the channels [fromChannel, toChannel).
   */
  void average(
      PoolGeometry g,
      float[] x,
      int xo,
      float[] y,
      int yo,
      int fromRow,
      int toRow,
      int fromChannel,
      int toChannel);

  /**
   * dx = dy / divisor spread over each window, added up where windows overlap; overwrites the rows
   * [fromRow, toRow) of dx.
   */
  void averageGradient(
      PoolGeometry g, float[] dy, int dyo, float[] dx, int dxo, int fromRow, int toRow);

  /**
   * y[i, j, :] = x[rows[i], columns[j], :], zero where the map says -1, for the output rows
   * [fromRow, toRow).
   */
  default void gather(PixelMap map, float[] x, int xo, float[] y, int yo, int fromRow, int toRow) {
    int channels = map.channels();
    int row = map.outWidth() * channels;
    for (int i = fromRow; i < toRow; i++) {
      int from = map.rows()[i];
      int to = yo + i * row;
      if (from < 0) {
        Arrays.fill(y, to, to + row, 0);
      } else if (i > fromRow && map.rows()[i - 1] == from) {
        System.arraycopy(y, to - row, y, to, row);
      } else {
        for (int j = 0, run; j < map.outWidth(); j += run) {
          run = map.run(j);
          int column = map.columns()[j];
          int at = to + j * channels;
          if (column < 0) {
            Arrays.fill(y, at, at + run * channels, 0);
          } else {
            int source = xo + (from * map.inWidth() + column) * channels;
            System.arraycopy(x, source, y, at, run * channels);
          }
        }
      }
    }
  }

  /** dx = dy added up where {@link #gather} took it from; overwrites dx. */
  default void gatherGradient(PixelMap map, float[] dy, int dyo, float[] dx, int dxo) {
    int channels = map.channels();
    Arrays.fill(dx, dxo, dxo + map.inHeight() * map.inWidth() * channels, 0);
    for (int i = 0; i < map.outHeight(); i++) {
      int row = map.rows()[i];
      for (int j = 0, run; j < map.outWidth(); j += run) {
        run = map.run(j);
        int column = map.columns()[j];
        if (row >= 0 && column >= 0) {
          int from = dyo + (i * map.outWidth() + j) * channels;
          int to = dxo + (row * map.inWidth() + column) * channels;
          for (int k = 0; k < run * channels; k++) {
            dx[to + k] += dy[from + k];
          }
        }
      }
    }
  }

  /**
   * Each output pixel from the four input pixels around it, for the output rows [fromRow, toRow).
   */
  default void interpolate(
      BilinearMap map, float[] x, int xo, float[] y, int yo, int fromRow, int toRow) {
    int channels = map.channels();
    int at = yo + fromRow * map.outWidth() * channels;
    for (int i = fromRow; i < toRow; i++) {
      int top = xo + map.rows().first()[i] * map.inWidth() * channels;
      int bottom = xo + map.rows().second()[i] * map.inWidth() * channels;
      float down = map.rows().share()[i];
      for (int j = 0; j < map.outWidth(); j++, at += channels) {
        int left = map.columns().first()[j] * channels;
        int right = map.columns().second()[j] * channels;
        float along = map.columns().share()[j];
        for (int c = 0; c < channels; c++) {
          float above = (1 - along) * x[top + left + c] + along * x[top + right + c];
          float below = (1 - along) * x[bottom + left + c] + along * x[bottom + right + c];
          y[at + c] = (1 - down) * above + down * below;
        }
      }
    }
  }

  /** dx = dy shared out among the four pixels that {@link #interpolate} reads; overwrites dx. */
  default void interpolateGradient(BilinearMap map, float[] dy, int dyo, float[] dx, int dxo) {
    int channels = map.channels();
    Arrays.fill(dx, dxo, dxo + map.inHeight() * map.inWidth() * channels, 0);
    int at = dyo;
    for (int i = 0; i < map.outHeight(); i++) {
      int top = dxo + map.rows().first()[i] * map.inWidth() * channels;
      int bottom = dxo + map.rows().second()[i] * map.inWidth() * channels;
      float down = map.rows().share()[i];
      for (int j = 0; j < map.outWidth(); j++, at += channels) {
        int left = map.columns().first()[j] * channels;
        int right = map.columns().second()[j] * channels;
        float along = map.columns().share()[j];
        for (int c = 0; c < channels; c++) {
          float above = (1 - down) * dy[at + c];
          float below = down * dy[at + c];
          dx[top + left + c] += (1 - along) * above;
          dx[top + right + c] += along * above;
          dx[bottom + left + c] += (1 - along) * below;
          dx[bottom + right + c] += along * below;
        }
      }
    }
  }
}
