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
    /** Memory that a task of the same machine may share; the bytes say where it is. */
    OFFER,
    /** The task has opened the memory that it was offered. */
    ACCEPTED,
    /** The task cannot open the memory that it was offered. */
    REFUSED,
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

  /** The number of values of some parts of arrays. */
  static int count(List<ArrayPart> parts) {
    return parts.stream().mapToInt(ArrayPart::length).reduce(0, Math::addExact);
  }

  /**
   * Writes a frame whose values are those of parts of arrays, one after another.
   *
   * @param shared whether the values are in memory that both sides share, and are not written
   */
  static void write(
      DataOutputStream out, Type type, byte[] bytes, List<ArrayPart> parts, boolean shared)
      throws IOException {
    out.writeByte(type.ordinal());
    out.writeInt(bytes.length);
    out.write(bytes);
    out.writeInt(count(parts));
    out.writeBoolean(shared);
    if (!shared) {
      writeValues(out, parts);
    }
    out.flush();
  }

  private static void writeValues(DataOutputStream out, List<ArrayPart> parts) throws IOException {
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
  }

  /**
   * Reads a frame.
   *
   * @throws IOException if it is none
   */
  static Frame read(DataInputStream in) throws IOException {
    return read(in, length -> null, null);
  }

  /**
   * Reads a frame.
   *
   * @param spare gives an array of a length for its values, or null
   * @param ring where values are that both sides share; null if there are none
   * @throws IOException if it is none
   */
  static Frame read(DataInputStream in, Spare spare, @Nullable SharedRing ring) throws IOException {
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
    boolean shared = in.readBoolean();
    float[] values = count == 0 ? NO_VALUES : spare.array(count);
    if (!shared) {
      values = readValues(in, values, count);
    } else if (ring != null && ring.holds(count)) {
      values = values == null ? new float[count] : values;
      ring.take(values);
    } else {
      throw new IOException("a frame is damaged: its %d values are nowhere".formatted(count));
    }
    return new Frame(Type.ALL.get(type), bytes, values);
  }

  /** Reads values, into an array of as many if there is one. */
  private static float[] readValues(DataInputStream in, float @Nullable [] spare, int count)
      throws IOException {
    float[] values = spare == null ? new float[Math.min(count, FIRST_VALUES)] : spare;
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
    return values;
  }
}
