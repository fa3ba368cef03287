package stride.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import stride.format.FileException;
import stride.image.Pictures;

/**
 * One walk through a folder and everything below it. Links are followed after everything else has
 * been read, so that a folder is read at its own place, whichever link leads to it.
 */
final class FolderWalk {
  private final Path top;
  private final Consumer<String> passedOver;

  /** The real paths of folders that have been read, and of files that links have led to. */
  private final Set<Path> known = new HashSet<>();

  private final ArrayDeque<Folder> unread = new ArrayDeque<>();
  private final ArrayDeque<Link> links = new ArrayDeque<>();

  private sealed interface Entry permits Folder, Link, PlainFile {}

  private record PlainFile(Path path) implements Entry {}

  /**
   * A folder.
   *
   * @param path the path by which it was reached
   * @param real the path without any links
   * @param depth the number of levels to read
   * @param entries the contents in the order of their names; empty until it is read
   */
  private record Folder(Path path, Path real, int depth, List<Entry> entries) implements Entry {
    Folder(Path path, Path real, int depth) {
      this(path, real, depth, new ArrayList<>());
    }
  }

  /** A link and, once it has been followed, its target; none if that was read already. */
  private static final class Link implements Entry {
    private final Path path;
    private final int depth;
    private @Nullable Entry target;

    Link(Path path, int depth) {
      this.path = path;
      this.depth = depth;
    }
  }

  FolderWalk(Path top, Consumer<String> passedOver) {
    this.top = top;
    this.passedOver = passedOver;
  }

  /** See {@link Folders#files}. */
  List<Path> files(int depth) throws IOException {
    Folders.require(top);
    var whole = new Folder(top, real(top), depth);
    known.add(whole.real);
    for (var entry : Folders.visible(top)) {
      add(entry, whole);
    }
    readUnread();
    while (!links.isEmpty()) {
      follow(links.remove(), whole.real);
      readUnread();
    }
    var files = new ArrayList<Path>();
    collect(whole, files);
    return files;
  }

  private static Path real(Path folder) throws IOException {
    try {
      return folder.toRealPath();
    } catch (IOException e) {
      throw FileException.reading(folder, e);
    }
  }

  private void readUnread() {
    while (!unread.isEmpty()) {
      var folder = unread.remove();
      try {
        for (var entry : Folders.visible(folder.path)) {
          add(entry, folder);
        }
      } catch (IOException e) {
        passedOver.accept("%s, which cannot be read".formatted(folder.path));
      }
    }
  }

  private void add(Path path, Folder in) {
    BasicFileAttributes attributes;
    try {
      attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      passedOver.accept("%s, which cannot be read".formatted(path));
      return;
    }
    if (attributes.isSymbolicLink()) {
      var link = new Link(path, in.depth - 1);
      links.add(link);
      in.entries.add(link);
    } else if (attributes.isDirectory()) {
      var real = in.real.resolve(Folders.name(path));
      if (in.depth > 1 && known.add(real)) {
        in.entries.add(toRead(path, real, in.depth - 1));
      }
    } else if (attributes.isRegularFile()) {
      in.entries.add(new PlainFile(path));
    } else {
      passedOver.accept("%s, which is not a plain file".formatted(path));
    }
  }

  private Folder toRead(Path path, Path real, int depth) {
    var folder = new Folder(path, real, depth);
    unread.add(folder);
    return folder;
  }

  private void follow(Link link, Path whole) {
    Path real;
    try {
      real = link.path.toRealPath();
    } catch (NoSuchFileException e) {
      passedOver.accept("%s, a link to nothing".formatted(link.path));
      return;
    } catch (IOException e) {
      passedOver.accept("%s, a link that cannot be followed".formatted(link.path));
      return;
    }
    if (Files.isDirectory(real)) {
      if (link.depth < 1) {
        return;
      }
      if (whole.startsWith(real) || !known.add(real)) {
        passedOver.accept("%s, a link to %s, which is read already".formatted(link.path, real));
      } else {
        link.target = toRead(link.path, real, link.depth);
      }
    } else if (Files.isRegularFile(real)) {
      if (isListed(real, link.path) || !known.add(real)) {
        passedOver.accept("%s, a link to %s, which is read already".formatted(link.path, real));
      } else {
        link.target = new PlainFile(link.path);
      }
    } else {
      passedOver.accept("%s, which is not a plain file".formatted(link.path));
    }
  }

  /**
   * Whether a link's target is a visible file in a folder that is read, with the name of a picture
   * if the link has one.
   */
  private boolean isListed(Path real, Path link) {
    return known.contains(real.getParent())
        && !Folders.isHidden(real)
        && (Pictures.isPictureName(Folders.name(real))
            || !Pictures.isPictureName(Folders.name(link)));
  }

  private static void collect(Entry entry, List<Path> files) {
    switch (entry) {
      case PlainFile file -> files.add(file.path);
      case Folder folder -> folder.entries.forEach(below -> collect(below, files));
      case Link link -> {
        if (link.target != null) {
          collect(link.target, files);
        }
      }
    }
  }
}
