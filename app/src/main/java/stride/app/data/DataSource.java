package stride.app.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import stride.app.console.UsageException;
import stride.data.boxes.BoxFormat;
import stride.data.boxes.BoxLayout;

/**
 * Data as the command line names them: a data set that is known by name, a folder of pictures, a
 * table of files and their labels, or pictures with boxes. A known name means the data set even
 * where a folder is called the same; {@code ./NAME} is the folder.
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

  /** Pictures in which objects are marked. */
  record Boxes(BoxLayout layout) implements DataSource {
    @Override
    public String toString() {
      return layout.folder().toString();
    }

    /**
     * Says that a command that is about the classes of whole pictures does not take them.
     *
     * @param what the command or network, with its verb: "lenet5 says"
     */
    public UsageException notClasses(String what) {
      return new UsageException(
          "%s holds pictures with boxes (%s), and %s which class a whole picture has"
              .formatted(this, layout.format().key(), what));
    }
  }

  /**
   * Tells what is named, without reading its pictures.
   *
   * @param files the folder of a known data set's files; null if it is not given
   * @throws IllegalArgumentException if there is nothing of that name; the message lists the data
   *     sets
   * @throws UsageException if files are given for anything but a data set
   * @throws IOException if a folder cannot be read
   */
  static DataSource of(String name, @Nullable Path files) throws IOException {
    return of(name, files, null);
  }

  /**
   * Tells what is named, without reading its pictures.
   *
   * @param files the folder of a known data set's files; null if it is not given
   * @param format of boxes; null to tell by what lies there whether there are boxes
   * @throws IllegalArgumentException if there is nothing of that name; the message lists the data
   *     sets
   * @throws UsageException if files are given for anything but a data set
   * @throws IOException if a folder cannot be read, or does not hold boxes in the format
   */
  static DataSource of(String name, @Nullable Path files, @Nullable BoxFormat format)
      throws IOException {
    if (DataSets.isKnown(name)) {
      if (format != null) {
        throw new UsageException(
            "--format goes with pictures with boxes, %s is a data set of classes".formatted(name));
      }
      return new Named(name, files);
    }
    var path = Path.of(name);
    if (!Files.exists(path)) {
      throw new IllegalArgumentException(
          "there is no data set, folder or table %s; the data sets are %s"
              .formatted(name, String.join(", ", DataSets.names())));
    }
    var found = inFile(path, format);
    if (files != null) {
      throw new UsageException(
          "--data-dir goes with the name of a data set, %s is a %s"
              .formatted(name, Files.isDirectory(path) ? "folder" : "table"));
    }
    return found;
  }

  private static DataSource inFile(Path path, @Nullable BoxFormat format) throws IOException {
    if (format != null) {
      return new Boxes(BoxLayout.of(path, format));
    }
    var boxes = BoxLayout.find(path);
    if (boxes.isPresent()) {
      return new Boxes(boxes.get());
    }
    return Files.isDirectory(path) ? new Folder(path) : new Table(path);
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
