package stride.engine;

import stride.graph.Buffer;
import stride.graph.Directory;

/** Makes the buffers of plans. */
final class Buffers {
  /** The buffer of what does not exist. */
  static final Buffer NONE = new Buffer(new float[0], 0, 0);

  private Buffers() {}

  /** A buffer of zeros for {@code batch} samples, 64-byte aligned where it is large. */
  static Buffer allocate(int perSample, int batch) {
    long floats = (long) perSample * batch + Directory.ALIGNMENT_OFFSET + Directory.SLACK;
    if (floats > Integer.MAX_VALUE - 16) {
      throw new IllegalArgumentException(
          "a batch of %d samples of %d values is more than 2^31 values: use a smaller batch"
              .formatted(batch, perSample));
    }
    return new Buffer(new float[(int) floats], Directory.ALIGNMENT_OFFSET, perSample);
  }
}
