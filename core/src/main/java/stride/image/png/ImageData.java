package stride.image.png;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import stride.format.FormatException;

/**
 * The rows of a picture, inflated one at a time from the chunks that hold them (IDAT).
 *
 * <p>The stream is read in the same pieces as PIL reads it: bytes after the last row, such as a
 * check sum, count only if they are in the same piece as the row's end.
 */
final class ImageData implements AutoCloseable {
  private static final int PIECE = 1 << 16;

  private final byte[] file;
  private final Chunks chunks;
  private final Inflater inflater = new Inflater();

  /** The number of the chunk's bytes that have been given to the inflater. */
  private long given;

  private boolean ended;

  /**
   * @param chunks the cursor, at the first of the chunks
   */
  ImageData(byte[] file, Chunks chunks) {
    this.file = file;
    this.chunks = chunks;
  }

  /**
   * Reads the next row, which begins with its filter. If the stream ends after a whole row, all
   * other rows are 0, as in PIL.
   *
   * @throws FormatException if the stream is damaged, or ends within the row
   */
  void read(byte[] row, int length) throws FormatException {
    if (ended) {
      Arrays.fill(row, 0, length, (byte) 0);
      return;
    }
    int filled = 0;
    while (filled < length) {
      if (inflater.finished()) {
        throw new FormatException("the picture is truncated");
      }
      if (inflater.needsInput()) {
        giveMore();
      }
      try {
        filled += inflater.inflate(row, filled, length - filled);
      } catch (DataFormatException e) {
        throw new FormatException(
            "the picture is damaged: its data cannot be inflated"
                + (e.getMessage() == null ? "" : " (" + e.getMessage() + ")"),
            e);
      }
      if (inflater.needsDictionary()) {
        throw new FormatException("the picture is damaged: its data ask for a dictionary");
      }
    }
    ended = inflater.finished();
  }

  private void giveMore() throws FormatException {
    while (given >= chunks.length()) {
      // Drafts of the format named IDAT DDAT, and PIL still accepts it.
      if (!chunks.next() || !(chunks.is("IDAT") || chunks.is("DDAT"))) {
        throw new FormatException("the picture is truncated");
      }
      given = 0;
    }
    int there = (int) Math.min(chunks.there() - given, PIECE);
    if (there <= 0) {
      throw new FormatException("the picture is truncated");
    }
    inflater.setInput(file, chunks.begin() + (int) given, there);
    given += there;
  }

  @Override
  public void close() {
    inflater.end();
  }
}
