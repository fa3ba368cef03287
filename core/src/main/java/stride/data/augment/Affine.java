package stride.data.augment;

import stride.data.Sample;

/**
 * Affine transformations of an image, bilinear with zeros outside, as torchvision's {@code affine}
 * and {@code rotate} of tensors. Coordinates are relative to the image's middle, x to the right, y
 * down.
 */
public final class Affine {
  private Affine() {}

  /**
   * Rotates the image counter-clockwise.
   *
   * @param sample the sample to change
   * @param degrees the angle in degrees
   */
  public static void rotate(Sample sample, double degrees) {
    double cos = StrictMath.cos(StrictMath.toRadians(degrees));
    double sin = StrictMath.sin(StrictMath.toRadians(degrees));
    apply(sample, cos, -sin, 0, sin, cos, 0);
  }

  /**
   * Shears the image horizontally.
   *
   * @param sample the sample to change
   * @param slope the number of pixels by which each row moves further to the left than the row
   *     above it
   */
  public static void shearX(Sample sample, double slope) {
    apply(sample, 1, slope, slope * sample.shape().height() / 2, 0, 1, 0);
  }

  /**
   * Shears the image vertically.
   *
   * @param sample the sample to change
   * @param slope the number of pixels by which each column moves further up than the column left of
   *     it
   */
  public static void shearY(Sample sample, double slope) {
    apply(sample, 1, 0, 0, slope, 1, slope * sample.shape().width() / 2);
  }

  /**
   * Moves the image to the right and down.
   *
   * @param sample the sample to change
   * @param right pixels to the right; negative to the left
   * @param down pixels down; negative up
   */
  public static void translate(Sample sample, int right, int down) {
    apply(sample, 1, 0, -right, 0, 1, -down);
  }

  /** Takes the pixel at (x, y) from (a x + b y + c, d x + e y + f). */
  private static void apply(
      Sample sample, double a, double b, double c, double d, double e, double f) {
    var shape = sample.shape();
    double middleX = shape.width() / 2.0;
    double middleY = shape.height() / 2.0;
    float[] from = sample.image();
    float[] into = sample.spare();
    int channels = shape.channels();
    for (int row = 0, at = 0; row < shape.height(); row++) {
      double y = row + 0.5 - middleY;
      for (int column = 0; column < shape.width(); column++, at += channels) {
        double x = column + 0.5 - middleX;
        double sourceX = a * x + b * y + c + middleX - 0.5;
        double sourceY = d * x + e * y + f + middleY - 0.5;
        pixel(from, into, at, shape.height(), shape.width(), channels, sourceX, sourceY);
      }
    }
    sample.swap();
    if (sample.targetMoves()) {
      // The same map with the origin in the corner.
      sample.moveTarget(
          new Warp(
              a,
              b,
              c + middleX - a * middleX - b * middleY,
              d,
              e,
              f + middleY - d * middleX - e * middleY));
    }
  }

  /**
   * Resamples an image, bilinearly with zeros outside.
   *
   * @param from the image, (H, W, C)
   * @param into receives the result
   * @param at the first index of {@code into} that is written
   * @param height the image's height in pixels
   * @param width the image's width in pixels
   * @param channels the image's channels
   * @param warp where each pixel of the result comes from
   */
  public static void resample(
      float[] from, float[] into, int at, int height, int width, int channels, Warp warp) {
    int next = at;
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++, next += channels) {
        double x = column + 0.5;
        double y = row + 0.5;
        double sourceX = warp.sourceX(x, y) - 0.5;
        double sourceY = warp.sourceY(x, y) - 0.5;
        pixel(from, into, next, height, width, channels, sourceX, sourceY);
      }
    }
  }

  private static void pixel(
      float[] from,
      float[] into,
      int at,
      int height,
      int width,
      int channels,
      double sourceX,
      double sourceY) {
    int left = (int) Math.floor(sourceX);
    int top = (int) Math.floor(sourceY);
    float right = (float) (sourceX - left);
    float below = (float) (sourceY - top);
    float upperLeft = (1 - right) * (1 - below);
    float upperRight = right * (1 - below);
    float lowerLeft = (1 - right) * below;
    float lowerRight = right * below;
    for (int k = 0; k < channels; k++) {
      into[at + k] =
          upperLeft * value(from, height, width, channels, top, left, k)
              + upperRight * value(from, height, width, channels, top, left + 1, k)
              + lowerLeft * value(from, height, width, channels, top + 1, left, k)
              + lowerRight * value(from, height, width, channels, top + 1, left + 1, k);
    }
  }

  private static float value(
      float[] image, int height, int width, int channels, int y, int x, int channel) {
    return y >= 0 && y < height && x >= 0 && x < width
        ? image[(y * width + x) * channels + channel]
        : 0;
  }
}
