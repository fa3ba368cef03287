package stride.data.augment;

import java.util.List;

/**
 * How four pictures share one image: they meet at a point, the first in the upper left, the second
 * in the upper right, the third in the lower left, the fourth in the lower right.
 *
 * @param x where they meet, in parts of the image's width, between 0 and 1
 * @param y where they meet, in parts of the image's height, between 0 and 1
 * @param tiles the pictures
 */
public record Tiling(double x, double y, List<Tile> tiles) {
  /** Copies the list. */
  public Tiling {
    tiles = List.copyOf(tiles);
  }

  /**
   * A picture in a part of an image, as large as covers it.
   *
   * @param sample the picture's index in the data set
   * @param along which part of what is too wide is shown: 0 the left, 1 the right
   * @param down which part of what is too high is shown: 0 the top, 1 the bottom
   */
  public record Tile(int sample, double along, double down) {}
}
