package stride.data.idx;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.ZipException;
import stride.format.FileException;
import stride.format.FormatException;

/**
 * A file in MNIST's IDX format: unsigned bytes with up to 255 dimensions. It may be gzipped,
 * whatever its name says.
 *
 * <p>The format is LeCun's: two zero bytes, the type (8 for unsigned bytes), the number of
 * dimensions, each size as a big-endian int, then the data, row-major.
 *
 * @param name the file's name, for messages
 * @param sizes the sizes of the dimensions, outermost first
 * @param data the bytes; their number is the product of the sizes
 */
public record IdxFile(String name, List<Integer> sizes, byte[] data) {
  private static final int UNSIGNED_BYTE = 8;
  private static final int BUFFER = 1 << 16;

  /**
   * The bytes allocated on the strength of the header alone; more only after as much data has been
   * read.
   */
  private static final int FIRST_BYTES = 1 << 16;

  /** The JVM cannot allocate arrays of the last few lengths below 2^31. */
  private static final int MAX_BYTES = Integer.MAX_VALUE - 8;

  /** Copies the list of sizes. */
  public IdxFile {
    sizes = List.copyOf(sizes);
  }

  /**
   * Reads a file.
   *
   * @param file the file
   * @return its contents
   * @throws FormatException if it is truncated, oversized, damaged or of another format
   * @throws FileException if it cannot be read
   * @throws IOException if reading fails
   */
  public static IdxFile read(Path file) throws IOException {
    FileException.requireFile(file);
    try (var in = Files.newInputStream(file)) {
      return read(in, file.toString());
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  /**
   * Reads a stream to its end; does not close it.
   *
   * @param in the stream
   * @param name the file's name, for messages
   * @return its contents
   * @throws FormatException if it is truncated, oversized, damaged or of another format
   * @throws IOException if reading fails
   */
  public static IdxFile read(InputStream in, String name) throws IOException {
    var buffered = new BufferedInputStream(in, BUFFER);
    buffered.mark(2);
    boolean gzipped =
        buffered.read() == GzipStream.MAGIC_1 && buffered.read() == GzipStream.MAGIC_2;
    buffered.reset();
    if (!gzipped) {
      return readPlain(buffered, name);
    }
    try (var unzipped = new GzipStream(buffered)) {
      return readPlain(unzipped, name);
    } catch (ZipException e) {
      throw new FormatException(
          "%s: the gzip data are damaged: %s".formatted(name, e.getMessage()), e);
    } catch (EOFException e) {
      throw new FormatException(name + ": the gzip data are truncated", e);
    }
  }

  private static IdxFile readPlain(InputStream in, String name) throws IOException {
    byte[] magic = header(in, 4, name);
    if (magic[0] != 0 || magic[1] != 0) {
      throw new FormatException(
          "%s: begins with the bytes %02x %02x, an IDX file begins with 00 00"
              .formatted(name, magic[0], magic[1]));
    }
    if (magic[2] != UNSIGNED_BYTE) {
      throw new FormatException(
          "%s: holds numbers of type 0x%02x, expected unsigned bytes (0x%02x)"
              .formatted(name, magic[2], UNSIGNED_BYTE));
    }
    int rank = magic[3] & 0xFF;
    if (rank == 0) {
      throw new FormatException(name + ": has no dimensions, expected at least one");
    }
    byte[] header = header(in, 4 * rank, name);
    var sizes = new int[rank];
    long length = 1;
    for (int d = 0; d < rank; d++) {
      sizes[d] = ByteBuffer.wrap(header).getInt(4 * d);
      // Cannot overflow: both factors are below 2^31 while the check below holds.
      length *= Math.max(sizes[d], 0);
      if (sizes[d] < 0 || length > MAX_BYTES) {
        throw new FormatException(
            "%s: claims sizes of %s, at most %,d bytes are read"
                .formatted(name, joined(Arrays.copyOf(sizes, d + 1)), MAX_BYTES));
      }
    }
    byte[] data = data(in, (int) length, name, joined(sizes));
    if (in.read() >= 0) {
      throw new FormatException(
          "%s: more bytes follow the %,d that its header claims (%s)"
              .formatted(name, length, joined(sizes)));
    }
    return new IdxFile(name, IntStream.of(sizes).boxed().toList(), data);
  }

  private static byte[] header(InputStream in, int length, String name) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new FormatException(
          "%s: ends inside its header, expected %d more bytes"
              .formatted(name, length - bytes.length));
    }
    return bytes;
  }

  private static byte[] data(InputStream in, int length, String name, String claimed)
      throws IOException {
    var data = new byte[Math.min(length, FIRST_BYTES)];
    int filled = 0;
    while (filled < length) {
      if (filled == data.length) {
        data = Arrays.copyOf(data, (int) Math.min(length, 4L * data.length));
      }
      int read = in.read(data, filled, data.length - filled);
      if (read < 0) {
        throw new FormatException(
            "%s: is truncated: its header claims %,d bytes (%s), it holds %,d"
                .formatted(name, length, claimed, filled));
      }
      filled += read;
    }
    return data;
  }

  private static String joined(int[] sizes) {
    return IntStream.of(sizes)
        .mapToObj(size -> Long.toString(Integer.toUnsignedLong(size)))
        .collect(Collectors.joining("x"));
  }
}
