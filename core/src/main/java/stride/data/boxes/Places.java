package stride.data.boxes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import stride.data.Folders;
import stride.image.Pictures;

/** Files and folders of a data set, by their names. */
final class Places {
  private Places() {}

  /** The last part of a path. */
  static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  /** The last part of a path without its suffix. */
  static String stem(Path path) {
    return withoutSuffix(name(path));
  }

  /** A path without the suffix of its last part. */
  static String withoutSuffix(String path) {
    int dot = path.lastIndexOf('.');
    return dot > path.lastIndexOf('/') + 1 ? path.substring(0, dot) : path;
  }

  /** A path with slashes, whatever system it is from, relative to a folder, without its suffix. */
  static String key(Path folder, Path file) {
    return withoutSuffix(folder.relativize(file).toString().replace('\\', '/'));
  }

  /** The visible folders in a folder, by their names. */
  static List<Path> folders(Path folder) throws IOException {
    return Folders.visible(folder).stream().filter(Files::isDirectory).toList();
  }

  /** The visible files in a folder whose names end so, by their names. */
  static Stream<Path> files(Path folder, String suffix) throws IOException {
    return Folders.visible(folder).stream()
        .filter(file -> hasSuffix(file, suffix) && Files.isRegularFile(file));
  }

  static boolean hasSuffix(Path file, String suffix) {
    return name(file).toLowerCase(Locale.ROOT).endsWith("." + suffix);
  }

  /** The pictures in a folder and below. */
  static List<Path> pictures(Path folder, Findings findings) throws IOException {
    var pictures = new ArrayList<Path>();
    for (var file : Folders.files(folder, Integer.MAX_VALUE, findings::passOver)) {
      if (Pictures.isPictureName(name(file))) {
        pictures.add(file);
      }
    }
    return pictures;
  }
}
