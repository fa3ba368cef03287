package stride.format;

import static stride.format.FormatException.quote;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * An open file of tensors in any of the formats: tensors by name, read on request. The file is
 * assumed to be hostile: opening it checks its whole table of contents, and no more is allocated
 * than its size justifies. Thread-safe; a thread that is interrupted while it reads closes the file
 * for all.
 *
 * <pre>{@code
 * try (var file = TensorFile.open(path)) {
 *   float[] weights = file.floats("conv1.weight");
 * }
 * }</pre>
 */
public final class TensorFile implements AutoCloseable {
  private static final int START_BYTES = 32;

  /** The place of a safetensors file's JSON, after 8 bytes of length. */
  private static final int JSON_BEGIN = 8;

  private final OpenFile file;
  private final String format;
  private final Map<String, String> metadata;
  private final Map<String, Extent> extents;

  TensorFile(
      OpenFile file, String format, Map<String, String> metadata, Map<String, Extent> extents) {
    this.file = file;
    this.format = format;
    this.metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    this.extents = new LinkedHashMap<>(extents);
  }

  /** Reads a format's table of contents. */
  @FunctionalInterface
  interface Reader {
    TensorFile read(OpenFile file) throws IOException;
  }

  /**
   * Opens a file and reads its table of contents. The format is recognised by the content, not by
   * the name.
   *
   * @param file the file
   * @return the open file, which the caller closes
   * @throws FormatException if it has none of the formats (the message names its actual format, if
   *     known), or violates its format
   * @throws FileException if it cannot be read
   */
  public static TensorFile open(Path file) throws IOException {
    return open(file, TensorFile::read);
  }

  /**
   * Reads a file from a stream, to the end; all of it is held in memory. The stream is not closed.
   *
   * @param stream the file's bytes
   * @param name the file's name for messages
   * @return the file
   * @throws FormatException if it has none of the formats, violates its format, or has 2 GiB or
   *     more
   * @throws IOException if the stream cannot be read
   */
  public static TensorFile read(InputStream stream, String name) throws IOException {
    if (stream == null) {
      throw new IllegalArgumentException(name + " is null");
    }
    return read(OpenFile.read(stream, name));
  }

  private static TensorFile read(OpenFile opened) throws IOException {
    var start = new byte[(int) Math.min(opened.size(), START_BYTES)];
    opened.read(0, ByteBuffer.wrap(start));
    // A model is to start soon, so its format comes first. The upper half of its header's length is
    // 0; the others' bytes there are not.
    if (start.length > JSON_BEGIN
        && start[JSON_BEGIN] == '{'
        && ByteBuffer.wrap(start).getInt(Integer.BYTES) == 0) {
      return Safetensors.read(opened);
    }
    String lone = lone(opened.file());
    if (TorchFile.isLegacy(start)) {
      return TorchFile.readLegacy(opened, lone);
    }
    if (NumpyFile.isArray(start)) {
      return NumpyFile.readArray(opened, lone);
    }
    if (start.length < Integer.BYTES
        || ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getInt()
            != ZipDirectory.LOCAL_SIGNATURE) {
      throw ForeignFile.refusal(opened);
    }
    var zip = ZipDirectory.read(opened);
    if (TorchFile.isIn(zip)) {
      return TorchFile.readZip(opened, zip, lone);
    }
    if (NumpyFile.isIn(zip)) {
      return NumpyFile.readZip(opened, zip);
    }
    throw ForeignFile.refusal(zip);
  }

