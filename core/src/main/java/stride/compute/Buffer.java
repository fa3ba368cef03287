package stride.compute;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of a float array that holds one tensor for each sample of a batch. A plan makes its
 * buffers before it knows their place, since buffers that are not needed at the same time share
 * one: ask for the array when the plan runs.
 *
 * <p>The pixels of a sample follow each other, except in a {@link #slice} of another buffer, which
 * a plan gives only to operations that say that they can write or read one ({@code
 * Trait.STORES_PITCH}, {@code Trait.READS_PITCH}).
 */
public final class Buffer {
  private static final float[] NOWHERE = {};

  private float[] array;
  private int offset;
  private final int stride;

  /** The buffer of which this is a slice. */
  private final @Nullable Buffer whole;

  /** In a slice: the place of its first channel in the whole, and floats from pixel to pixel. */
  private final int first;

  private final int pitch;

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
    whole = null;
    first = 0;
    pitch = 0;
  }

  private Buffer(Buffer whole, int first, int pitch) {
    this.array = NOWHERE;
    this.stride = whole.stride;
    this.whole = whole;
    this.first = first;
    this.pitch = pitch;
  }

  /**
   * Returns some neighbouring channels of each pixel of this buffer: the same floats, wherever this
   * buffer is placed.
   *
   * @param first the first of the channels
   * @param channels the channels of this buffer's pixels
   */
  public Buffer slice(int first, int channels) {
    return new Buffer(this, first, pitch(channels));
  }

  /** Whether this is a slice of another buffer, taken from that buffer itself. */
  public boolean isSliceOf(Buffer other) {
    return whole == other;
  }

  /** The buffer that has the place of this one: itself, if it is no slice. */
  public Buffer whole() {
    return whole == null ? this : whole.whole();
  }

  /**
   * Floats from one pixel to the next: more than the channels in a slice.
   *
   * @param channels the channels of a pixel of this buffer
   */
  public int pitch(int channels) {
    return pitch == 0 ? channels : pitch;
  }

  /** A buffer without a place yet. */
  public static Buffer ofSamples(int stride) {
    return new Buffer(NOWHERE, 0, stride);
  }

  /**
   * Gives the buffer its place.
   *
   * @throws IllegalStateException if it is a slice, which is where its whole is
   */
  public void place(float[] array, int offset) {
    if (whole != null) {
      throw new IllegalStateException("a slice has the place of its whole buffer");
    }
    this.array = array;
    this.offset = offset;
  }

  /** The floats. */
  public float[] array() {
    return whole == null ? array : whole.array();
  }

  /** Where sample 0 begins. */
  public int offset() {
    return whole == null ? offset : whole.offset() + first;
  }

  /** Floats from one sample to the next. */
  public int stride() {
    return stride;
  }

  /** Where a sample begins. */
  public int at(int sample) {
    return offset() + sample * stride;
  }

  /** Where a pixel of {@code channels} values begins, counted through all samples. */
  public int at(int pixel, int channels) {
    return offset() + pixel * pitch(channels);
  }

  /**
   * A copy of a sample's values.
   *
   * @throws IndexOutOfBoundsException if the array ends before them
   * @throws IllegalStateException if this is a slice
   */
  public float[] read(int sample) {
    checkSample(sample);
    return Arrays.copyOfRange(array, at(sample), at(sample) + stride);
  }

  /**
   * Sets a sample's values, {@code stride} of them.
   *
   * @throws IndexOutOfBoundsException if the array ends before them
   * @throws IllegalStateException if this is a slice
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
    if (whole != null) {
      throw new IllegalStateException("a sample of a slice is not one stretch of values");
    }
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
