package stride.image.bmp;

import stride.format.FormatException;

/** Numbers of a file, little-endian. */
record Fields(byte[] file) {
  int unsignedShort(long at) throws FormatException {
    require(at, 2);
    int from = (int) at;
    return file[from] & 0xFF | (file[from + 1] & 0xFF) << 8;
  }

  long unsignedInt(long at) throws FormatException {
    return unsignedShort(at) | (long) unsignedShort(at + 2) << 16;
  }

  /**
   * Checks that bytes are there.
   *
   * @throws FormatException if the file ends before
   */
  void require(long at, long length) throws FormatException {
    if (at + length > file.length) {
      throw new FormatException("the picture is truncated");
    }
  }
}
