package stride.image.png;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.zip.CRC32;
import stride.format.FormatException;

/**
 * A PNG's chunks, one after the other: {@link #next} goes to the next one, whose name, length and
 * data's place are asked for then.
 */
final class Chunks {
  private static final int SIGNATURE = 8;
  private static final int LENGTH_AND_NAME = 8;
  private static final int CRC = 4;

  private final byte[] file;

  /** Where the next chunk begins. */
  private long next = SIGNATURE;

  private String name = "";
  private int begin;
  private long length;

  Chunks(byte[] file) {
    this.file = file;
  }

  /** A cursor of its own that stands where another one does. */
  Chunks(Chunks other) {
    file = other.file;
    next = other.next;
    name = other.name;
    begin = other.begin;
    length = other.length;
  }

  /** Returns whether the file ends before another chunk begins. */
  boolean isAtEnd() {
    return next > file.length - LENGTH_AND_NAME;
  }

  /**
   * Goes to the next chunk.
   *
   * @return whether there is one: the file does not end, and what stands there may be its name
   */
  boolean next() {
    if (isAtEnd()) {
      return false;
    }
    int at = (int) next;
    name = new String(file, at + 4, 4, ISO_8859_1);
    if (!name.chars().allMatch(c -> c < 128 && (Character.isLetterOrDigit(c) || c == '_'))) {
      return false;
    }
    length = Integer.toUnsignedLong(bigEndian(file, at));
    begin = at + LENGTH_AND_NAME;
    next = begin + length + CRC;
    return true;
  }

  boolean is(String wanted) {
    return name.equals(wanted);
  }

  /** Returns where the chunk's data begin in the file. */
  int begin() {
    return begin;
  }

  /** As many bytes as the chunk says it has. */
  long length() {
    return length;
  }

  /** As many bytes of the chunk's data as the file holds. */
  int there() {
    return (int) Math.min(length, file.length - begin);
  }

  /**
   * Checks that all of the chunk's data is there.
   *
   * @throws FormatException if the file ends before
   */
  void requireWhole() throws FormatException {
    if (there() < length) {
      throw new FormatException("the picture is truncated");
    }
  }

  /**
   * Checks the chunk's check sum.
   *
   * @throws FormatException if it is wrong or not there
   */
  void requireSound() throws FormatException {
    requireWhole();
    long end = begin + length;
    if (end + CRC > file.length) {
      throw new FormatException("the picture is truncated");
    }
    var crc = new CRC32();
    crc.update(file, begin - 4, 4 + (int) length);
    if ((int) crc.getValue() != bigEndian(file, (int) end)) {
      throw new FormatException(
          "the picture is damaged: the check sum of its chunk %s is wrong".formatted(name));
    }
  }

  /** Returns the chunk's number of 2 bytes at an offset. */
  int unsignedShort(int offset) {
    return (file[begin + offset] & 0xFF) << 8 | file[begin + offset + 1] & 0xFF;
  }

  private static int bigEndian(byte[] bytes, int at) {
    return bytes[at] << 24
        | (bytes[at + 1] & 0xFF) << 16
        | (bytes[at + 2] & 0xFF) << 8
        | bytes[at + 3] & 0xFF;
  }

  /**
   * Returns the chunk's number of 4 bytes at an offset; what is too large for an int is negative.
   */
  int signedInt(int offset) {
    return bigEndian(file, begin + offset);
  }

  int unsignedByte(int offset) {
    return file[begin + offset] & 0xFF;
  }

  /** Returns the chunk's data. */
  byte[] data() {
    return java.util.Arrays.copyOfRange(file, begin, begin + (int) length);
  }
}
