package stride.distributed;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import stride.train.ArrayPart;

/**
 * One message of a connection: bytes, then floats.
 *
 * @param type what it is
 * @param bytes at most {@link #MOST_BYTES}
 * @param values floats
 */
record Frame(Type type, byte[] bytes, float[] values) {
  /** The largest number of bytes, far above what settings and results take. */
  private static final int MOST_BYTES = 1 << 28;

  private static final int CHUNK = 1 << 16;

  /** The most values that are allocated before any has come. */
  private static final int FIRST_VALUES = 1 << 20;

  private static final float[] NO_VALUES = {};

  /** What a frame is. */
  enum Type {
    /** Who a task is, and what it runs on. */
    HELLO,
    /** The tasks and where they listen. */
    TABLE,
    /** Bytes that all tasks share. */
    MESSAGE,
    /** What a task's ranks have computed. */
    GIVEN,
    /** What the ranks of a row of tasks have computed. */
    SUMS,
    /** What a task owns, or hands on for others. */
    SHARDS,
    /** A sign of life. */
    BEAT,
    /** The task has failed; the bytes say why. */
    FAILED,
    /** The task has done its part. */
    ENDED;

    private static final List<Type> ALL = List.of(values());
  }

  /** Arrays that are of no more use elsewhere. */
  interface Spare {
    float @Nullable [] array(int length);
  }

  static Frame of(Type type, byte[] bytes) {
    return new Frame(type, bytes, NO_VALUES);
  }

  static Frame of(Type type, String text) {
    return of(type, text.getBytes(StandardCharsets.UTF_8));
  }

  String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Writes a frame whose values are those of parts of arrays, one after another. */
  static void write(DataOutputStream out, Type type, byte[] bytes, List<ArrayPart> parts)
      throws IOException {
    out.writeByte(type.ordinal());
    out.writeInt(bytes.length);
    out.write(bytes);
    out.writeInt(parts.stream().mapToInt(ArrayPart::length).reduce(0, Math::addExact));
    byte[] chunk = new byte[parts.isEmpty() ? 0 : CHUNK];
    var floats = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    for (var part : parts) {
      for (int from = part.from(); from < part.to(); ) {
        int count = Math.min(floats.capacity(), part.to() - from);
        floats.clear().put(part.values(), from, count);
        out.write(chunk, 0, count * Float.BYTES);
        from += count;
      }
    }
    out.flush();
  }

  /**
   * Reads a frame.
   *
   * @throws IOException if it is none
   */
  static Frame read(DataInputStream in) throws IOException {
    return read(in, length -> null);
  }

  /**
   * Reads a frame.
   *
   * @param spare gives an array of a length for its values, or null
   * @throws IOException if it is none
   */
  static Frame read(DataInputStream in, Spare spare) throws IOException {
    int type = in.readUnsignedByte();
    int length = in.readInt();
    if (type >= Type.ALL.size() || length < 0 || length > MOST_BYTES) {
      throw new IOException("expected a frame, found type %d of %d bytes".formatted(type, length));
    }
    byte[] bytes = in.readNBytes(length);
    int count = in.readInt();
    if (bytes.length < length || count < 0) {
      throw new IOException("a frame is damaged: it has %d values".formatted(count));
    }
    float[] values = count == 0 ? NO_VALUES : spare.array(count);
    if (values == null) {
      values = new float[Math.min(count, FIRST_VALUES)];
    }
    byte[] chunk = new byte[count == 0 ? 0 : CHUNK];
    var floats = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    for (int from = 0; from < count; ) {
      if (from == values.length) {
        // Only as many as come: a damaged length must not take all memory.
        values = Arrays.copyOf(values, (int) Math.min(count, 4L * values.length));
      }
      int part = Math.min(floats.capacity(), values.length - from);
      in.readFully(chunk, 0, part * Float.BYTES);
      floats.clear().get(values, from, part);
      from += part;
    }
    return new Frame(Type.ALL.get(type), bytes, values);
  }
}
