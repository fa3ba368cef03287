package stride.onnx.proto;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes one message in the wire format of protocol buffers. Values that are the format's defaults
 * (0, "", nothing) are left out, as protocol buffers do. Tensors' bytes are referred to, not
 * copied.
 */
final class WireWriter {
  private final List<ByteBuffer> parts = new ArrayList<>();
  private final ByteArrayOutputStream small = new ByteArrayOutputStream();
  private long size;

  void integer(int field, long value) {
    if (value != 0) {
      alwaysInteger(field, value);
    }
  }

  /** Writes a number even if it is 0, as members of a "oneof" need it. */
  void alwaysInteger(int field, long value) {
    tag(field, WireReader.VARINT);
    varint(value);
  }

  void alwaysReal(int field, float value) {
    tag(field, WireReader.FOUR_BYTES);
    fixed(Float.floatToRawIntBits(value), 4);
  }

  void text(int field, String value) {
    if (!value.isEmpty()) {
      alwaysText(field, value);
    }
  }

  void alwaysText(int field, String value) {
    bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  void texts(int field, List<String> values) {
    values.forEach(value -> alwaysText(field, value));
  }

  void bytes(int field, byte[] value) {
    tag(field, WireReader.LENGTH);
    varint(value.length);
    small.write(value, 0, value.length);
    size += value.length;
  }

  void bytes(int field, ByteBuffer value) {
    tag(field, WireReader.LENGTH);
    varint(value.remaining());
    flush();
    parts.add(value.duplicate());
    size += value.remaining();
  }

  void integers(int field, long[] values) {
    if (values.length > 0) {
      var packed = new WireWriter();
      for (long value : values) {
        packed.varint(value);
      }
      append(field, packed);
    }
  }

  void floats(int field, float[] values) {
    if (values.length > 0) {
      tag(field, WireReader.LENGTH);
      varint(4L * values.length);
      for (float value : values) {
        fixed(Float.floatToRawIntBits(value), 4);
      }
    }
  }

  void doubles(int field, double[] values) {
    if (values.length > 0) {
      tag(field, WireReader.LENGTH);
      varint(8L * values.length);
      for (double value : values) {
        fixed(Double.doubleToRawLongBits(value), 8);
      }
    }
  }

  void message(int field, Message message) {
    var inner = new WireWriter();
    message.write(inner);
    append(field, inner);
  }

  void messages(int field, List<? extends Message> messages) {
    messages.forEach(message -> message(field, message));
  }

  /** Returns how many bytes the message has. */
  long size() {
    return size;
  }

  void writeTo(OutputStream out) throws IOException {
    flush();
    var channel = Channels.newChannel(out);
    for (ByteBuffer part : parts) {
      ByteBuffer rest = part.duplicate();
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
    }
  }

  /** Writes a message that was written already. */
  void append(int field, WireWriter inner) {
    tag(field, WireReader.LENGTH);
    varint(inner.size);
    flush();
    inner.flush();
    parts.addAll(inner.parts);
    size += inner.size;
  }

  private void tag(int field, int type) {
    varint((long) field << 3 | type);
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      small.write((int) (rest & 0x7F | 0x80));
      rest >>>= 7;
      size++;
    }
    small.write((int) rest);
    size++;
  }

  private void fixed(long bits, int count) {
    for (int i = 0; i < count; i++) {
      small.write((int) (bits >>> 8 * i));
    }
    size += count;
  }

  private void flush() {
    if (small.size() > 0) {
      parts.add(ByteBuffer.wrap(small.toByteArray()));
      small.reset();
    }
  }
}
