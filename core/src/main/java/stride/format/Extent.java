package stride.format;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The place of a tensor's numbers in a file.
 *
 * @param tensor its name, type and shape
 * @param bytes the bytes that contain it
 * @param begin where its first number begins
 * @param order the order of the bytes of a number
 * @param strided the layout of the numbers from there on; null if row-major without gaps
 */
record Extent(
    StoredTensor tensor, Bytes bytes, long begin, ByteOrder order, @Nullable Strided strided) {

  /** The bytes that are read at once; they stay in a core's L2 cache until they are converted. */
  private static final int CHUNK_BYTES = 1 << 18;

  /** A tensor whose numbers are row-major without gaps. */
  Extent(StoredTensor tensor, Bytes bytes, long begin, ByteOrder order) {
    this(tensor, bytes, begin, order, null);
  }

  /** Converts numbers from a tensor's bytes. */
  @FunctionalInterface
  interface Conversion {
    /** Converts {@code count} numbers; {@code at} were converted before them. */
    void convert(ByteBuffer chunk, int at, int count) throws IOException;
  }

  /** Reads {@code count} numbers, row-major, from number {@code from} on. */
  void read(long from, int count, Conversion conversion) throws IOException {
    Objects.checkFromIndexSize(from, count, tensor.elements());
    if (count == 0) {
      return;
    }
    int each = tensor.type().bytes();
    int most = CHUNK_BYTES / each;
    try (var arena = Arena.ofConfined()) {
      var chunk = buffer(arena, (long) Math.min(count, most) * each);
      var gather =
          strided == null || strided.isContiguous() ? null : gather(arena, strided, from, count);
      for (int done = 0; done < count; done += most) {
        int now = Math.min(most, count - done);
        chunk.clear().limit(now * each);
        if (gather == null) {
          bytes.read(begin + (from + done) * each, chunk);
        } else {
          gather.next(chunk, now);
        }
        conversion.convert(chunk.rewind(), done, now);
      }
    }
  }

  private ByteBuffer buffer(Arena arena, long size) {
    return arena.allocate(size, 8).asByteBuffer().order(order);
  }

  private Gather gather(Arena arena, Strided strided, long from, int count) {
    int each = tensor.type().bytes();
    long window = Gather.windowNumbers(strided, from, count) * each;
    var part = bytes.part(begin, strided.span() * each);
    return new Gather(strided, from, each, part, buffer(arena, window));
  }
}