  /** Returns the name of the only tensor of a file: "conv1.weight" of conv1.weight.npy. */
  private static String lone(Path file) {
    String name = String.valueOf(file.getFileName());
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  static TensorFile open(Path file, Reader format) throws IOException {
    var opened = OpenFile.open(file);
    TensorFile read = null;
    try {
      read = format.read(opened);
      return read;
    } finally {
      if (read == null) {
        opened.close();
      }
    }
  }

  /** {@return the file's path, or the name that was given to a stream} */
  public Path file() {
    return file.file();
  }

  /** {@return the format's name: "safetensors", "pytorch", "pytorch-legacy", "npy" or "npz"} */
  public String format() {
    return format;
  }

  /** {@return the file's own strings; for a model's file its network, labels and preprocessing} */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** {@return all tensors, in the file's order} */
  public Collection<StoredTensor> tensors() {
    return extents.values().stream().map(Extent::tensor).toList();
  }

  /**
   * {@return whether there is a tensor of this name}
   *
   * @param name a tensor's name
   */
  public boolean contains(String name) {
    return extents.containsKey(name);
  }

  /**
   * {@return a tensor's entry in the table of contents}
   *
   * @param name the tensor's name
   * @throws FormatException if there is no tensor of this name
   */
  public StoredTensor tensor(String name) throws FormatException {
    return extent(name).tensor();
  }

  /**
   * Returns a tensor's numbers as floats, row-major. Wider types are rounded to the nearest float;
   * booleans are 0 and 1.
   *
   * @param name the tensor's name
   * @return a new array
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
   * @param name the tensor's name
   * @param into the array that receives them
   * @param offset the place of the first
   * @throws IOException as {@link #floats(String)} does
   * @throws IndexOutOfBoundsException if they do not fit
   */
  public void floats(String name, float[] into, int offset) throws IOException {
    floats(name, 0, length(tensor(name)), into, offset);
  }

  /**
   * Reads {@code count} of a tensor's numbers, from number {@code from} on, as floats into {@code
   * into} from {@code offset} on.
   *
   * @param name the tensor's name
   * @param from the first number, row-major, from 0 on
   * @param count the number of numbers
   * @param into the array that receives them
   * @param offset the place of the first
   * @throws IOException as {@link #floats(String)} does
   * @throws IndexOutOfBoundsException if the tensor has fewer, or they do not fit
   */
  public void floats(String name, long from, int count, float[] into, int offset)
      throws IOException {
    var extent = extent(name);
    var type = extent.tensor().type();
    Objects.checkFromIndexSize(offset, count, into.length);
    extent.read(
        from,
        count,
        (chunk, at, converted) -> Conversions.toFloats(type, chunk, into, offset + at, converted));
  }

  /**
   * Returns a tensor's numbers as doubles, row-major, none of them rounded but whole ones beyond
   * 2^53; booleans are 0 and 1.
   *
   * @param name the tensor's name
   * @return a new array
   * @throws FormatException if there is no such tensor, or it has 2^31 elements or more
   */
  public double[] doubles(String name) throws IOException {
    var extent = extent(name);
    var type = extent.tensor().type();
    var values = new double[length(extent.tensor())];
    extent.read(
        0,
        values.length,
        (chunk, at, converted) -> Conversions.toDoubles(type, chunk, values, at, converted));
    return values;
  }

  /**
   * Returns a tensor's whole numbers, row-major; unsigned ones of 64 bits as their bits.
   *
   * @param name the tensor's name
   * @return a new array
   * @throws FormatException if there is no such tensor, its type is not one of whole numbers, or it
   *     has 2^31 elements or more
   */
  public long[] longs(String name) throws IOException {
    var extent = extent(name);
    var type = extent.tensor().type();
    if (!type.isWhole()) {
      throw new FormatException(
          "%s: tensor %s is of type %s, expected whole numbers"
              .formatted(file(), quote(name), type));
    }
    var values = new long[length(extent.tensor())];
    extent.read(
        0,
        values.length,
        (chunk, at, converted) -> Conversions.toLongs(type, chunk, values, at, converted));
    return values;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  Extent extent(String name) throws FormatException {
    var extent = extents.get(name);
    if (extent == null) {
      throw new FormatException("%s: holds no tensor %s".formatted(file(), quote(name)));
    }
    return extent;
  }

  private int length(StoredTensor tensor) throws FormatException {
    // A little less than 2^31 - 1: no JVM gives the very last lengths.
    if (tensor.elements() > Integer.MAX_VALUE - 8) {
      throw new FormatException(
          "%s: tensor %s has %,d elements, more than an array holds"
              .formatted(file(), quote(tensor.name()), tensor.elements()));
    }
    return (int) tensor.elements();
  }
}
