package stride.compute;

import java.util.Arrays;

/**
 * A stretch of a float array that holds one tensor for each sample of a batch. A plan makes its
 * buffers before it knows their place, since buffers that are not needed at the same time share
 * one: ask for the array when the plan runs.
 */
public final class Buffer {
  private static final float[] NOWHERE = {};

  private float[] array;
  private int offset;
  private final int stride;

  /**
   * @param array the floats
   * @param offset where sample 0 begins
   * @param stride floats from one sample to the next; for weights, which have no samples, their
   *     length
   */
  public Buffer(float[] array, int offset, int stride) {
    this.array = array;
    this.offset = offset;
    this.stride = stride;
  }

  /** A buffer without a place yet. */
  public static Buffer ofSamples(int stride) {
    return new Buffer(NOWHERE, 0, stride);
  }

  /** Gives the buffer its place. */
  public void place(float[] array, int offset) {
    this.array = array;
    this.offset = offset;
  }

  /** The floats. */
  public float[] array() {
    return array;
  }

  /** Where sample 0 begins. */
  public int offset() {
    return offset;
  }

  /** Floats from one sample to the next. */
  public int stride() {
    return stride;
  }

  /** Where a sample begins. */
  public int at(int sample) {
    return offset + sample * stride;
  }

  /** Where a pixel of {@code channels} values begins, counted through all samples. */
  public int at(int pixel, int channels) {
    return offset + pixel * channels;
  }

  /**
   * A copy of a sample's values.
   *
   * @throws IndexOutOfBoundsException if the array ends before them
   */
  public float[] read(int sample) {
    checkSample(sample);
    return Arrays.copyOfRange(array, at(sample), at(sample) + stride);
  }

  /**
   * Sets a sample's values, {@code stride} of them.
   *
   * @throws IndexOutOfBoundsException if the array ends before them
   */
  public void write(int sample, float[] values) {
    if (values.length != stride) {
      throw new IllegalArgumentException(
          "a sample has %d values here, found %d".formatted(stride, values.length));
    }
    checkSample(sample);
    System.arraycopy(values, 0, array, at(sample), stride);
  }

  private void checkSample(int sample) {
    if (sample < 0 || offset + (sample + 1L) * stride > array.length) {
      throw new IndexOutOfBoundsException(
          "there is no sample %d, %d values have room for %d of %d values"
              .formatted(
                  sample,
                  array.length - offset,
                  (array.length - offset) / Math.max(1, stride),
                  stride));
    }
  }
}
