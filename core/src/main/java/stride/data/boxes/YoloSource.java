package stride.data.boxes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import stride.data.Folders;
import stride.data.MarkedPicture;
import stride.data.Split;
import stride.data.TrueBox;
import stride.format.FileException;
import stride.format.FormatException;
import stride.format.TextFile;
import stride.image.Pictures;

/**
 * YOLO's files in a folder: pictures in {@code images} and below, a text file of the same path for
 * each in {@code labels}, or beside it. Names of classes are in {@code data.yaml}, {@code
 * classes.txt} or {@code obj.names}; the parts are those of {@code data.yaml}, or folders such as
 * {@code images/train} or {@code train/images}. Pictures without a text file show nothing.
 *
 * @param names of the classes
 * @param sets for each part the folders of its pictures, or text files that list them
 * @param whole folders of all pictures, if there are no parts
 */
record YoloSource(
    Path folder, YoloNames names, Map<Split, List<Path>> sets, List<Path> whole, List<String> notes)
    implements BoxSource {
  private static final List<String> LISTS_OF_NAMES =
      List.of("classes.txt", "obj.names", "classes.names", "names.txt", "labels.txt");

  /** Finds the files; empty if there are none. */
  static Optional<YoloSource> find(Path folder) throws IOException {
    var yaml =
        Folders.visible(folder).stream()
            .filter(file -> Places.hasSuffix(file, "yaml") || Places.hasSuffix(file, "yml"))
            .filter(file -> Files.isRegularFile(file) && YoloNames.isYaml(file))
            .toList();
    if (yaml.size() > 1) {
      throw new FileException(
          "%s holds several files with names of classes, %s and %s; give one of them"
              .formatted(folder, yaml.get(0), yaml.get(1)));
    }
    if (!yaml.isEmpty()) {
      return Optional.of(ofYaml(yaml.getFirst()));
    }
    var labels = folder.resolve("labels");
    boolean apart = Files.isDirectory(labels) && Files.isDirectory(folder.resolve("images"));
    for (var place : List.of(folder, labels)) {
      for (String name : LISTS_OF_NAMES) {
        var file = place.resolve(name);
        if (Files.isRegularFile(file) && (apart || hasLabels(folder, file))) {
          return Optional.of(inFolders(folder, YoloNames.ofLines(file)));
        }
      }
    }
    if (apart && holdsText(labels)) {
      throw new FileException(
          "%s holds images/ and labels/, but no names of classes; add a file classes.txt with one a line, or data.yaml"
              .formatted(folder));
    }
    return Optional.empty();
  }

  private static boolean holdsText(Path folder) throws IOException {
    return Folders.files(folder, Integer.MAX_VALUE, _ -> {}).stream()
        .anyMatch(file -> Places.hasSuffix(file, "txt"));
  }

  /** Whether a text file lies beside a picture of its name, in a folder or below. */
  private static boolean hasLabels(Path folder, Path names) throws IOException {
    for (var file : Folders.files(folder, Integer.MAX_VALUE, _ -> {})) {
      if (Pictures.isPictureName(Places.name(file))) {
        var labels = labels(file);
        if (Files.isRegularFile(labels) && !labels.equals(names)) {
          return true;
        }
      }
    }
    return false;
  }

  /** The data of a YAML file. */
  static YoloSource ofYaml(Path file) throws IOException {
    var names = YoloNames.ofYaml(file);
    var beside = file.toAbsolutePath().getParent();
    var folder = file.getParent() == null ? beside : file.getParent();
    if (folder == null) {
      throw new FileException(file + ": is in no folder");
    }
    var parts = new EnumMap<Split, List<Path>>(Split.class);
    for (var split : Split.values()) {
      var written = names.paths().getOrDefault(split.toString(), List.of());
      var places = new ArrayList<Path>();
      for (String path : written) {
        places.add(place(folder, names, split, path));
      }
      if (!places.isEmpty()) {
        parts.put(split, places);
      }
    }
    return parts.isEmpty()
        ? inFolders(folder, names)
        : new YoloSource(folder, names, parts, List.of(), List.of());
  }

  /** A path of a YAML file: relative to its path, or to the file, or as others have moved it. */
  private static Path place(Path folder, YoloNames names, Split split, String written)
      throws FileException {
    String path = written.replace('\\', '/');
    var bases = new ArrayList<Path>();
    try {
      for (String base : names.paths().getOrDefault("path", List.of())) {
        bases.add(folder.resolve(base.replace('\\', '/')));
      }
      bases.add(folder);
      // Written for a program that is started in another folder.
      for (String tried : List.of(path, path.startsWith("../") ? path.substring(3) : path)) {
        for (var base : bases) {
          var place = base.resolve(tried).normalize();
          if (Files.exists(place)) {
            return place;
          }
        }
      }
    } catch (InvalidPathException e) {
      // No file has such a name.
    }
    throw new FileException(
        "%s: %s is %s, and there is no such folder or list of pictures"
            .formatted(names.file(), split, FormatException.quote(written)));
  }

  private static YoloSource inFolders(Path folder, YoloNames names) throws IOException {
    var images = folder.resolve("images");
    var top = Files.isDirectory(images) ? images : folder;
    var parts = new EnumMap<Split, List<Path>>(Split.class);
    var others = new ArrayList<String>();
    for (var below : Places.folders(top)) {
      var split = Split.of(Places.name(below));
      if (split.isPresent()) {
        var pictures = below.resolve("images");
        var other =
            parts.putIfAbsent(split.get(), List.of(Files.isDirectory(pictures) ? pictures : below));
        if (other != null) {
          throw new FileException(
              "%s: %s and %s are both the %s part of the data; move one of them away"
                  .formatted(folder, other.getFirst(), below, split.get()));
        }
      } else if (!Places.name(below).equals("labels")) {
        others.add(below.toString());
      }
    }
    var lists = new EnumMap<Split, List<Path>>(Split.class);
    for (var split : Split.values()) {
      for (String name : List.of(split + ".txt", split + "id.txt")) {
        if (Files.isRegularFile(folder.resolve(name))) {
          lists.putIfAbsent(split, List.of(folder.resolve(name)));
        }
      }
    }
    if (parts.isEmpty() && lists.containsKey(Split.TRAIN)) {
      return new YoloSource(folder, names, lists, List.of(), List.of());
    }
    return parts.isEmpty()
        ? new YoloSource(folder, names, Map.of(), List.of(top), List.of())
        : new YoloSource(
            folder,
            names,
            parts,
            List.of(),
            others.isEmpty()
                ? List.of()
                : List.of(
                    "the folders beside the parts of %s are not used: %s"
                        .formatted(folder, String.join(", ", others))));
  }

  @Override
  public Set<Split> parts() {
    return sets.keySet();
  }

  @Override
  public Contents read(Optional<Split> part, Findings findings) throws IOException {
    var places = new LinkedHashSet<>(whole);
    sets.forEach(
        (split, paths) -> {
          if (part.isEmpty() || part.get() == split) {
            places.addAll(paths);
          }
        });
    var pictures = new LinkedHashSet<Path>();
    for (var place : places) {
      if (Files.isDirectory(place)) {
        var inside = Places.pictures(place, findings);
        pictures.addAll(inside);
        withoutPicture(place, inside).forEach(findings::passOver);
      } else {
        pictures.addAll(listed(place, findings));
      }
    }
    var byLabels = new LinkedHashMap<Path, List<Path>>();
    for (var picture : pictures) {
      byLabels.computeIfAbsent(labels(picture), _ -> new ArrayList<>(1)).add(picture);
    }
    var marked = new ArrayList<MarkedPicture>();
    for (var entry : byLabels.entrySet()) {
      var labels = entry.getKey();
      var shown = entry.getValue();
      try {
        List<TrueBox> objects = List.of();
        if (Files.exists(labels)) {
          if (shown.size() > 1) {
            throw new Findings.Fault(
                "%s: may be about %s or %s: remove one of them"
                    .formatted(labels, shown.get(0), shown.get(1)));
          }
          objects = YoloLabels.read(labels, names, findings);
        }
        for (var picture : shown) {
          marked.add(new MarkedPicture(picture, 0, 0, true, objects));
        }
      } catch (Findings.Fault e) {
        findings.broken(e.sentence());
      } catch (FormatException e) {
        findings.broken(String.valueOf(e.getMessage()));
      }
    }
    return new Contents(names.names(), marked);
  }

  /** Where the labels of a picture are: in labels instead of images, or else beside it. */
  static Path labels(Path picture) {
    var apart = apart(picture);
    for (String suffix : List.of(".txt", ".TXT")) {
      String name = Places.stem(picture) + suffix;
      for (var place : List.of(apart, picture)) {
        var file = place.resolveSibling(name);
        if (Files.exists(file)) {
          return file;
        }
      }
    }
    return apart.resolveSibling(Places.stem(picture) + ".txt");
  }

  /** The path of a picture with labels instead of the last images in it, if it has that. */
  private static Path apart(Path picture) {
    int images = -1;
    for (int i = 0; i < picture.getNameCount() - 1; i++) {
      images = picture.getName(i).toString().equals("images") ? i : images;
    }
    if (images < 0) {
      return picture;
    }
    var root = picture.getRoot();
    var moved = root == null ? Path.of("") : root;
    for (int i = 0; i < picture.getNameCount(); i++) {
      moved = moved.resolve(i == images ? "labels" : picture.getName(i).toString());
    }
    return moved;
  }

  /** A sentence for each file of labels that no picture in a folder belongs to. */
  private static List<String> withoutPicture(Path folder, List<Path> pictures) throws IOException {
    var known = new HashSet<Path>();
    for (var picture : pictures) {
      known.add(picture.resolveSibling(Places.stem(picture)));
      known.add(apart(picture).resolveSibling(Places.stem(picture)));
    }
    var apart = apart(folder.resolve("any")).resolveSibling("");
    var missing = new ArrayList<String>();
    for (var place : new LinkedHashSet<>(List.of(apart, folder))) {
      if (!Files.isDirectory(place)) {
        continue;
      }
      for (var file : Folders.files(place, Integer.MAX_VALUE, _ -> {})) {
        if (Places.hasSuffix(file, "txt")
            && !known.contains(file.resolveSibling(Places.stem(file)))
            && !LISTS_OF_NAMES.contains(Places.name(file))
            // Beside pictures lie lists of them, too, and what is to be read first.
            && (!place.equals(folder) || YoloLabels.isLabels(file))) {
          missing.add("%s: its picture is not in %s".formatted(file, folder));
        }
      }
    }
    return missing;
  }

  private List<Path> listed(Path list, Findings findings) throws IOException {
    var listed = new ArrayList<Path>();
    var beside = list.toAbsolutePath().getParent();
    var finder =
        new PictureFinder(
            beside == null
                ? List.of(folder)
                : List.of(
                    folder,
                    beside,
                    folder.resolve("images"),
                    folder.resolve("obj_train_data"),
                    folder.resolve("data")));
    int number = 0;
    for (var line : TextFile.lines(list)) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      var found = finder.find(line.strip());
      if (found.isEmpty()) {
        findings.passOver(
            "%s: line %d names the picture %s, which is not in %s"
                .formatted(list, number, FormatException.quote(line.strip()), folder));
      } else {
        listed.add(found.get().normalize());
      }
    }
    return listed;
  }
}
