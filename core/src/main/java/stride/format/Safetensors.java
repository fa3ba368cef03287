package stride.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;

/**
 * The reader of safetensors files.
 *
 * <p>The format is Hugging Face's: 8 bytes of header length (little-endian), a JSON header, then
 * the tensors' bytes, little-endian and row-major.
 */
public final class Safetensors {
  private static final int PREFIX_BYTES = 8;

  private Safetensors() {}

  /**
   * Opens a file and reads its table of contents.
   *
   * @param file the file
   * @return the open file, which the caller closes
   * @throws FormatException if it violates the format
   * @throws FileException if it cannot be read
   */
  public static TensorFile open(Path file) throws IOException {
    return TensorFile.open(file, Safetensors::read);
  }

  static TensorFile read(OpenFile opened) throws IOException {
    var file = opened.file();
    long size = opened.size();
    if (size < PREFIX_BYTES) {
      throw new FormatException(
          "%s: has %d bytes, a safetensors file begins with 8 bytes of header length"
              .formatted(file, size));
    }
    var prefix = ByteBuffer.allocate(PREFIX_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    opened.read(0, prefix);
    long headerBytes = prefix.getLong(0);
    if (headerBytes < 0 || headerBytes > SafetensorsHeader.MAX_BYTES) {
      throw new FormatException(
          "%s: claims a header of %s bytes, at most %,d are allowed: it is no safetensors file"
              .formatted(file, Long.toUnsignedString(headerBytes), SafetensorsHeader.MAX_BYTES));
    }
    long dataStart = PREFIX_BYTES + headerBytes;
    if (dataStart > size) {
      throw new FormatException(
          "%s: claims a header of %d bytes, only %d follow: it is truncated, download it again"
              .formatted(file, headerBytes, size - PREFIX_BYTES));
    }
    byte[] json = opened.part(PREFIX_BYTES, headerBytes).all();
    var header = SafetensorsHeader.read(file.toString(), json, size - dataStart);
    var extents = new LinkedHashMap<String, Extent>();
    header
        .entries()
        .forEach(
            (name, entry) ->
                extents.put(
                    name,
                    new Extent(
                        entry.tensor(),
                        opened,
                        dataStart + entry.begin(),
                        ByteOrder.LITTLE_ENDIAN)));
    return new TensorFile(opened, "safetensors", header.metadata(), extents);
  }
}
