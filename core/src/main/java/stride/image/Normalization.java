package stride.image;

import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * Subtracts a mean from each channel and divides it by a standard deviation, in float as
 * torchvision's Normalize does.
 *
 * @param mean one number per channel, for values in [0, 1]
 * @param standardDeviation one number above 0 per channel
 * @param blueFirst whether red, green and blue are then turned into blue, green and red, as OpenCV
 *     reads pictures
 */
public record Normalization(List<Double> mean, List<Double> standardDeviation, boolean blueFirst) {
  /** ImageNet's, as torchvision's weights are trained with: red, green and blue. */
  public static final Normalization IMAGENET =
      new Normalization(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));

  /**
   * Makes a normalisation.
   *
   * @throws IllegalArgumentException if the lists differ in length or are empty, or a number is not
   *     a finite float, a deviation is not above 0, or there are not three channels to turn around
   */
  public Normalization {
    mean = List.copyOf(mean);
    standardDeviation = List.copyOf(standardDeviation);
    if (mean.isEmpty() || mean.size() != standardDeviation.size()) {
      throw new IllegalArgumentException(
          "a normalisation needs one mean and one standard deviation per channel, found %d and %d"
              .formatted(mean.size(), standardDeviation.size()));
    }
    if (blueFirst && mean.size() != 3) {
      throw new IllegalArgumentException(
          "red, green and blue are 3 channels, the normalisation is of " + mean.size());
    }
    for (int c = 0; c < mean.size(); c++) {
      double deviation = standardDeviation.get(c);
      // Values are normalised as floats.
      float divisor = (float) deviation;
      if (!Float.isFinite(mean.get(c).floatValue())
          || !(divisor > 0)
          || !Float.isFinite(divisor)
          || !Float.isFinite(1 / divisor)) {
        throw new IllegalArgumentException(
            "channel %d cannot be normalised with mean %s and standard deviation %s: both are finite floats, the second above 0"
                .formatted(c, mean.get(c), deviation));
      }
    }
  }

  /**
   * Makes a normalisation that leaves the channels in their order.
   *
   * @param mean one number per channel, for values in [0, 1]
   * @param standardDeviation one number above 0 per channel
   * @throws IllegalArgumentException as the other constructor
   */
  public Normalization(List<Double> mean, List<Double> standardDeviation) {
    this(mean, standardDeviation, false);
  }

  /**
   * Returns a normalisation of images of one channel.
   *
   * @param mean the mean of values in [0, 1]
   * @param standardDeviation above 0
   * @return the normalisation
   * @throws IllegalArgumentException if a number is not allowed
   */
  public static Normalization grey(double mean, double standardDeviation) {
    return new Normalization(List.of(mean), List.of(standardDeviation));
  }

  /**
   * Returns a normalisation that does not change values: mean 0 and standard deviation 1.
   *
   * @param channels at least 1
   * @return the normalisation
   */
  public static Normalization none(int channels) {
    return new Normalization(
        Collections.nCopies(channels, 0.0), Collections.nCopies(channels, 1.0));
  }

  /** {@return this normalisation of red, green and blue, which are then turned around} */
  public Normalization toBlueFirst() {
    return new Normalization(mean, standardDeviation, true);
  }

  /** {@return the number of channels of the images} */
  public int channels() {
    return mean.size();
  }

  /**
   * Normalises values in place.
   *
   * @param values images with their channels innermost
   * @param offset where the first image begins
   * @param length how many values
   * @throws IllegalArgumentException if they are no multiple of the channels
   */
  public void apply(float[] values, int offset, int length) {
    int channels = checked(values, offset, length);
    if (channels == 1) {
      applyGrey(values, offset, length);
      return;
    }
    for (int c = 0; c < channels; c++) {
      float m = mean.get(c).floatValue();
      float s = standardDeviation.get(c).floatValue();
      for (int i = offset + c; i < offset + length; i += channels) {
        values[i] = (values[i] - m) / s;
      }
    }
    turnColours(values, offset, length);
  }

  /** The JVM makes vectors of a loop whose step is 1, not of one whose step is a variable. */
  private void applyGrey(float[] values, int offset, int length) {
    float m = mean.getFirst().floatValue();
    float s = standardDeviation.getFirst().floatValue();
    for (int i = offset; i < offset + length; i++) {
      values[i] = (values[i] - m) / s;
    }
  }

  /**
   * Undoes {@link #apply} in place, up to rounding.
   *
   * @param values normalised images with their channels innermost
   * @param offset where the first image begins
   * @param length how many values
   * @throws IllegalArgumentException if they are no multiple of the channels
   */
  public void undo(float[] values, int offset, int length) {
    int channels = checked(values, offset, length);
    turnColours(values, offset, length);
    for (int c = 0; c < channels; c++) {
      double m = mean.get(c);
      double s = standardDeviation.get(c);
      for (int i = offset + c; i < offset + length; i += channels) {
        values[i] = (float) (values[i] * s + m);
      }
    }
  }

  private void turnColours(float[] values, int offset, int length) {
    for (int i = offset; blueFirst && i < offset + length; i += 3) {
      float first = values[i];
      values[i] = values[i + 2];
      values[i + 2] = first;
    }
  }

  private int checked(float[] values, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, values.length);
    int channels = channels();
    if (length % channels != 0) {
      throw new IllegalArgumentException(
          "a normalisation of %d channels does not fit %d values".formatted(channels, length));
    }
    return channels;
  }
}
