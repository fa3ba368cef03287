package stride.app.data;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import stride.format.FileException;
import stride.format.FileNames;
import stride.format.FormatException;
import stride.image.Image;
import stride.image.Picture;
import stride.image.PictureOptions;
import stride.image.Pictures;
import stride.image.Preprocessing;

/**
 * Pictures in order. The next one is decoded on a thread of its own while the caller does something
 * else with the one before, or reads the model.
 */
public final class PicturesAhead implements AutoCloseable {
  private final List<Path> files;
  private final PictureOptions options;
  private int done;
  private @Nullable CompletableFuture<Picture> ahead;

  public PicturesAhead(List<Path> files, PictureOptions options) {
    this.files = List.copyOf(files);
    this.options = options;
    start();
  }

  public boolean hasNext() {
    return done < files.size();
  }

  /** How many pictures there are in all. */
  public int count() {
    return files.size();
  }

  /** The file of the next picture. */
  public Path file() {
    if (!hasNext()) {
      throw new NoSuchElementException("there are %d pictures".formatted(files.size()));
    }
    return files.get(done);
  }

  /**
   * The next picture, as a network's input, not yet normalised.
   *
   * @throws IOException if it is no picture, or one that cannot be prepared; the message names it,
   *     and the one after it is next
   */
  public Image next(Preprocessing preprocessing) throws IOException {
    var file = file();
    var picture = next();
    try {
      return preprocessing.prepare(picture);
    } catch (FormatException e) {
      throw new FormatException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * The next picture as it is.
   *
   * @throws IOException if it is no picture; the message names it, and the one after it is next
   */
  public Picture next() throws IOException {
    var _ = file();
    var decoding = requireNonNull(ahead);
    done++;
    try {
      return decoding.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof UncheckedIOException failed) {
        throw failed.getCause();
      }
      throw e;
    } finally {
      start();
    }
  }

  private void start() {
    if (!hasNext()) {
      ahead = null;
      return;
    }
    var file = files.get(done);
    ahead =
        CompletableFuture.supplyAsync(
            () -> decode(file, options),
            task -> Thread.ofPlatform().daemon().name("pictures").start(task));
  }

  private static Picture decode(Path file, PictureOptions options) {
    try {
      if (!FileNames.isText(file)) {
        // Whoever reads the answer could not tell what it is about.
        throw new FileException(FileNames.complaint(file));
      }
      return Pictures.decode(file, options);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for the picture that is being decoded, so that its file is closed. */
  @Override
  public void close() {
    if (ahead != null) {
      ahead.handle((picture, failure) -> 0).join();
    }
  }
}
