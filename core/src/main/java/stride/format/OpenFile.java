package stride.format;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A file that is open for reading, and its size when it was opened; or the bytes of a stream.
 *
 * @param file its name, for messages
 * @param content the source of its bytes
 * @param channel the channel to close at the end; null if there is none
 */
record OpenFile(Path file, Bytes content, @Nullable FileChannel channel)
    implements Bytes, AutoCloseable {
  /** Makes an open file of a stream's bytes. */
  private static final int MAX_BYTES = Integer.MAX_VALUE - 8;

  static OpenFile open(Path file) throws IOException {
    FileException.requireFile(file);
    FileChannel channel = null;
    OpenFile opened = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ);
      opened = new OpenFile(file, new Channel(file, channel, channel.size()), channel);
      return opened;
    } catch (IOException e) {
      throw FileException.reading(file, e);
    } finally {
      if (opened == null && channel != null) {
        channel.close();
      }
    }
  }

  /**
   * Reads all of a stream, which is not closed.
   *
   * @param name the file's name for messages
   * @throws FormatException if it has 2 GiB or more
   */
  static OpenFile read(InputStream stream, String name) throws IOException {
    byte[] bytes = stream.readNBytes(MAX_BYTES);
    if (bytes.length == MAX_BYTES) {
      throw new FormatException(
          "%s: has %,d bytes or more, which are read from a file only".formatted(name, MAX_BYTES));
    }
    return new OpenFile(Path.of(name), new Memory(bytes), null);
  }

  @Override
  public long size() {
    return content.size();
  }

  @Override
  public void read(long from, ByteBuffer into) throws IOException {
    content.read(from, into);
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }

  private record Channel(Path file, FileChannel channel, long size) implements Bytes {
    @Override
    public void read(long from, ByteBuffer into) throws IOException {
      long at = from;
      try {
        while (into.hasRemaining()) {
          int read = channel.read(into, at);
          if (read < 0) {
            throw new FormatException(
                "%s: ended at byte %d while it was read: another program has shortened it"
                    .formatted(file, at));
          }
          at += read;
        }
      } catch (IOException e) {
        throw FileException.reading(file, e);
      }
    }
  }

  private record Memory(byte[] bytes) implements Bytes {
    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public void read(long from, ByteBuffer into) {
      into.put(bytes, Math.toIntExact(from), into.remaining());
    }
  }
}
