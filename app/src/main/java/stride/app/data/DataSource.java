package stride.app.data;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import stride.app.console.UsageException;

/**
 * Data as the command line names them: a data set that is known by name, a folder of pictures, or a
 * table of files and their labels. A known name means the data set even where a folder is called
 * the same; {@code ./NAME} is the folder.
 */
public sealed interface DataSource {

  /**
   * A data set that is known by name.
   *
   * @param folder of its files; null for those that ship with Stride, are installed or downloaded
   */
  record Named(String name, @Nullable Path folder) implements DataSource {
    /** Finds it, without reading it. */
    public DataSets.Source source() {
      return DataSets.find(name, folder);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** A folder of pictures. */
  record Folder(Path path) implements DataSource {
    @Override
    public String toString() {
      return path.toString();
    }
  }

  /** A table of files and their labels. */
  record Table(Path path) implements DataSource {
    @Override
    public String toString() {
      return path.toString();
    }
  }

  /**
   * Tells what is named, without reading it.
   *
   * @param files the folder of a known data set's files; null if it is not given
   * @throws IllegalArgumentException if there is nothing of that name; the message lists the data
   *     sets
   * @throws UsageException if files are given for anything but a data set
   */
  static DataSource of(String name, @Nullable Path files) {
    if (DataSets.isKnown(name)) {
      return new Named(name, files);
    }
    var path = Path.of(name);
    if (!Files.exists(path)) {
      throw new IllegalArgumentException(
          "there is no data set, folder or table %s; the data sets are %s"
              .formatted(name, String.join(", ", DataSets.names())));
    }
    var found = Files.isDirectory(path) ? new Folder(path) : new Table(path);
    if (files != null) {
      throw new UsageException(
          "--data-dir goes with the name of a data set, %s is a %s"
              .formatted(name, found instanceof Folder ? "folder" : "table"));
    }
    return found;
  }

  /**
   * Returns a name of the same data that holds in every working directory: a path becomes absolute,
   * a data set's name, and a name of nothing, stay as they are.
   */
  static String lasting(String name) {
    return DataSets.isKnown(name) || !Files.exists(Path.of(name))
        ? name
        : Path.of(name).toAbsolutePath().normalize().toString();
  }

  /** Returns whether a name is that of a data set. */
  static boolean isNamed(String name) {
    return DataSets.isKnown(name);
  }

  /** Returns whether the data are pictures in files. */
  default boolean isPictures() {
    return !(this instanceof Named);
  }

  /**
   * Refuses options that are about pictures in files.
   *
   * @param options with their verb: "--skip-broken goes"
   * @throws UsageException if the data are a data set that is known by name
   */
  default void requirePictures(String options) {
    if (!isPictures()) {
      throw new UsageException(
          "%s with pictures in files, %s is a data set".formatted(options, this));
    }
  }
}
