package stride.graph;

import java.util.Arrays;

/**
 * A stretch of a float array that holds one tensor for each sample of a batch.
 *
 * @param array the floats
 * @param offset where sample 0 begins
 * @param stride floats from one sample to the next; for weights, which have no samples, their
 *     length
 */
public record Buffer(float[] array, int offset, int stride) {
  /** Where a sample begins. */
  public int at(int sample) {
    return offset + sample * stride;
  }

  /** A copy of a sample's values. */
  public float[] read(int sample) {
    return Arrays.copyOfRange(array, at(sample), at(sample) + stride);
  }

  /** Sets a sample's values, {@code stride} of them. */
  public void write(int sample, float[] values) {
    if (values.length != stride) {
      throw new IllegalArgumentException(
          "a sample has %d values here, found %d".formatted(stride, values.length));
    }
    System.arraycopy(values, 0, array, at(sample), stride);
  }
}
