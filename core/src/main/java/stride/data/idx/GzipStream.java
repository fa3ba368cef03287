package stride.data.idx;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/**
 * One gzip member (RFC 1952) and nothing after it. Unlike {@link java.util.zip.GZIPInputStream},
 * which ignores bytes after the last member, it rejects them as damage.
 */
final class GzipStream extends InflaterInputStream {
  static final int MAGIC_1 = 0x1F;
  static final int MAGIC_2 = 0x8B;

  private static final int DEFLATE = 8;
  private static final int HEADER_CRC = 2;
  private static final int EXTRA = 4;
  private static final int NAME = 8;
  private static final int COMMENT = 16;
  private static final int RESERVED = 0xE0;
  private static final int BUFFER = 1 << 16;

  private final CRC32 crc = new CRC32();
  private boolean ended;

  /** Reads the header; the next bytes of {@code in} are the magic number. */
  GzipStream(InputStream in) throws IOException {
    super(in, new Inflater(true), BUFFER);
    if (header() != MAGIC_1 || header() != MAGIC_2) {
      throw new ZipException("the magic number is not gzip's");
    }
    int method = header();
    int flags = header();
    if (method != DEFLATE || (flags & RESERVED) != 0) {
      throw new ZipException("method %d with flags %d is unknown".formatted(method, flags));
    }
    for (int i = 0; i < 6; i++) {
      header();
    }
    if ((flags & EXTRA) != 0) {
      for (int left = header() | header() << 8; left > 0; left--) {
        header();
      }
    }
    if ((flags & NAME) != 0) {
      skipText();
    }
    if ((flags & COMMENT) != 0) {
      skipText();
    }
    if ((flags & HEADER_CRC) != 0) {
      header();
      header();
    }
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (ended) {
      return -1;
    }
    int read = super.read(into, offset, length);
    if (read >= 0) {
      crc.update(into, offset, read);
    } else {
      trailer();
      ended = true;
    }
    return read;
  }

  /** Frees the inflater's memory; the stream below belongs to the caller. */
  @Override
  public void close() {
    inf.end();
  }

  /**
   * Checks the check sum and the length after the data, partly in the buffer that was read ahead.
   */
  private void trailer() throws IOException {
    int[] at = {len - inf.getRemaining()};
    if (number(at) != crc.getValue()) {
      throw new ZipException("the check sum does not fit the data");
    }
    if (number(at) != (inf.getBytesWritten() & 0xFFFF_FFFFL)) {
      throw new ZipException("the length does not fit the data");
    }
    if (next(at) >= 0) {
      throw new ZipException("more bytes follow the end of the gzip data");
    }
  }

  private long number(int[] at) throws IOException {
    long number = 0;
    for (int shift = 0; shift < 32; shift += 8) {
      int b = next(at);
      if (b < 0) {
        throw new EOFException("the gzip data end before their check sum");
      }
      number |= (long) b << shift;
    }
    return number;
  }

  private int next(int[] at) throws IOException {
    return at[0] < len ? buf[at[0]++] & 0xFF : in.read();
  }

  private int header() throws IOException {
    int b = in.read();
    if (b < 0) {
      throw new EOFException("the gzip data end inside their header");
    }
    return b;
  }

  private void skipText() throws IOException {
    for (int b = header(); b != 0; b = header()) {}
  }
}
