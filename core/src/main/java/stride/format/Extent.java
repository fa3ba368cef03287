package stride.format;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a tensor's numbers lie.
 *
 * @param tensor what it is
 * @param bytes what holds it
 * @param begin where its first number begins
 * @param order the order of the bytes of a number
 * @param strides how many numbers lie from one index to the next, for each dimension; null if the
 *     tensor lies row-major without holes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Extent(
    StoredTensor tensor, Bytes bytes, long begin, ByteOrder order, long @Nullable [] strides) {

  /** What is read at once; stays in a core's L2 cache until it is converted. */
  private static final int CHUNK_BYTES = 1 << 18;

  /** A tensor that lies row-major without holes. */
  Extent(StoredTensor tensor, Bytes bytes, long begin, ByteOrder order) {
    this(tensor, bytes, begin, order, null);
  }

  /** Takes numbers out of a tensor's bytes. */
  @FunctionalInterface
  interface Conversion {
    /** Converts {@code count} numbers, before which there were {@code at}. */
    void convert(ByteBuffer chunk, int at, int count) throws IOException;
  }

  /** Reads {@code count} numbers, row-major, the first of which is number {@code from}. */
  void read(long from, int count, Conversion conversion) throws IOException {
    Objects.checkFromIndexSize(from, count, tensor.elements());
    int each = tensor.type().bytes();
    long total = (long) count * each;
    try (var arena = Arena.ofConfined()) {
      var chunk = arena.allocate(Math.min(total, CHUNK_BYTES), 8).asByteBuffer().order(order);
      for (long done = 0; done < total; done += chunk.limit()) {
        chunk.clear().limit((int) Math.min(total - done, CHUNK_BYTES));
        bytes.read(begin + from * each + done, chunk);
        conversion.convert(chunk.rewind(), (int) (done / each), chunk.limit() / each);
      }
    }
  }
}
