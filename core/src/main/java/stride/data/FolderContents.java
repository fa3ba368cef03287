package stride.data;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import stride.image.Pictures;

/**
 * The contents of a folder, read as far as is needed to decide what the folder is.
 *
 * @param path the folder
 * @param folders the folders in it that hold pictures, directly or below
 * @param synsets the synsets that the names of pictures directly in it begin with, as ImageNet's do
 * @param hasPictures whether it directly holds pictures with other names
 */
record FolderContents(Path path, List<Path> folders, Set<String> synsets, boolean hasPictures) {
  private static final Pattern SYNSET = Pattern.compile("(n\\d{8})_.*");

  /**
   * Reads a folder.
   *
   * @throws stride.format.FileException if it is not a folder or cannot be read
   */
  static FolderContents of(Path folder) throws IOException {
    var folders = new ArrayList<Path>();
    var synsets = new TreeSet<String>();
    boolean pictures = false;
    for (var entry : Folders.visible(folder)) {
      String name = Folders.name(entry);
      if (Files.isDirectory(entry)) {
        if (holdsPictures(entry)) {
          folders.add(entry);
        }
      } else if (Pictures.isPictureName(name)) {
        var synset = synset(name);
        if (synset.matches()) {
          synsets.add(synset.group(1));
        } else {
          pictures = true;
        }
      }
    }
    return new FolderContents(folder, List.copyOf(folders), synsets, pictures);
  }

  /**
   * Returns a matcher for the name of a picture that begins with its synset, which is the first
   * group.
   */
  static Matcher synset(String name) {
    return SYNSET.matcher(name);
  }

  /** Whether a folder holds pictures, directly or below; stops at the first. */
  static boolean holdsPictures(Path folder) {
    var unread = new ArrayDeque<Path>(List.of(folder));
    var known = new HashSet<Path>();
    while (!unread.isEmpty()) {
      var next = unread.remove();
      try (var entries = Files.newDirectoryStream(next)) {
        if (!known.add(next.toRealPath())) {
          continue;
        }
        for (var entry : entries) {
          if (Folders.isHidden(entry)) {
            continue;
          } else if (Files.isDirectory(entry)) {
            unread.add(entry);
          } else if (Pictures.isPictureName(Folders.name(entry))) {
            return true;
          }
        }
      } catch (IOException | DirectoryIteratorException e) {
        // Reading the pictures reports it.
      }
    }
    return false;
  }

  /**
   * Returns the names of its classes, in the form in which the names of two folders are compared.
   */
  Set<String> classes() {
    var names = new TreeSet<String>(synsets);
    folders.forEach(below -> names.add(ClassMatch.key(Folders.name(below))));
    return names;
  }

  /** Whether it holds pictures by classes. */
  boolean isDivided() {
    return !folders.isEmpty() || !synsets.isEmpty();
  }

  /** Whether it holds several folders with pictures and no other pictures, which no class does. */
  boolean isSurelyDivided() {
    return folders.size() > 1 && !hasPictures;
  }
}
