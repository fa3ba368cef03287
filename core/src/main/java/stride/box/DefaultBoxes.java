package stride.box;

import java.util.ArrayList;
import java.util.List;
import stride.tensor.Shape;

/**
 * SSD's default boxes around every pixel of its maps (Liu et al. 2016, section 2.2). A map has a
 * scale s, a share of the picture's size. Around a pixel there are a square of side s, one of side
 * sqrt(s s') with the scale s' of the next map, and for each aspect ratio a a box of width s
 * sqrt(a) and height s / sqrt(a) and then the same one upright.
 *
 * @param aspectRatios for each map the ratios of the longer side to the shorter
 * @param scales for each map its scale, and one more
 * @param steps for each map the pixels of the picture from one of its pixels to the next; empty to
 *     divide the picture's size by the map's
 * @param clip whether no box is wider or higher than the picture
 */
public record DefaultBoxes(
    List<List<Float>> aspectRatios, List<Double> scales, List<Integer> steps, boolean clip) {
  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if the lists do not fit one another, or have numbers that are
   *     not above 0 and finite
   */
  public DefaultBoxes {
    aspectRatios = aspectRatios.stream().map(List::copyOf).toList();
    scales = List.copyOf(scales);
    steps = List.copyOf(steps);
    boolean stepped = steps.isEmpty() || steps.size() == aspectRatios.size();
    if (scales.size() != aspectRatios.size() + 1 || !stepped) {
      throw new IllegalArgumentException(
          "default boxes on %d maps need %d scales and no or %d steps, found %d and %d"
              .formatted(
                  aspectRatios.size(),
                  aspectRatios.size() + 1,
                  aspectRatios.size(),
                  scales.size(),
                  steps.size()));
    }
    BoxChecks.lengths("the scales of the maps", scales);
    BoxChecks.lengths("the steps of the maps", steps);
    for (int map = 0; map < aspectRatios.size(); map++) {
      BoxChecks.lengths("the aspect ratios of map " + map, aspectRatios.get(map));
    }
  }

  /**
   * Returns default boxes whose scales grow evenly from map to map; that after the last one is 1.
   * No box is larger than the picture.
   *
   * @param aspectRatios for each map the ratios of the longer side to the shorter
   * @param least the scale of the first map
   * @param most the scale of the last map
   * @return the default boxes
   */
  public static DefaultBoxes growing(List<List<Float>> aspectRatios, double least, double most) {
    int maps = aspectRatios.size();
    var scales = new ArrayList<Double>();
    for (int map = 0; map < maps; map++) {
      scales.add(least + (maps == 1 ? 0 : (most - least) * map / (maps - 1.0)));
    }
    scales.add(maps == 1 ? most : 1.0);
    return new DefaultBoxes(aspectRatios, scales, List.of(), true);
  }

  /**
   * {@return the number of boxes around each pixel of a map}
   *
   * @param map the map, from 0
   */
  public int perPixel(int map) {
    return 2 + 2 * aspectRatios.get(map).size();
  }

  /**
   * Returns all default boxes: map by map, row by row, pixel by pixel.
   *
   * @param maps the shapes of the maps, of which height and width count
   * @param height the height of the picture in pixels
   * @param width its width
   * @return left, top, right, bottom of each box, in pixels of the picture
   * @throws IllegalArgumentException if there are not as many maps as lists of ratios
   */
  public float[] boxes(List<Shape> maps, int height, int width) {
    if (maps.size() != aspectRatios.size()) {
      throw new IllegalArgumentException(
          "there are %d maps, and aspect ratios for %d"
              .formatted(maps.size(), aspectRatios.size()));
    }
    int count = 0;
    for (int map = 0; map < maps.size(); map++) {
      count += maps.get(map).height() * maps.get(map).width() * perPixel(map);
    }
    var boxes = new float[4 * count];
    int at = 0;
    for (int map = 0; map < maps.size(); map++) {
      int rows = maps.get(map).height();
      int columns = maps.get(map).width();
      float rowsInPicture = steps.isEmpty() ? rows : (float) ((double) height / steps.get(map));
      float columnsInPicture =
          steps.isEmpty() ? columns : (float) ((double) width / steps.get(map));
      float[] sides = sides(map);
      for (int row = 0; row < rows; row++) {
        float y = (row + 0.5f) / rowsInPicture;
        for (int column = 0; column < columns; column++) {
          float x = (column + 0.5f) / columnsInPicture;
          for (int i = 0; i < sides.length; i += 2) {
            boxes[at++] = (x - 0.5f * sides[i]) * width;
            boxes[at++] = (y - 0.5f * sides[i + 1]) * height;
            boxes[at++] = (x + 0.5f * sides[i]) * width;
            boxes[at++] = (y + 0.5f * sides[i + 1]) * height;
          }
        }
      }
    }
    return boxes;
  }

  /** Returns width and height of each box around a pixel, as shares of the picture's. */
  private float[] sides(int map) {
    double scale = scales.get(map);
    double between = Math.sqrt(scale * scales.get(map + 1));
    var sides = new float[2 * perPixel(map)];
    sides[0] = side(scale);
    sides[1] = side(scale);
    sides[2] = side(between);
    sides[3] = side(between);
    int at = 4;
    for (float ratio : aspectRatios.get(map)) {
      double root = Math.sqrt(ratio);
      float longer = side(scale * root);
      float shorter = side(scale / root);
      sides[at++] = longer;
      sides[at++] = shorter;
      sides[at++] = shorter;
      sides[at++] = longer;
    }
    return sides;
  }

  private float side(double share) {
    return (float) (clip ? Math.clamp(share, 0, 1) : share);
  }
}
