package stride.spark;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/** A task's pictures that came in rows, in one file on this machine's disk. */
final class SpilledFiles implements TrainingPictures.Files, AutoCloseable {
  private final PictureTable table;
  private final Path folder;
  private final FileChannel channel;
  private final Map<PictureKey, Place> places = new HashMap<>();

  private record Place(long at, int length) {}

  /**
   * Writes pictures to disk.
   *
   * @param table all pictures
   * @param disk a folder for temporary files
   * @param pictures those of this task; equal ones are kept once
   * @throws IOException if the disk does not take them; then nothing is left there
   */
  SpilledFiles(PictureTable table, Path disk, Iterator<PictureRows.Picture> pictures)
      throws IOException {
    this.table = table;
    folder = Files.createTempDirectory(disk, "stride-pictures");
    channel =
        FileChannel.open(
            folder.resolve("pictures"),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.READ);
    try {
      while (pictures.hasNext()) {
        var picture = pictures.next();
        if (!places.containsKey(picture.key())) {
          places.put(picture.key(), write(picture.file(), channel));
        }
      }
    } catch (Throwable failure) {
      // Spark's iterators throw exceptions that they do not declare.
      try {
        close(channel, folder);
      } catch (IOException e) {
        failure.addSuppressed(e);
      }
      throw failure;
    }
  }

  private static Place write(byte[] file, FileChannel channel) throws IOException {
    var place = new Place(channel.position(), file.length);
    var bytes = ByteBuffer.wrap(file);
    while (bytes.hasRemaining()) {
      var _ = channel.write(bytes);
    }
    return place;
  }

  /** Whether a picture came. */
  boolean has(int picture) {
    return places.containsKey(table.key(picture));
  }

  @Override
  public byte[] read(int picture) throws IOException {
    var place = places.get(table.key(picture));
    if (place == null) {
      throw new IOException("it is not on this machine");
    }
    var bytes = ByteBuffer.allocate(place.length);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, place.at + bytes.position()) < 0) {
        throw new IOException("the pictures of the rows are no longer on this machine's disk");
      }
    }
    return bytes.array();
  }

  @Override
  public String named(int picture) {
    return "picture %d of the rows: ".formatted(picture);
  }

  @Override
  public void close() throws IOException {
    close(channel, folder);
  }

  private static void close(FileChannel channel, Path folder) throws IOException {
    try {
      channel.close();
    } finally {
      TemporaryFolder.delete(folder);
    }
  }
}
