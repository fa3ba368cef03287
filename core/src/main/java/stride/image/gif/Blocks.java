package stride.image.gif;

import java.util.Arrays;
import stride.format.FormatException;

/** Reads a file from front to back; numbers are little-endian. */
final class Blocks {
  private final byte[] file;
  private int at;

  Blocks(byte[] file, int at) {
    this.file = file;
    this.at = at;
  }

  /** Returns the place of the next byte. */
  int position() {
    return at;
  }

  /**
   * Returns the next byte.
   *
   * @throws FormatException if the file ends before
   */
  int unsignedByte() throws FormatException {
    require(1);
    return file[at++] & 0xFF;
  }

  /** Returns the next two bytes. */
  int unsignedShort() throws FormatException {
    return unsignedByte() | unsignedByte() << 8;
  }

  /** Returns the next bytes. */
  byte[] bytes(int length) throws FormatException {
    require(length);
    at += length;
    return Arrays.copyOfRange(file, at - length, at);
  }

  /**
   * Returns the bytes of the next block, which begins with its length; none at the end of the
   * blocks.
   */
  byte[] block() throws FormatException {
    return bytes(unsignedByte());
  }

  private void require(int length) throws FormatException {
    if (length > file.length - at) {
      throw new FormatException("the picture is truncated");
    }
  }
}
