package stride.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

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

  /** The first directory is at the beginning, far before this place. */
  private static final int MAX_BYTES = 1 << 16;

  /** The most chunks or segments; no sensible file has as many. */
  private static final int MAX_CHUNKS = 10_000;

  private Exif() {}

  /** Returns the orientation in a PNG's eXIf chunk; as stored if there is none. */
  static Orientation inPng(byte[] file) {
    return inChunks(file, 8, "eXIf", false);
  }

  /** Returns the orientation in a WebP's EXIF chunk; as stored if there is none. */
  static Orientation inWebP(byte[] file) {
    return inChunks(file, 12, "EXIF", true);
  }

  /**
   * Looks through chunks of a type and a length.
   *
   * @param riff whether the length comes second, little-endian and padded, and not first with a
   *     check sum after the data
   */
  private static Orientation inChunks(byte[] file, int begin, String wanted, boolean riff) {
    var data = ByteBuffer.wrap(file).order(riff ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    byte[] name = wanted.getBytes(StandardCharsets.ISO_8859_1);
    long at = begin;
    for (int i = 0; i < MAX_CHUNKS && at <= file.length - 8; i++) {
      int head = (int) at;
      long length = Integer.toUnsignedLong(data.getInt(riff ? head + 4 : head));
      if (startsWith(file, riff ? head : head + 4, name)) {
        return of(part(file, head + 8, (int) Math.min(length, MAX_BYTES)));
      }
      at += 8 + length + (riff ? length & 1 : 4);
    }
    return Orientation.AS_STORED;
  }

  /** Returns {@code length} bytes of a file, or fewer if it ends before. */
  private static byte[] part(byte[] file, int from, int length) {
    return Arrays.copyOfRange(file, from, from + Math.clamp(length, 0, file.length - from));
  }

  /**
   * Reads the orientation in the first directory of a TIFF structure, which may have a JPEG's
   * prefix; a damaged one counts as one without an orientation.
   */
  static Orientation of(byte[] exif) {
    byte[] tiff =
        startsWith(exif, 0, PREFIX) ? Arrays.copyOfRange(exif, PREFIX.length, exif.length) : exif;
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

  private static boolean startsWith(byte[] data, int at, byte[] prefix) {
    return at + prefix.length <= data.length
        && Arrays.equals(data, at, at + prefix.length, prefix, 0, prefix.length);
  }
}
