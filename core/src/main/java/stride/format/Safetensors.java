package stride.format;

import static stride.format.FormatException.quote;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;

/**
 * An open safetensors file: tensors by name, read when asked for. The file is taken to be hostile:
 * opening it checks its whole table of contents, and nothing is allocated that its size does not
 * justify. Thread-safe.
 *
 * <p>The format is Hugging Face's: 8 bytes of header length (little-endian), a JSON header, then
 * the tensors' bytes, little-endian and row-major.
 */
public final class Safetensors implements AutoCloseable {
  private static final int PREFIX_BYTES = 8;

  /** What is read at once; stays in a core's L2 cache until it is converted. */
  private static final int CHUNK_BYTES = 1 << 18;

  private final Path file;
  private final FileChannel channel;
  private final long dataStart;
  private final SafetensorsHeader header;

  private Safetensors(Path file, FileChannel channel, long dataStart, SafetensorsHeader header) {
    this.file = file;
    this.channel = channel;
    this.dataStart = dataStart;
    this.header = header;
  }

  /**
   * Opens a file and reads its table of contents.
   *
   * @throws FormatException if it breaks a rule of the format
   * @throws FileException if it cannot be read
   */
  public static Safetensors open(Path file) throws IOException {
    FileException.requireFile(file);
    FileChannel channel = null;
    Safetensors opened = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ);
      opened = read(file, channel);
      return opened;
    } catch (IOException e) {
      throw FileException.reading(file, e);
    } finally {
      if (opened == null && channel != null) {
        channel.close();
      }
    }
  }

  private static Safetensors read(Path file, FileChannel channel) throws IOException {
    long size = channel.size();
    if (size < PREFIX_BYTES) {
      throw new FormatException(
          "%s: has %d bytes, a safetensors file begins with 8 bytes of header length"
              .formatted(file, size));
    }
    var prefix = ByteBuffer.allocate(PREFIX_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    fill(file, channel, prefix, 0);
    long headerBytes = prefix.getLong(0);
    if (headerBytes < 0 || headerBytes > SafetensorsHeader.MOST_BYTES) {
      throw new FormatException(
          "%s: claims a header of %s bytes, at most %,d are allowed: it is no safetensors file"
              .formatted(file, Long.toUnsignedString(headerBytes), SafetensorsHeader.MOST_BYTES));
    }
    long dataStart = PREFIX_BYTES + headerBytes;
    if (dataStart > size) {
      throw new FormatException(
          "%s: claims a header of %d bytes, only %d follow: it is truncated"
              .formatted(file, headerBytes, size - PREFIX_BYTES));
    }
    var bytes = new byte[(int) headerBytes];
    fill(file, channel, ByteBuffer.wrap(bytes), PREFIX_BYTES);
    var header = SafetensorsHeader.read(file.toString(), bytes, size - dataStart);
    return new Safetensors(file, channel, dataStart, header);
  }

  /** The file's own strings; for a model's file its network, labels and preprocessing. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /** All tensors, in the header's order. */
  public Collection<StoredTensor> tensors() {
    return header.tensors().values();
  }

  /** Whether there is a tensor of this name. */
  public boolean contains(String name) {
    return header.tensors().containsKey(name);
  }

  /**
   * A tensor's entry in the table of contents.
   *
   * @throws FormatException if there is no tensor of this name
   */
  public StoredTensor tensor(String name) throws FormatException {
    var tensor = header.tensors().get(name);
    if (tensor == null) {
      throw new FormatException("%s: holds no tensor %s".formatted(file, quote(name)));
    }
    return tensor;
  }

  /**
   * A tensor's numbers as floats, row-major. Wider types are rounded to the nearest float; booleans
   * are 0 and 1.
   *
   * @throws FormatException if there is no such tensor, or it has 2^31 elements or more
   */
  public float[] floats(String name) throws IOException {
    var values = new float[length(tensor(name))];
    floats(name, values, 0);
    return values;
  }

  /**
   * Reads a tensor's numbers as floats into {@code into} from {@code offset} on.
   *
   * @throws IndexOutOfBoundsException if they do not fit
   */
  public void floats(String name, float[] into, int offset) throws IOException {
    floats(name, 0, length(tensor(name)), into, offset);
  }

  /**
   * Reads {@code count} of a tensor's numbers, the first of which is its number {@code from}, as
   * floats into {@code into} from {@code offset} on.
   *
   * @throws IndexOutOfBoundsException if the tensor has fewer, or they do not fit
   */
  public void floats(String name, long from, int count, float[] into, int offset)
      throws IOException {
    var tensor = tensor(name);
    Objects.checkFromIndexSize(from, count, tensor.elements());
    Objects.checkFromIndexSize(offset, count, into.length);
    chunks(
        tensor,
        from,
        count,
        (chunk, at, converted) -> toFloats(tensor.type(), chunk, into, offset + at, converted));
  }

  /**
   * A tensor's whole numbers, row-major.
   *
   * @throws FormatException if there is no such tensor, its type is not one of whole numbers, or it
   *     has 2^31 elements or more
   */
  public long[] longs(String name) throws IOException {
    var tensor = tensor(name);
    if (!tensor.type().isWhole()) {
      throw new FormatException(
          "%s: tensor %s is of type %s, expected whole numbers"
              .formatted(file, quote(name), tensor.type()));
    }
    var values = new long[length(tensor)];
    chunks(
        tensor,
        0,
        values.length,
        (chunk, at, count) -> toLongs(tensor.type(), chunk, values, at, count));
    return values;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private int length(StoredTensor tensor) throws FormatException {
    // A little less than 2^31 - 1: no JVM gives the very last lengths.
    if (tensor.elements() > Integer.MAX_VALUE - 8) {
      throw new FormatException(
          "%s: tensor %s has %,d elements, more than an array holds"
              .formatted(file, quote(tensor.name()), tensor.elements()));
    }
    return (int) tensor.elements();
  }

  /** Takes numbers out of a tensor's bytes. */
  @FunctionalInterface
  private interface Conversion {
    /** Converts {@code count} numbers, before which there were {@code at}. */
    void convert(ByteBuffer chunk, int at, int count);
  }

  private void chunks(StoredTensor tensor, long from, int numbers, Conversion conversion)
      throws IOException {
    int each = tensor.type().bytes();
    long begin = dataStart + tensor.begin() + from * each;
    long bytes = (long) numbers * each;
    try (var arena = Arena.ofConfined()) {
      var chunk =
          arena
              .allocate(Math.min(bytes, CHUNK_BYTES), 8)
              .asByteBuffer()
              .order(ByteOrder.LITTLE_ENDIAN);
      for (long done = 0; done < bytes; done += chunk.limit()) {
        chunk.clear().limit((int) Math.min(bytes - done, CHUNK_BYTES));
        fill(file, channel, chunk, begin + done);
        conversion.convert(chunk.rewind(), (int) (done / each), chunk.limit() / each);
      }
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  private static void fill(Path file, FileChannel channel, ByteBuffer into, long from)
      throws IOException {
    long at = from;
    while (into.hasRemaining()) {
      int read = channel.read(into, at);
      if (read < 0) {
        throw new FormatException(
            "%s: ended at byte %d while it was read: another program has shortened it"
                .formatted(file, at));
      }
      at += read;
    }
  }

  private static void toFloats(StoredType type, ByteBuffer chunk, float[] into, int at, int count) {
    switch (type) {
      case F32 -> chunk.asFloatBuffer().get(into, at, count);
      case F64 -> {
        for (int i = 0; i < count; i++) {
          into[at + i] = (float) chunk.getDouble(8 * i);
        }
      }
      case F16 -> {
        for (int i = 0; i < count; i++) {
          into[at + i] = Float.float16ToFloat(chunk.getShort(2 * i));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          into[at + i] = Float.intBitsToFloat(chunk.getShort(2 * i) << 16);
        }
      }
      case I64, I32, I16, I8, U8, BOOL -> {
        for (int i = 0; i < count; i++) {
          into[at + i] = (float) whole(type, chunk, i);
        }
      }
    }
  }

  private static void toLongs(StoredType type, ByteBuffer chunk, long[] into, int at, int count) {
    for (int i = 0; i < count; i++) {
      into[at + i] = whole(type, chunk, i);
    }
  }

  private static long whole(StoredType type, ByteBuffer chunk, int i) {
    return switch (type) {
      case I64 -> chunk.getLong(8 * i);
      case I32 -> chunk.getInt(4 * i);
      case I16 -> chunk.getShort(2 * i);
      case I8 -> chunk.get(i);
      case U8 -> chunk.get(i) & 0xFF;
      case BOOL -> chunk.get(i) == 0 ? 0 : 1;
      case F64, F32, F16, BF16 -> throw new IllegalArgumentException(type + " is not whole");
    };
  }
}
