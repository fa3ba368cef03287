package stride.image;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.imageio.stream.ImageInputStream;

/**
 * The orientation that a camera wrote beside a picture (CIPA DC-008, Exif 2.32, tag 0x0112): in a
 * JPEG's APP1 segment, a PNG's eXIf chunk or a WebP's EXIF chunk.
 */
final class Exif {
  private static final int ORIENTATION = 0x0112;
  private static final int BYTE = 1;
  private static final int SHORT = 3;
  private static final int LONG = 4;
  private static final byte[] PREFIX = "Exif\0\0".getBytes(StandardCharsets.ISO_8859_1);

  /** The first directory stands at the beginning, far before this. */
  private static final int MOST_BYTES = 1 << 16;

  /** No file has as many chunks for a reason. */
  private static final int MOST_CHUNKS = 10_000;

  private Exif() {}

  /** The orientation that a PNG's eXIf chunk tells. The stream stands anywhere. */
  static Orientation inPng(ImageInputStream in) throws IOException {
    return inChunks(in, 8, "eXIf", false);
  }

  /** The orientation that a WebP's EXIF chunk tells. The stream stands anywhere. */
  static Orientation inWebP(ImageInputStream in) throws IOException {
    return inChunks(in, 12, "EXIF", true);
  }

  /**
   * Looks through chunks of a type and a length.
   *
   * @param riff whether the length comes second, little-endian and padded, and not first with a
   *     check sum behind the data
   */
  private static Orientation inChunks(ImageInputStream in, long begin, String wanted, boolean riff)
      throws IOException {
    long at = begin;
    try {
      for (int i = 0; i < MOST_CHUNKS; i++) {
        in.seek(at);
        in.setByteOrder(riff ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        long length = riff ? 0 : in.readUnsignedInt();
        var name = new byte[4];
        in.readFully(name);
        length = riff ? in.readUnsignedInt() : length;
        if (new String(name, StandardCharsets.ISO_8859_1).equals(wanted)) {
          var data = new byte[(int) Math.min(length, MOST_BYTES)];
          in.readFully(data);
          return orientation(
              startsWith(data, PREFIX)
                  ? Arrays.copyOfRange(data, PREFIX.length, data.length)
                  : data);
        }
        at += 8 + length + (riff ? length & 1 : 4);
      }
    } catch (EOFException e) {
      // Whoever decodes the picture finds out whether anything that it needs is missing.
    }
    return Orientation.AS_STORED;
  }

  /** Reads the first directory of a TIFF structure; whatever is wrong with it, it tells nothing. */
  static Orientation orientation(byte[] tiff) {
    if (tiff.length < 8) {
      return Orientation.AS_STORED;
    }
    var data = ByteBuffer.wrap(tiff);
    switch (data.getInt(0)) {
      case 0x49492A00 -> data.order(ByteOrder.LITTLE_ENDIAN);
      case 0x4D4D002A -> {}
      default -> {
        return Orientation.AS_STORED;
      }
    }
    long directory = Integer.toUnsignedLong(data.getInt(4));
    if (directory > tiff.length - 2) {
      return Orientation.AS_STORED;
    }
    int entries = Short.toUnsignedInt(data.getShort((int) directory));
    for (int i = 0; i < entries; i++) {
      long entry = directory + 2 + 12L * i;
      if (entry > tiff.length - 12) {
        break;
      }
      int at = (int) entry;
      if (Short.toUnsignedInt(data.getShort(at)) == ORIENTATION) {
        return Orientation.of(
            switch (data.getShort(at + 2)) {
              case BYTE -> data.get(at + 8);
              case SHORT -> data.getShort(at + 8);
              case LONG -> data.getInt(at + 8);
              default -> 0;
            });
      }
    }
    return Orientation.AS_STORED;
  }

  private static boolean startsWith(byte[] data, byte[] prefix) {
    return data.length >= prefix.length
        && Arrays.equals(data, 0, prefix.length, prefix, 0, prefix.length);
  }
}
