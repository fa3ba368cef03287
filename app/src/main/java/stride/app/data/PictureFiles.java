package stride.app.data;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import stride.data.Folders;
import stride.format.FileException;
import stride.image.Pictures;

/** The pictures that a command line names: files, folders of them, and patterns of their names. */
public final class PictureFiles {
  private PictureFiles() {}

  /**
   * Finds them. A file stands for itself, whatever its name; a folder for all pictures in it and
   * below, by name; "photos/*.jpg", where the shell has not seen to it, for those that match.
   * Folders are read as trainings read them ({@link Folders#files}).
   *
   * @param passedOver hears of what cannot be read in folders, each as a phrase
   * @throws FileException if a folder or a pattern stands for none
   */
  public static List<Path> of(List<String> named, Consumer<String> passedOver) throws IOException {
    var files = new ArrayList<Path>();
    for (String name : named) {
      var path = path(name);
      if (path != null && Files.isDirectory(path)) {
        files.addAll(
            found(
                path,
                Integer.MAX_VALUE,
                file -> Pictures.isPictureName(String.valueOf(file.getFileName())),
                passedOver,
                name + ": the folder holds no pictures"));
      } else if (path != null && Files.exists(path) || !isPattern(name)) {
        files.add(path == null ? Path.of(name) : path);
      } else {
        files.addAll(matching(name, passedOver));
      }
    }
    return files;
  }

  /** Windows has no paths with a "*" in them. */
  private static @Nullable Path path(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private static boolean isPattern(String name) {
    return name.chars().anyMatch(c -> "*?[{".indexOf(c) >= 0);
  }

  private static List<Path> matching(String pattern, Consumer<String> passedOver)
      throws IOException {
    // The folder is what stands before the first part of the pattern that is one. A folder that is
    // there is none, whatever its name.
    int end = 0;
    boolean plain = true;
    for (int at = 0; at < pattern.length(); at++) {
      char c = pattern.charAt(at);
      plain &= "*?[{".indexOf(c) < 0;
      if (c == '/' || c == File.separatorChar) {
        var before = plain ? null : path(pattern.substring(0, at + 1));
        if (!plain && (before == null || !Files.isDirectory(before))) {
          break;
        }
        plain = true;
        end = at + 1;
      }
    }
    var folder = Path.of(pattern.substring(0, end));
    try {
      var below = pattern.substring(end);
      var matcher = FileSystems.getDefault().getPathMatcher("glob:" + below);
      return found(
          folder,
          below.contains("**") ? Integer.MAX_VALUE : below.split("[/\\\\]").length,
          file -> matcher.matches(folder.relativize(file)),
          passedOver,
          pattern + ": there is no such file, and none whose name matches");
    } catch (PatternSyntaxException e) {
      throw new FileException(pattern + ": there is no such file");
    }
  }

  /**
   * @param depth how many folders below are looked into, at most
   */
  private static List<Path> found(
      Path folder, int depth, Predicate<Path> wanted, Consumer<String> passedOver, String none)
      throws IOException {
    List<Path> files = List.of();
    if (Files.isDirectory(folder)) {
      files = Folders.files(folder, depth, passedOver).stream().filter(wanted).toList();
    }
    if (files.isEmpty()) {
      throw new FileException(none);
    }
    return files;
  }
}
