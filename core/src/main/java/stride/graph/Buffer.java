package stride.graph;

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
}
