package stride.onnx.proto;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import stride.format.FormatException;

/**
 * Reads one message of the wire format of protocol buffers, field by field. A length is checked
 * against the bytes that are left before anything is made of it; messages in messages are counted
 * and may not be nested deeper than {@value #DEEPEST}.
 */
final class WireReader {
  static final int VARINT = 0;
  static final int EIGHT_BYTES = 1;
  static final int LENGTH = 2;
  static final int FOUR_BYTES = 5;

  /** If, Loop and functions nest graphs, each four messages; files seen in the wild have two. */
  private static final int DEEPEST = 64;

  /** Each message costs memory even if it has two bytes in the file. */
  private static final int MOST_MESSAGES = 8_000_000;

  private final String file;
  private final String name;
  private final ByteBuffer bytes;
  private final int depth;
  private final int[] messages;
  private int field;
  private int type;
  private int fieldAt;

  /** Begins a file's outermost message. */
  WireReader(String file, String name, ByteBuffer bytes) {
    this(file, name, bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN), 0, new int[1]);
  }

  private WireReader(String file, String name, ByteBuffer bytes, int depth, int[] messages) {
    this.file = file;
    this.name = name;
    this.bytes = bytes;
    this.depth = depth;
    this.messages = messages;
  }

  /** Goes to the next field; false at the message's end. */
  boolean next() throws FormatException {
    if (!bytes.hasRemaining()) {
      return false;
    }
    fieldAt = bytes.position();
    long tag = varint();
    type = (int) (tag & 7);
    if (tag >>> 3 == 0 || tag >>> 3 > 0x1FFFFFFF) {
      throw new FormatException(
          "%s: has field %s of %s at byte %d, which cannot be: it is damaged or no ONNX file"
              .formatted(file, Long.toUnsignedString(tag >>> 3), name, fieldAt));
    }
    field = (int) (tag >>> 3);
    return true;
  }

  /** Returns the number of the field that is read next. */
  int field() {
    return field;
  }

  /** Passes a field over that nobody knows. */
  void skip() throws FormatException {
    switch (type) {
      case VARINT -> varint();
      case EIGHT_BYTES -> advance(8);
      case LENGTH -> advance(length());
      case FOUR_BYTES -> advance(4);
      default ->
          throw new FormatException(
              "%s: field %d of %s at byte %d has the wire type %d, which ONNX does not use: it is damaged or no ONNX file"
                  .formatted(file, field, name, fieldAt, type));
    }
  }

  long integer() throws FormatException {
    require(VARINT);
    return varint();
  }

  /** A number of 32 bits: protocol buffers drop what is above. */
  int smallInteger() throws FormatException {
    return (int) integer();
  }

  float real() throws FormatException {
    require(FOUR_BYTES);
    need(4);
    return bytes.getFloat();
  }

  String text() throws FormatException {
    return StandardCharsets.UTF_8.decode(slice()).toString();
  }

  /** Returns the bytes of a field, as a view in little-endian order. */
  ByteBuffer slice() throws FormatException {
    require(LENGTH);
    int length = length();
    ByteBuffer slice = bytes.slice(bytes.position(), length).order(ByteOrder.LITTLE_ENDIAN);
    advance(length);
    return slice;
  }

  byte[] array() throws FormatException {
    ByteBuffer slice = slice();
    var array = new byte[slice.remaining()];
    slice.get(array);
    return array;
  }

  /** Returns a reader of the message that this field holds. */
  WireReader message(String inner) throws FormatException {
    require(LENGTH);
    int length = length();
    if (depth == DEEPEST) {
      throw new FormatException(
          "%s: nests messages more than %d deep at byte %d: it is damaged or no ONNX file"
              .formatted(file, DEEPEST, fieldAt));
    }
    if (messages[0]++ == MOST_MESSAGES) {
      throw new FormatException(
          "%s: has more than %,d messages, which no network needs".formatted(file, MOST_MESSAGES));
    }
    ByteBuffer part = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    part.limit(part.position() + length);
    advance(length);
    return new WireReader(file, inner, part, depth + 1, messages);
  }

  /** Adds a field of numbers, one of them or many packed together. */
  void integers(Numbers into) throws FormatException {
    if (type == VARINT) {
      into.add(varint());
      return;
    }
    require(LENGTH);
    int end = bytes.limit();
    int length = length();
    bytes.limit(bytes.position() + length);
    while (bytes.hasRemaining()) {
      into.add(varint());
    }
    bytes.limit(end);
  }

  /** Adds a field of floats, one of them or many packed together, as their bits. */
  void floats(Numbers into) throws FormatException {
    if (type == FOUR_BYTES) {
      need(4);
      into.add(bytes.getInt());
      return;
    }
    ByteBuffer packed = packed(4);
    while (packed.hasRemaining()) {
      into.add(packed.getInt());
    }
  }

  /** Adds a field of doubles, one of them or many packed together, as their bits. */
  void doubles(Numbers into) throws FormatException {
    if (type == EIGHT_BYTES) {
      need(8);
      into.add(bytes.getLong());
      return;
    }
    ByteBuffer packed = packed(8);
    while (packed.hasRemaining()) {
      into.add(packed.getLong());
    }
  }

  private ByteBuffer packed(int width) throws FormatException {
    ByteBuffer packed = slice();
    if (packed.remaining() % width != 0) {
      throw new FormatException(
          "%s: field %d of %s at byte %d has %d bytes, no multiple of %d: it is damaged"
              .formatted(file, field, name, fieldAt, packed.remaining(), width));
    }
    return packed;
  }

  private void require(int expected) throws FormatException {
    if (type != expected) {
      throw new FormatException(
          "%s: field %d of %s at byte %d has the wire type %d, expected %d: it is damaged or no ONNX file"
              .formatted(file, field, name, fieldAt, type, expected));
    }
  }

  private long varint() throws FormatException {
    int at = bytes.position();
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      if (!bytes.hasRemaining()) {
        throw new FormatException(
            "%s: ends within a number at byte %d (in %s): it is truncated or damaged, download it again"
                .formatted(file, at, name));
      }
      byte next = bytes.get();
      if (shift == 63 && (next & 0x7E) != 0) {
        break;
      }
      value |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new FormatException(
        "%s: has a number of more than 64 bits at byte %d (in %s): it is damaged or no ONNX file"
            .formatted(file, at, name));
  }

  private int length() throws FormatException {
    long length = varint();
    if (length < 0 || length > bytes.remaining()) {
      throw truncated(Long.toUnsignedString(length));
    }
    return (int) length;
  }

  private void need(int count) throws FormatException {
    if (bytes.remaining() < count) {
      throw truncated(Integer.toString(count));
    }
  }

  private void advance(int count) throws FormatException {
    need(count);
    bytes.position(bytes.position() + count);
  }

  private FormatException truncated(String wanted) {
    return new FormatException(
        "%s: field %d of %s needs %s more bytes at byte %d, only %d are left: it is truncated or damaged, download it again"
            .formatted(file, field, name, wanted, bytes.position(), bytes.remaining()));
  }

  /** Numbers of a repeated field, whose count is known at its end. */
  static final class Numbers {
    private long[] values = {};
    private int size;

    void add(long value) {
      if (size == values.length) {
        values = Arrays.copyOf(values, Math.max(8, size + (size >> 1)));
      }
      values[size++] = value;
    }

    int size() {
      return size;
    }

    long[] longs() {
      return Arrays.copyOf(values, size);
    }

    float[] floats() {
      var floats = new float[size];
      for (int i = 0; i < size; i++) {
        floats[i] = Float.intBitsToFloat((int) values[i]);
      }
      return floats;
    }

    double[] doubles() {
      var doubles = new double[size];
      for (int i = 0; i < size; i++) {
        doubles[i] = Double.longBitsToDouble(values[i]);
      }
      return doubles;
    }
  }
}
