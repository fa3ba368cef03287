package stride.format;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Bytes that are read from any place: a file, a part of one, or the unpacked content of a part. */
interface Bytes {
  /** Returns the number of bytes. */
  long size();

  /**
   * Fills a buffer with the bytes from {@code at} on. Safe to be called by several threads.
   *
   * @throws FormatException if they end before the buffer is full
   */
  void read(long at, ByteBuffer into) throws IOException;

  /** Returns all bytes in an array; for small parts only. */
  default byte[] all() throws IOException {
    var all = new byte[Math.toIntExact(size())];
    read(0, ByteBuffer.wrap(all));
    return all;
  }

  /** Returns a view of {@code size} of these bytes, from byte {@code from} on. */
  default Bytes part(long from, long size) {
    java.util.Objects.checkFromIndexSize(from, size, size());
    var whole = this;
    return new Bytes() {
      @Override
      public long size() {
        return size;
      }

      @Override
      public void read(long at, ByteBuffer into) throws IOException {
        java.util.Objects.checkFromIndexSize(at, into.remaining(), size);
        whole.read(from + at, into);
      }
    };
  }
}
