package stride.codecs.vp8;

import stride.format.FormatException;

/**
 * The header before a key frame's macroblocks (RFC 6386, sections 9.2 to 9.11).
 *
 * @param coefficientProbabilities in the order of {@link CoefficientProbabilities}
 * @param maySkip whether a flag of each macroblock can say that it has no coefficients
 * @param skipProbability the probability that a macroblock has some
 * @param modes the reader of the macroblocks' modes, which follow the header
 * @param coefficients the readers of the rows' coefficients, in turn; their number is a power of 2
 */
record FrameHeader(
    Segmentation segmentation,
    FilterHeader filter,
    Quantizer[] quantizers,
    int[] coefficientProbabilities,
    boolean maySkip,
    int skipProbability,
    BooleanReader modes,
    BooleanReader[] coefficients) {
  static FrameHeader read(FrameTag tag, byte[] data, int from, int to) throws FormatException {
    int first = from + FrameTag.BYTES;
    int second = first + tag.firstPartition();
    var in = new BooleanReader(data, first, second);
    // A colour space, of which there is one, and whether clamping may be left out, which is not.
    in.number(2);
    var segmentation = Segmentation.read(in);
    var filter = FilterHeader.read(in);
    var coefficients = partitions(1 << in.number(2), data, second, to);
    var quantizers = Quantizer.read(in, segmentation);
    // Whether the probabilities hold for later frames too.
    in.flag();
    int[] probabilities = CoefficientProbabilities.read(in);
    boolean maySkip = in.flag();
    int skipProbability = maySkip ? in.number(8) : 0;
    return new FrameHeader(
        segmentation,
        filter,
        quantizers,
        probabilities,
        maySkip,
        skipProbability,
        in,
        coefficients);
  }

  /**
   * Reads the sizes of all partitions of coefficients but the last, and returns the partitions'
   * readers.
   */
  private static BooleanReader[] partitions(int count, byte[] data, int from, int to)
      throws FormatException {
    int at = from + 3 * (count - 1);
    var readers = new BooleanReader[count];
    for (int i = 0; i < count; i++) {
      if (at >= to) {
        throw new FormatException(
            "the picture is truncated: its VP8 frame ends before the last of %d partitions"
                .formatted(count));
      }
      // Sizes beyond the end are cut: the partition that is cut is found when it is read.
      int size = i == count - 1 ? to - at : FrameTag.number(data, from + 3 * i, 3);
      size = Math.min(size, to - at);
      readers[i] = new BooleanReader(data, at, at + size);
      at += size;
    }
    return readers;
  }
}
