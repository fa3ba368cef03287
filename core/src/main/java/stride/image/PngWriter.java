package stride.image;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/**
 * Writes pictures of 8 bits as PNG (ISO/IEC 15948), each row as its difference from the one above.
 */
final class PngWriter {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

  /** The colour types of 1 to 4 channels. */
  private static final int[] COLOUR_TYPES = {0, 4, 2, 6};

  /** The filter that subtracts the byte above. */
  private static final int UP = 2;

  private PngWriter() {}

  /**
   * Returns the pixels if they can be a picture.
   *
   * @throws IllegalArgumentException if they have more than 4 channels
   */
  static Pixels requirePicture(Pixels pixels) {
    if (pixels.channels() > COLOUR_TYPES.length) {
      throw new IllegalArgumentException(
          "a picture must have 1 to 4 channels (grey or colour, with or without opacity), found %d"
              .formatted(pixels.channels()));
    }
    return pixels;
  }

  /** Returns the bytes of a file. */
  static byte[] written(Pixels pixels) {
    requirePicture(pixels);
    var file = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(file)) {
      out.write(SIGNATURE);
      chunk(out, "IHDR", header(pixels));
      chunk(out, "IDAT", rows(pixels));
      chunk(out, "IEND", new byte[0]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file.toByteArray();
  }

  private static byte[] header(Pixels pixels) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeInt(pixels.width());
      out.writeInt(pixels.height());
      out.writeByte(8);
      out.writeByte(COLOUR_TYPES[pixels.channels() - 1]);
      // Deflate, the standard's filters, not interlaced.
      out.write(new byte[3]);
    }
    return bytes.toByteArray();
  }

  private static byte[] rows(Pixels pixels) throws IOException {
    var bytes = new ByteArrayOutputStream();
    int length = pixels.width() * pixels.channels();
    var row = new byte[1 + length];
    row[0] = UP;
    try (var out = new DeflaterOutputStream(bytes)) {
      for (int y = 0; y < pixels.height(); y++) {
        for (int i = 0; i < length; i++) {
          int at = y * length + i;
          row[1 + i] = (byte) (pixels.data()[at] - (y == 0 ? 0 : pixels.data()[at - length]));
        }
        out.write(row);
      }
    }
    return bytes.toByteArray();
  }

  private static void chunk(DataOutputStream out, String type, byte[] data) throws IOException {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    var crc = new CRC32();
    crc.update(name);
    crc.update(data);
    out.writeInt(data.length);
    out.write(name);
    out.write(data);
    out.writeInt((int) crc.getValue());
  }
}
