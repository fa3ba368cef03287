package stride.image.png;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.zip.CRC32;
import stride.format.FormatException;

/**
 * A PNG's chunks, one after the other: {@link #next} moves to the next one, whose name, length and
 * data can then be read.
 */
final class Chunks {
  private static final int SIGNATURE = 8;
  private static final int LENGTH_AND_NAME = 8;
  private static final int CRC = 4;

  private final byte[] file;

  /** The place of the next chunk. */
  private long next = SIGNATURE;

  private String name = "";
  private int begin;
  private long length;

  Chunks(byte[] file) {
    this.file = file;
  }

  /** Makes a separate cursor at the place of another one. */
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
   * @return whether there is one: the file does not end, and the bytes there may be its name
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

  /** Returns the place of the chunk's data in the file. */
  int begin() {
    return begin;
  }

  /** Returns the chunk's length as its header claims it. */
  long length() {
    return length;
  }

  /** Returns the number of bytes of the chunk's data that the file holds. */
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
   * Returns the chunk's number of 4 bytes at an offset; numbers too large for an int are negative.
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
