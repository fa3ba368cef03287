package stride.box;

import java.util.List;
import stride.tensor.Shape;

/**
 * Anchors of several sizes and aspect ratios around every pixel of the maps of a feature pyramid
 * (Ren et al. 2015; Lin et al. 2017). Around a pixel they come in the order of the ratios, and for
 * each ratio in that of the sizes.
 *
 * @param sizes for each map the square roots of the anchors' areas, in pixels of the picture
 * @param aspectRatios for each map the ratios of height to width
 */
public record AnchorGenerator(List<List<Float>> sizes, List<List<Float>> aspectRatios) {
  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if there are not as many lists of ratios as of sizes, or one
   *     is empty or has a number that is not above 0 and finite
   */
  public AnchorGenerator {
    sizes = sizes.stream().map(List::copyOf).toList();
    aspectRatios = aspectRatios.stream().map(List::copyOf).toList();
    if (sizes.size() != aspectRatios.size()) {
      throw new IllegalArgumentException(
          "there are sizes of anchors for %d maps, aspect ratios for %d"
              .formatted(sizes.size(), aspectRatios.size()));
    }
    for (int map = 0; map < sizes.size(); map++) {
      BoxChecks.lengths("the sizes of anchors of map " + map, sizes.get(map));
      BoxChecks.lengths("the aspect ratios of map " + map, aspectRatios.get(map));
      if (sizes.get(map).isEmpty() || aspectRatios.get(map).isEmpty()) {
        throw new IllegalArgumentException("map %d has no anchors".formatted(map));
      }
    }
  }

  /**
   * {@return the number of anchors around each pixel of a map}
   *
   * @param map the map, from 0
   */
  public int perPixel(int map) {
    return sizes.get(map).size() * aspectRatios.get(map).size();
  }

  /**
   * Returns all anchors: map by map, row by row, pixel by pixel. A pixel's place is its number
   * times the stride of its map, the picture's size divided by the map's and rounded down.
   *
   * @param maps the shapes of the maps, of which height and width count
   * @param height the height of the padded picture in pixels
   * @param width its width
   * @return left, top, right, bottom of each anchor
   * @throws IllegalArgumentException if there are not as many maps as lists of sizes
   */
  public float[] anchors(List<Shape> maps, int height, int width) {
    if (maps.size() != sizes.size()) {
      throw new IllegalArgumentException(
          "there are %d maps, and sizes of anchors for %d".formatted(maps.size(), sizes.size()));
    }
    int count = 0;
    for (int map = 0; map < maps.size(); map++) {
      count += maps.get(map).height() * maps.get(map).width() * perPixel(map);
    }
    var anchors = new float[4 * count];
    int at = 0;
    for (int map = 0; map < maps.size(); map++) {
      int rows = maps.get(map).height();
      int columns = maps.get(map).width();
      float[] around = aroundOrigin(map);
      for (int row = 0; row < rows; row++) {
        float y = row * (height / rows);
        for (int column = 0; column < columns; column++) {
          float x = column * (width / columns);
          for (int i = 0; i < around.length; i += 2) {
            anchors[at++] = x + around[i];
            anchors[at++] = y + around[i + 1];
          }
        }
      }
    }
    return anchors;
  }

  /**
   * Returns the anchors of the pixel at 0, 0, with edges at whole pixels: halves go to even ones.
   */
  private float[] aroundOrigin(int map) {
    var anchors = new float[4 * perPixel(map)];
    int at = 0;
    for (float ratio : aspectRatios.get(map)) {
      float heightRatio = (float) Math.sqrt(ratio);
      float widthRatio = 1 / heightRatio;
      for (float size : sizes.get(map)) {
        float right = (float) Math.rint(widthRatio * size / 2);
        float bottom = (float) Math.rint(heightRatio * size / 2);
        anchors[at++] = -right;
        anchors[at++] = -bottom;
        anchors[at++] = right;
        anchors[at++] = bottom;
      }
    }
    return anchors;
  }
}
