package stride.format;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import stride.tensor.Shape;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Collects tensors and writes them as a safetensors file, which Python reads as it is. The header
 * lists them in the order in which they were added; the data begins at a multiple of 8 bytes with
 * the 8-byte numbers first, so that every number is aligned, which Python's reader asks for. The
 * same calls give the same bytes.
 */
public final class SafetensorsWriter {
  private static final int ALIGNMENT = 8;
  private static final int CHUNK_BYTES = 1 << 16;

  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /** A tensor to be written: exactly the bytes that its shape and type take. */
  private record Entry(StoredType type, Shape shape, AtomicFiles.Content content) {
    long bytes() {
      return (long) shape.elements() * type.bytes();
    }
  }

  /** Adds a string to the file's metadata, or replaces it. */
  public SafetensorsWriter metadata(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  /** Adds a tensor of type F32 that has all of {@code values}. */
  public SafetensorsWriter floats(String name, Shape shape, float[] values) {
    requireCount(name, shape, values.length);
    return floats(name, shape, values, 0);
  }

  /**
   * Adds a tensor of type F32. The values are read when the file is written.
   *
   * @param values hold the tensor, row-major, from {@code offset} on
   * @throws IllegalArgumentException if a tensor of this name has been added
   */
  public SafetensorsWriter floats(String name, Shape shape, float[] values, int offset) {
    int count = shape.elements();
    Objects.checkFromIndexSize(offset, count, values.length);
    return add(
        name,
        new Entry(
            StoredType.F32,
            shape,
            out -> {
              var chunk = chunk();
              int most = CHUNK_BYTES / Float.BYTES;
              for (int done = 0; done < count; done += most) {
                int now = Math.min(most, count - done);
                chunk.asFloatBuffer().put(values, offset + done, now);
                out.write(chunk.array(), 0, now * Float.BYTES);
              }
            }));
  }

  /**
   * Adds a tensor of type I64. The values are read when the file is written.
   *
   * @throws IllegalArgumentException if a tensor of this name has been added, or the shape is not
   *     that of the values
   */
  public SafetensorsWriter longs(String name, Shape shape, long... values) {
    requireCount(name, shape, values.length);
    return add(
        name,
        new Entry(
            StoredType.I64,
            shape,
            out -> {
              var chunk = chunk();
              int most = CHUNK_BYTES / Long.BYTES;
              for (int done = 0; done < values.length; done += most) {
                int now = Math.min(most, values.length - done);
                chunk.asLongBuffer().put(values, done, now);
                out.write(chunk.array(), 0, now * Long.BYTES);
              }
            }));
  }

  /**
   * Writes the file, or replaces it, whole or not at all.
   *
   * @throws FileException if that fails; an earlier file is as it was
   */
  public void write(Path file) throws IOException {
    AtomicFiles.write(file, this::writeTo);
  }

  private void writeTo(OutputStream out) throws IOException {
    Map<String, Long> begins = new HashMap<>();
    List<Entry> ordered = new ArrayList<>();
    long end = 0;
    for (var type : List.of(StoredType.I64, StoredType.F32)) {
      for (var named : entries.entrySet()) {
        var entry = named.getValue();
        if (entry.type() == type) {
          ordered.add(entry);
          begins.put(named.getKey(), end);
          end += entry.bytes();
        }
      }
    }
    byte[] header = header(begins);
    out.write(
        ByteBuffer.allocate(Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(header.length)
            .array());
    out.write(header);
    for (var entry : ordered) {
      entry.content().writeTo(out);
    }
  }

  private byte[] header(Map<String, Long> begins) {
    var bytes = new ByteArrayOutputStream();
    try (var json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectPropertyStart(SafetensorsHeader.METADATA);
        metadata.forEach(json::writeStringProperty);
        json.writeEndObject();
      }
      entries.forEach(
          (name, entry) -> describe(json, name, entry, Objects.requireNonNull(begins.get(name))));
      json.writeEndObject();
    }
    // The length before the header takes 8 bytes itself, so a multiple of 8 keeps the data aligned.
    while (bytes.size() % ALIGNMENT != 0) {
      bytes.write(' ');
    }
    if (bytes.size() > SafetensorsHeader.MOST_BYTES) {
      throw new IllegalStateException(
          "names and metadata take %,d bytes, a safetensors header has at most %,d"
              .formatted(bytes.size(), SafetensorsHeader.MOST_BYTES));
    }
    return bytes.toByteArray();
  }

  private static void describe(JsonGenerator json, String name, Entry entry, long begin) {
    json.writeObjectPropertyStart(name);
    json.writeStringProperty("dtype", entry.type().name());
    json.writeName("shape");
    int[] sizes = entry.shape().sizes();
    json.writeArray(sizes, 0, sizes.length);
    json.writeName("data_offsets");
    json.writeArray(new long[] {begin, begin + entry.bytes()}, 0, 2);
    json.writeEndObject();
  }

  private SafetensorsWriter add(String name, Entry entry) {
    if (name.equals(SafetensorsHeader.METADATA)) {
      throw new IllegalArgumentException("no tensor may be named " + name);
    }
    if (entries.putIfAbsent(name, entry) != null) {
      throw new IllegalArgumentException("two tensors are named " + name);
    }
    return this;
  }

  private static void requireCount(String name, Shape shape, int values) {
    if (values != shape.elements()) {
      throw new IllegalArgumentException(
          "%s: a tensor of shape %s has %d values, found %d"
              .formatted(name, shape, shape.elements(), values));
    }
  }

  private static ByteBuffer chunk() {
    return ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }
}
