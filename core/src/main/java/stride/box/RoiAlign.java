package stride.box;

import java.util.Arrays;

/**
 * RoIAlign (He et al. 2017, "Mask R-CNN", section 3): a grid of equal bins over a region of a map,
 * each the mean of bilinearly interpolated values at evenly spaced points in it. Every method
 * computes one region, so that regions can be shared out among threads.
 *
 * @param height the number of bins from top to bottom
 * @param width the number of bins from left to right
 * @param samples the number of points in each direction of a bin; 0 for one for each pixel of the
 *     map that a bin is wide or high, rounded up
 * @param aligned whether a pixel's centre is at a half, so that the first one's is at 0.5; else it
 *     is at 0, and a region is at least one pixel wide and high (torchvision's default)
 */
public record RoiAlign(int height, int width, int samples, boolean aligned) {
  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if there are no bins, or fewer than 0 points
   */
  public RoiAlign {
    if (height < 1 || width < 1 || samples < 0) {
      throw new IllegalArgumentException(
          "RoIAlign needs bins and no negative number of points, found %dx%d bins of %d points"
              .formatted(height, width, samples));
    }
  }

  /**
   * The maps of a batch.
   *
   * @param values the values (N, H, W, C), or their gradient
   * @param at where the map of the region's picture begins
   * @param height the map's height in pixels
   * @param width its width
   * @param channels the number of values in a pixel
   * @param scale the map's size divided by the picture's
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record FeatureMap(
      float[] values, int at, int height, int width, int channels, float scale) {}

  /**
   * Writes the bins of a region, {@code height x width x channels} values.
   *
   * @param map what to read
   * @param boxes an array of boxes, in pixels of the picture
   * @param box the place of the region
   * @param bins receives the bins
   * @param to where they begin
   */
  public void forward(FeatureMap map, float[] boxes, int box, float[] bins, int to) {
    var points = new Points(map, boxes, box);
    int channels = map.channels;
    Arrays.fill(bins, to, to + height * width * channels, 0);
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        int bin = to + (row * width + column) * channels;
        for (int y = row * points.rows; y < (row + 1) * points.rows; y++) {
          for (int x = column * points.columns; x < (column + 1) * points.columns; x++) {
            points.read(x, y, bins, bin);
          }
        }
        for (int c = bin; c < bin + channels; c++) {
          bins[c] /= points.count;
        }
      }
    }
  }

  /**
   * Adds to the gradient of a map what the gradient of a region's bins gives, in some channels:
   * threads that have different channels never write to the same place, though regions overlap.
   *
   * @param map the gradient of the map, which is added to
   * @param channel the first channel
   * @param channels how many, from that one on
   * @param boxes an array of boxes, in pixels of the picture
   * @param box the place of the region
   * @param bins the gradient of all channels of the bins
   * @param from where it begins
   */
  public void gradient(
      FeatureMap map, int channel, int channels, float[] boxes, int box, float[] bins, int from) {
    var points = new Points(map, boxes, box);
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        int bin = from + (row * width + column) * map.channels;
        for (int y = row * points.rows; y < (row + 1) * points.rows; y++) {
          for (int x = column * points.columns; x < (column + 1) * points.columns; x++) {
            points.write(x, y, bins, bin, channel, channels);
          }
        }
      }
    }
  }

  /** The points of a region, as the product of those of its rows and columns. */
  private final class Points {
    final FeatureMap map;

    /** The points of a bin from top to bottom and from left to right. */
    final int rows;

    final int columns;

    /** The number of points in a bin. */
    final float count;

    final Axis x;
    final Axis y;

    Points(FeatureMap map, float[] boxes, int box) {
      this.map = map;
      float half = aligned ? 0.5f : 0;
      float left = boxes[box] * map.scale - half;
      float top = boxes[box + 1] * map.scale - half;
      float wide = boxes[box + 2] * map.scale - half - left;
      float high = boxes[box + 3] * map.scale - half - top;
      if (!aligned) {
        wide = Math.max(wide, 1);
        high = Math.max(high, 1);
      }
      float binWidth = wide / width;
      float binHeight = high / height;
      // Of a box that is upside down there is nothing.
      columns = samples > 0 ? samples : Math.max(0, (int) Math.ceil(binWidth));
      rows = samples > 0 ? samples : Math.max(0, (int) Math.ceil(binHeight));
      count = Math.max(1, rows * columns);
      x = new Axis(left, binWidth, width, columns, map.width);
      y = new Axis(top, binHeight, height, rows, map.height);
    }

    /** Adds the values at a point to a bin. */
    void read(int column, int row, float[] bins, int bin) {
      if (x.outside[column] || y.outside[row]) {
        return;
      }
      float[] values = map.values;
      int channels = map.channels;
      int above = map.at + y.low[row] * map.width * channels;
      int below = map.at + y.high[row] * map.width * channels;
      int a = above + x.low[column] * channels;
      int b = above + x.high[column] * channels;
      int c = below + x.low[column] * channels;
      int d = below + x.high[column] * channels;
      float right = x.share[column];
      float down = y.share[row];
      float weightA = (1 - down) * (1 - right);
      float weightB = (1 - down) * right;
      float weightC = down * (1 - right);
      float weightD = down * right;
      for (int i = 0; i < channels; i++) {
        bins[bin + i] +=
            weightA * values[a + i]
                + weightB * values[b + i]
                + weightC * values[c + i]
                + weightD * values[d + i];
      }
    }

    /** Adds some channels of a bin's gradient to the pixels around a point. */
    void write(int column, int row, float[] bins, int bin, int channel, int channels) {
      if (x.outside[column] || y.outside[row]) {
        return;
      }
      int first = map.at + channel;
      int above = first + y.low[row] * map.width * map.channels;
      int below = first + y.high[row] * map.width * map.channels;
      int left = x.low[column] * map.channels;
      int right = x.high[column] * map.channels;
      int from = bin + channel;
      float toRight = x.share[column];
      float upper = (1 - y.share[row]) / count;
      float lower = y.share[row] / count;
      add(bins, from, upper * (1 - toRight), above + left, channels);
      add(bins, from, upper * toRight, above + right, channels);
      add(bins, from, lower * (1 - toRight), below + left, channels);
      add(bins, from, lower * toRight, below + right, channels);
    }

    private void add(float[] bins, int from, float weight, int to, int channels) {
      float[] values = map.values;
      for (int i = 0; i < channels; i++) {
        values[to + i] += bins[from + i] * weight;
      }
    }
  }

  /**
   * Where the points are along one direction: between which two pixels, and how far from the first
   * to the second.
   */
  private static final class Axis {
    final boolean[] outside;
    final int[] low;
    final int[] high;
    final float[] share;

    Axis(float start, float bin, int bins, int points, int pixels) {
      outside = new boolean[bins * points];
      low = new int[bins * points];
      high = new int[bins * points];
      share = new float[bins * points];
      for (int i = 0; i < outside.length; i++) {
        int before = i / points;
        float at = start + before * bin + (i % points + 0.5f) * bin / points;
        // So also for NaN.
        outside[i] = !(at >= -1 && at <= pixels);
        if (!outside[i]) {
          float inside = Math.max(at, 0);
          low[i] = Math.min((int) inside, pixels - 1);
          high[i] = Math.min(low[i] + 1, pixels - 1);
          share[i] = low[i] == pixels - 1 ? 0 : inside - low[i];
        }
      }
    }
  }
}
