package stride.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import stride.format.FileException;

/** Reads the folders of data sets. */
public final class Folders {
  /** Files that operating systems leave in folders, in lower case. */
  private static final Set<String> OF_SYSTEMS =
      Set.of(
          "thumbs.db",
          "ehthumbs.db",
          "desktop.ini",
          "__macosx",
          "@eadir",
          "$recycle.bin",
          "system volume information",
          "lost+found");

  private Folders() {}

  /**
   * Returns the files in a folder and below, in the order of their names, folder by folder.
   *
   * <p>Hidden files are passed over: names that begin with a dot, and files that operating systems
   * leave, such as {@code Thumbs.db} and {@code __MACOSX}. Links are followed, but no folder and no
   * file is found twice: a link to a place inside the folder itself, or to a folder that contains
   * it, is not followed.
   *
   * @param folder where to start
   * @param depth the number of levels to read: 1 for the folder's own files
   * @param passedOver receives links that lead nowhere and files that cannot be read, each as a
   *     phrase that names it and says why
   * @return the files
   * @throws FileException if {@code folder} is not a folder or cannot be read
   * @throws IOException if reading a folder fails
   */
  public static List<Path> files(Path folder, int depth, Consumer<String> passedOver)
      throws IOException {
    return new FolderWalk(folder, passedOver).files(depth);
  }

  /**
   * Checks that a path is a folder.
   *
   * @param folder the path
   * @throws FileException if it does not exist or is not a folder
   */
  public static void require(Path folder) throws FileException {
    if (!Files.isDirectory(folder)) {
      throw new FileException(
          "cannot read %s: %s"
              .formatted(
                  folder, Files.exists(folder) ? "it is not a folder" : "there is no such folder"));
    }
  }

  /**
   * Returns the contents of a folder, in the order of their names.
   *
   * @throws FileException if it is not a folder or cannot be read
   */
  static List<Path> list(Path folder) throws IOException {
    require(folder);
    try (var found = Files.list(folder)) {
      return found.sorted(Comparator.comparing(Folders::name)).toList();
    } catch (UncheckedIOException e) {
      throw FileException.reading(folder, new IOException(e.getMessage(), e));
    } catch (IOException e) {
      throw FileException.reading(folder, e);
    }
  }

  /**
   * Returns the contents of a folder without hidden files, in the order of their names.
   *
   * @param folder the folder
   * @return its visible files and folders
   * @throws FileException if it is not a folder or cannot be read
   * @throws IOException if reading it fails
   */
  public static List<Path> visible(Path folder) throws IOException {
    return list(folder).stream().filter(entry -> !isHidden(entry)).toList();
  }

  /** Whether a file or folder is one that {@link #files} passes over. */
  static boolean isHidden(Path file) {
    String name = name(file);
    return name.startsWith(".") || OF_SYSTEMS.contains(name.toLowerCase(Locale.ROOT));
  }

  /** Returns the last part of a file's path. */
  static String name(Path file) {
    return String.valueOf(file.getFileName());
  }
}
