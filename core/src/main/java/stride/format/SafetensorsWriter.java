package stride.format;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import stride.tensor.Shape;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Collects tensors and writes them as a safetensors file. The header lists them in the order in
 * which they were added; the data begins at a multiple of 8 bytes with the widest numbers first, so
 * that every number is aligned, which Python's reader asks for. Equal calls give equal bytes.
 */
public final class SafetensorsWriter implements TensorWriter {
  private static final int ALIGNMENT = 8;

  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final Map<String, TensorSource> sources = new LinkedHashMap<>();

  /** Makes a writer without tensors or metadata. */
  public SafetensorsWriter() {}

  /**
   * Adds a string to the file's metadata, or replaces it.
   *
   * @param key the string's name
   * @param value the string
   * @return this writer
   */
  public SafetensorsWriter metadata(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  @Override
  public SafetensorsWriter floats(String name, Shape shape, float[] values) {
    return add(TensorSource.floats(name, shape, values));
  }

  @Override
  public SafetensorsWriter floats(String name, Shape shape, float[] values, int offset) {
    return add(TensorSource.floats(name, shape, values, offset));
  }

  @Override
  public SafetensorsWriter longs(String name, Shape shape, long... values) {
    return add(TensorSource.longs(name, shape, values));
  }

  @Override
  public SafetensorsWriter copy(String name, TensorFile file, String source) throws IOException {
    return add(TensorSource.copy(name, file.extent(source)));
  }

  @Override
  public void write(Path file) throws IOException {
    AtomicFiles.write(file, this::writeTo);
  }

  private void writeTo(OutputStream out) throws IOException {
    var ordered = new ArrayList<>(sources.values());
    ordered.sort(Comparator.comparing(source -> -source.tensor().type().bytes()));
    Map<String, Long> begins = new HashMap<>();
    long end = 0;
    for (var source : ordered) {
      begins.put(source.tensor().name(), end);
      end += source.tensor().bytes();
    }
    byte[] header = header(begins);
    out.write(
        ByteBuffer.allocate(Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(header.length)
            .array());
    out.write(header);
    for (var source : ordered) {
      source.content().writeTo(out);
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
      sources.forEach(
          (name, source) ->
              describe(json, source.tensor(), Objects.requireNonNull(begins.get(name))));
      json.writeEndObject();
    }
    // The length before the header takes 8 bytes itself, so a multiple of 8 keeps the data aligned.
    while (bytes.size() % ALIGNMENT != 0) {
      bytes.write(' ');
    }
    if (bytes.size() > SafetensorsHeader.MAX_BYTES) {
      throw new IllegalStateException(
          "names and metadata take %,d bytes, a safetensors header has at most %,d"
              .formatted(bytes.size(), SafetensorsHeader.MAX_BYTES));
    }
    return bytes.toByteArray();
  }

  private static void describe(JsonGenerator json, StoredTensor tensor, long begin) {
    json.writeObjectPropertyStart(tensor.name());
    json.writeStringProperty("dtype", tensor.type().name());
    json.writeName("shape");
    long[] sizes = tensor.shape().stream().mapToLong(size -> size).toArray();
    json.writeArray(sizes, 0, sizes.length);
    json.writeName("data_offsets");
    json.writeArray(new long[] {begin, begin + tensor.bytes()}, 0, 2);
    json.writeEndObject();
  }

  private SafetensorsWriter add(TensorSource source) {
    if (source.tensor().name().equals(SafetensorsHeader.METADATA)) {
      throw new IllegalArgumentException("no tensor may be named " + SafetensorsHeader.METADATA);
    }
    source.addTo(sources);
    return this;
  }
}
