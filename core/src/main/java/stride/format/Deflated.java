package stride.format;

import static stride.format.FormatException.quote;

import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * A deflated entry of a zip file: unpacked as a whole when it is first read, and dropped when
 * memory runs short.
 */
final class Deflated implements Bytes {
  /** The size in bytes up to which any ratio is accepted. */
  private static final int FREE_BYTES = 1 << 24;

  /** The largest ratio above that size: numbers that shrink further are an attack on the memory. */
  private static final int HIGHEST_RATIO = 100;

  private static final int CHUNK_BYTES = 1 << 16;

  /** The length of an entry's beginning, which is unpacked separately: it describes the rest. */
  private static final int HEAD_BYTES = 1 << 14;

  private final String file;
  private final String name;
  private final Bytes packed;
  private final int size;
  private final long crc;
  private SoftReference<byte[]> unpacked = new SoftReference<>(null);

  private Deflated(String file, String name, Bytes packed, int size, long crc) {
    this.file = file;
    this.name = name;
    this.packed = packed;
    this.size = size;
    this.crc = crc;
  }

  /**
   * Returns an entry that unpacks to {@code size} bytes.
   *
   * @throws FormatException if these are too many to be true, or for an array
   */
  static Deflated of(String file, String name, Bytes packed, long size, long crc)
      throws FormatException {
    if (size > Integer.MAX_VALUE - 8 || size > FREE_BYTES && size / HIGHEST_RATIO > packed.size()) {
      throw new FormatException(
          "%s: entry %s claims to unpack from %,d to %,d bytes, more than is unpacked; save it"
                  .formatted(file, quote(name), packed.size(), size)
              + " without compression");
    }
    return new Deflated(file, name, packed, (int) size, crc);
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void read(long at, ByteBuffer into) throws IOException {
    int from = Math.toIntExact(at);
    into.put(bytes(from + into.remaining() <= HEAD_BYTES), from, into.remaining());
  }

  private synchronized byte[] bytes(boolean onlyHead) throws IOException {
    byte @Nullable [] bytes = unpacked.get();
    if (bytes != null) {
      return bytes;
    }
    if (onlyHead && size > HEAD_BYTES) {
      return unpack(HEAD_BYTES);
    }
    bytes = unpack(size);
    var check = new CRC32();
    check.update(bytes);
    if (check.getValue() != crc) {
      throw new FormatException(
          "%s: entry %s does not have the check sum %08x that it claims: it is damaged"
              .formatted(file, quote(name), crc));
    }
    unpacked = new SoftReference<>(bytes);
    return bytes;
  }

  private byte[] unpack(int wanted) throws IOException {
    var bytes = new byte[wanted];
    int done = 0;
    var inflater = new Inflater(true);
    try {
      var chunk = ByteBuffer.allocate(CHUNK_BYTES);
      for (long at = 0; at < packed.size() && done < wanted; at += chunk.limit()) {
        chunk.clear().limit((int) Math.min(CHUNK_BYTES, packed.size() - at));
        packed.read(at, chunk);
        inflater.setInput(chunk.flip());
        int now = -1;
        while (now != 0 && done < wanted) {
          now = inflater.inflate(bytes, done, wanted - done);
          done += now;
        }
      }
    } catch (DataFormatException e) {
      throw new FormatException(
          "%s: entry %s cannot be unpacked: %s".formatted(file, quote(name), e.getMessage()), e);
    } finally {
      inflater.end();
    }
    if (done < wanted) {
      throw new FormatException(
          "%s: entry %s unpacks to %,d bytes, it claims %,d: it is damaged"
              .formatted(file, quote(name), done, size));
    }
    return bytes;
  }
}
