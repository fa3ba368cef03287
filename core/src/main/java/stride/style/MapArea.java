package stride.style;

import stride.compute.Buffer;
import stride.tensor.Shape;

/**
 * The pixels of a layer's maps that count: all of them, or, where a picture is computed in tiles,
 * those that belong to one tile.
 *
 * @param maps the shape of the maps in the buffer
 * @param top the first row that counts there
 * @param left the first column
 * @param height the rows that count
 * @param width the columns that count
 * @param whole the shape of the whole picture's maps
 * @param down the row of the whole maps in which the first one lies
 * @param along the column of the whole maps in which the first one lies
 */
record MapArea(
    Shape maps, int top, int left, int height, int width, Shape whole, int down, int along) {
  /** All of the maps. */
  static MapArea all(Shape maps) {
    return new MapArea(maps, 0, 0, maps.height(), maps.width(), maps, 0, 0);
  }

  int pixels() {
    return height * width;
  }

  /** Where a row's first pixel lies in a buffer of the maps. */
  int at(Buffer buffer, int sample, int row) {
    return buffer.at(sample) + ((top + row) * maps.width() + left) * maps.channels();
  }

  /** Where it lies in an array of whole maps, one sample after another. */
  int atWhole(int sample, int row) {
    return sample * whole.elements() + ((down + row) * whole.width() + along) * maps.channels();
  }

  /**
   * Goes through some of the pixels, counted along the rows, a stretch of one row at a time.
   *
   * @param from the first pixel
   * @param to the pixel after the last one
   */
  void forStretches(int from, int to, Stretch stretch) {
    int pixel = from;
    while (pixel < to) {
      int count = Math.min(to - pixel, width - pixel % width);
      stretch.at(pixel / width, pixel % width, count);
      pixel += count;
    }
  }

  /** Neighbouring pixels of one row. */
  interface Stretch {
    void at(int row, int column, int count);
  }
}
