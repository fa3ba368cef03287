package stride.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The bytes of a pickle, one after the other, up to a most. */
final class PickleInput {
  private static final int LONGEST_LINE = 512;

  private final String file;
  private final Bytes bytes;
  private final long end;
  private final ByteBuffer buffer =
      ByteBuffer.allocate(1 << 13).order(ByteOrder.LITTLE_ENDIAN).limit(0);
  private long position;

  /** Begins at byte {@code from}, and gives {@code most} bytes or all there are. */
  PickleInput(String file, Bytes bytes, long from, long most) {
    this.file = file;
    this.bytes = bytes;
    this.position = from;
    this.end = Math.min(bytes.size(), from + most);
  }

  /** Returns the number of the byte that is read next. */
  long position() {
    return position - buffer.remaining();
  }

  int unsignedByte() throws IOException {
    return ready(1).get() & 0xFF;
  }

  int unsignedShort() throws IOException {
    return ready(2).getShort() & 0xFFFF;
  }

  int integer() throws IOException {
    return ready(4).getInt();
  }

  long unsignedInteger() throws IOException {
    return integer() & 0xFFFFFFFFL;
  }

  long longInteger() throws IOException {
    return ready(8).getLong();
  }

  /** Returns a binary64, which pickles alone have in big-endian order. */
  double real() throws IOException {
    return Double.longBitsToDouble(Long.reverseBytes(longInteger()));
  }

  byte[] bytes(long count) throws IOException {
    if (count < 0 || count > end - position()) {
      throw truncated(count);
    }
    var read = new byte[Math.toIntExact(count)];
    int buffered = (int) Math.min(count, buffer.remaining());
    buffer.get(read, 0, buffered);
    bytes.read(position, ByteBuffer.wrap(read, buffered, read.length - buffered));
    position += read.length - buffered;
    return read;
  }

  /** Text up to a line end, which is passed over. */
  String line() throws IOException {
    var line = new StringBuilder();
    for (int c = unsignedByte(); c != '\n'; c = unsignedByte()) {
      if (line.length() == LONGEST_LINE) {
        throw new FormatException(
            "%s: its pickle has a name of more than %d characters".formatted(file, LONGEST_LINE));
      }
      line.append((char) c);
    }
    return line.toString();
  }

  String text(long count) throws IOException {
    return new String(bytes(count), StandardCharsets.UTF_8);
  }

  private ByteBuffer ready(int count) throws IOException {
    if (buffer.remaining() < count) {
      if (count > end - position()) {
        throw truncated(count);
      }
      buffer.compact();
      buffer.limit((int) Math.min(buffer.capacity(), buffer.position() + (end - position)));
      int before = buffer.position();
      bytes.read(position, buffer);
      position += buffer.position() - before;
      buffer.flip();
    }
    return buffer;
  }

  private FormatException truncated(long wanted) {
    return new FormatException(
        "%s: its pickle needs %s more bytes at byte %d, only %d are left: it is truncated or damaged, download it again"
            .formatted(file, Long.toUnsignedString(wanted), position(), end - position()));
  }
}
