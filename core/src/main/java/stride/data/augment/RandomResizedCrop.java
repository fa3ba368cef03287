package stride.data.augment;

import org.jspecify.annotations.Nullable;
import stride.data.Augmentation;
import stride.data.Sample;
import stride.image.Region;
import stride.tensor.CounterRandom;

/**
 * Cuts out a part of random size and position and resizes it to the network's input (Szegedy et al.
 * 2015, "Going Deeper with Convolutions"), as torchvision's {@code RandomResizedCrop}. If the data
 * set has pictures, the part is cut out of the picture and resized as PIL does; otherwise it is cut
 * out of the image and resized bilinearly.
 *
 * @param leastArea the smallest part of the picture's area, in (0, 1], usually 0.08
 */
public record RandomResizedCrop(double leastArea) implements Augmentation {
  private static final int TRIES = 10;
  private static final double NARROWEST = 3 / 4.0;
  private static final double WIDEST = 4 / 3.0;

  /**
   * Checks the area.
   *
   * @throws IllegalArgumentException if it is not in (0, 1]
   */
  public RandomResizedCrop {
    if (!(leastArea > 0 && leastArea <= 1)) {
      throw new IllegalArgumentException(
          "the smallest part of the area must be in (0, 1], was " + leastArea);
    }
  }

  @Override
  public boolean crops() {
    return true;
  }

  @Override
  public Region region(long key, int height, int width) {
    for (int i = 0; i < TRIES; i++) {
      double area =
          (double) height * width * Draws.uniform(CounterRandom.bits(key, 4L * i), leastArea, 1);
      double ratio =
          StrictMath.exp(
              Draws.uniform(
                  CounterRandom.bits(key, 4L * i + 1),
                  StrictMath.log(NARROWEST),
                  StrictMath.log(WIDEST)));
      // Python rounds halves to the even number.
      int w = (int) Math.rint(Math.sqrt(area * ratio));
      int h = (int) Math.rint(Math.sqrt(area / ratio));
      if (w > 0 && w <= width && h > 0 && h <= height) {
        return new Region(
            CounterRandom.below(CounterRandom.bits(key, 4L * i + 2), height - h + 1),
            CounterRandom.below(CounterRandom.bits(key, 4L * i + 3), width - w + 1),
            h,
            w);
      }
    }
    return middle(height, width);
  }

  /**
   * Returns the largest part in the middle with an allowed aspect ratio, which is used if no random
   * part fits.
   *
   * @param height the picture's height in pixels
   * @param width the picture's width in pixels
   * @return the part
   */
  public static Region middle(int height, int width) {
    double ratio = (double) width / height;
    int h = ratio < NARROWEST ? (int) Math.rint(width / NARROWEST) : height;
    int w = ratio > WIDEST ? (int) Math.rint(height * WIDEST) : width;
    return new Region((height - h) / 2, (width - w) / 2, h, w);
  }

  @Override
  public void apply(long key, Sample sample) {
    if (!sample.isCropped()) {
      @Nullable Region region = region(key, sample.shape().height(), sample.shape().width());
      resize(sample, region);
    }
  }

  /**
   * Enlarges a part of the image to the whole image, as torch's bilinear {@code interpolate} does.
   *
   * @param sample the sample to change
   * @param region the part
   */
  public static void resize(Sample sample, Region region) {
    var shape = sample.shape();
    int height = shape.height();
    int width = shape.width();
    int channels = shape.channels();
    float[] from = sample.image();
    float[] into = sample.spare();
    double down = (double) region.height() / height;
    double along = (double) region.width() / width;
    for (int y = 0, at = 0; y < height; y++) {
      double sourceY = Math.max((y + 0.5) * down - 0.5, 0);
      int top = Math.min((int) sourceY, region.height() - 1);
      int bottom = Math.min(top + 1, region.height() - 1);
      float belowPart = (float) (sourceY - top);
      int upper = (region.top() + top) * width + region.left();
      int lower = (region.top() + bottom) * width + region.left();
      for (int x = 0; x < width; x++) {
        double sourceX = Math.max((x + 0.5) * along - 0.5, 0);
        int left = Math.min((int) sourceX, region.width() - 1);
        int right = Math.min(left + 1, region.width() - 1);
        float rightPart = (float) (sourceX - left);
        for (int c = 0; c < channels; c++) {
          float above =
              from[(upper + left) * channels + c] * (1 - rightPart)
                  + from[(upper + right) * channels + c] * rightPart;
          float below =
              from[(lower + left) * channels + c] * (1 - rightPart)
                  + from[(lower + right) * channels + c] * rightPart;
          into[at++] = above * (1 - belowPart) + below * belowPart;
        }
      }
    }
    sample.swap();
    if (sample.targetMoves()) {
      sample.moveTarget(Warp.part(region.left(), region.top(), along, down));
    }
  }
}
