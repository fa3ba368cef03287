package stride.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that is open for reading, and its size when it was opened. */
record OpenFile(Path file, FileChannel channel, long size) implements Bytes, AutoCloseable {

  static OpenFile open(Path file) throws IOException {
    FileException.requireFile(file);
    FileChannel channel = null;
    OpenFile opened = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ);
      opened = new OpenFile(file, channel, channel.size());
      return opened;
    } catch (IOException e) {
      throw FileException.reading(file, e);
    } finally {
      if (opened == null && channel != null) {
        channel.close();
      }
    }
  }

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

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
