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

/** What lies in the folders of data sets. */
public final class Folders {
  /** What systems leave in folders beside what people put there, in lower case. */
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
   * Finds the files in a folder and below, in the order of the names, folder by folder.
   *
   * <p>What is hidden is passed over: names that begin with a dot, and what systems leave behind,
   * such as {@code Thumbs.db} and {@code __MACOSX}. Links are followed, but no folder and no file
   * is found twice: a link to what lies in the folder itself, or around it, leads nowhere.
   *
   * @param depth how many levels are looked into: 1 for the folder's own files
   * @param passedOver hears of links that lead nowhere and of what cannot be read, each as a phrase
   *     that names it and says why
   * @throws FileException if {@code folder} is no folder or cannot be read
   */
  public static List<Path> files(Path folder, int depth, Consumer<String> passedOver)
      throws IOException {
    return new FolderWalk(folder, passedOver).files(depth);
  }

  /**
   * Refuses what is no folder.
   *
   * @throws FileException if it is not there or something else
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
   * What a folder holds, in the order of the names.
   *
   * @throws FileException if it is no folder or cannot be read
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

  /** What a folder holds but hidden files, in the order of the names; see {@link #list}. */
  static List<Path> visible(Path folder) throws IOException {
    return list(folder).stream().filter(entry -> !isHidden(entry)).toList();
  }

  /** Whether a file or folder is one that {@link #files} passes over. */
  static boolean isHidden(Path file) {
    String name = name(file);
    return name.startsWith(".") || OF_SYSTEMS.contains(name.toLowerCase(Locale.ROOT));
  }

  /** A file's own name. */
  static String name(Path file) {
    return String.valueOf(file.getFileName());
  }
}
