package stride.data.boxes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import stride.data.MarkedPicture;
import stride.data.Split;
import stride.format.FileException;
import stride.format.FormatException;

/**
 * COCO's files in a folder: {@code annotations/instances_train2017.json} with the pictures in
 * {@code train2017}, a JSON file beside the pictures, or {@code _annotations.coco.json} in a folder
 * for each part.
 *
 * @param whole the only file, of no part; null if there are parts
 */
record CocoSource(Path folder, Map<Split, Path> files, @Nullable Path whole, List<String> notes)
    implements BoxSource {
  private static final String ROBOFLOW = "_annotations.coco.json";

  /** What folders are called that hold annotations, and no pictures. */
  private static final Set<String> OF_ANNOTATIONS = Set.of("annotations", "annotation", "labels");

  /** Finds the files; empty if there are none. */
  static Optional<CocoSource> find(Path folder) throws IOException {
    var found = new ArrayList<Path>();
    for (var place : Stream.concat(Stream.of(folder), Places.folders(folder).stream()).toList()) {
      boolean part = !place.equals(folder) && Split.of(Places.name(place)).isPresent();
      boolean kept = Places.name(place).equalsIgnoreCase("annotations");
      if (part && Files.isRegularFile(place.resolve(ROBOFLOW))) {
        found.add(place.resolve(ROBOFLOW));
      } else if (place.equals(folder) || kept) {
        Places.files(place, "json").filter(CocoFile::isCoco).forEach(found::add);
      }
    }
    var boxes = found.stream().filter(file -> Places.name(file).startsWith("instances")).toList();
    return found.isEmpty()
        ? Optional.empty()
        : Optional.of(of(folder, boxes.isEmpty() ? found : boxes));
  }

  /**
   * Refuses a folder of nothing but what a detector found.
   *
   * @throws FormatException if there is such a list, beside the pictures or in a folder of its own
   */
  static void refuseResults(Path folder) throws IOException {
    for (var place : Stream.concat(Stream.of(folder), Places.folders(folder).stream()).toList()) {
      for (var file : Places.files(place, "json").filter(CocoFile::isResults).toList()) {
        throw new FormatException(CocoFile.isAList(file));
      }
    }
  }

  /** The data of a single file. */
  static CocoSource ofFile(Path file) {
    var folder = file.toAbsolutePath().getParent();
    return new CocoSource(folder == null ? file : folder, Map.of(), file, List.of());
  }

  private static CocoSource of(Path folder, List<Path> found) throws FileException {
    if (found.size() == 1 && split(folder, found.getFirst()).isEmpty()) {
      return new CocoSource(folder, Map.of(), found.getFirst(), List.of());
    }
    var files = new EnumMap<Split, Path>(Split.class);
    var notes = new ArrayList<String>();
    for (var file : found) {
      var split = split(folder, file);
      if (split.isEmpty()) {
        notes.add("%s is not used: its name says of no part of the data".formatted(file));
        continue;
      }
      var other = files.putIfAbsent(split.get(), file);
      if (other != null) {
        throw new FileException(
            "%s: %s and %s are both the %s part of the data; move one of them away, or give the file"
                .formatted(folder, other, file, split.get()));
      }
    }
    if (files.isEmpty()) {
      throw new FileException(
          "%s holds several files of boxes, %s and %s; give one of them"
              .formatted(folder, found.get(0), found.get(1)));
    }
    return new CocoSource(folder, files, null, List.copyOf(notes));
  }

  /** The part that a file is about, by its name or its folder's. */
  private static Optional<Split> split(Path folder, Path file) {
    String stem = Places.stem(file);
    var parent = file.getParent();
    return Split.of(stem)
        .or(() -> Split.atTheEndOf(stem))
        .or(
            () ->
                parent == null || parent.equals(folder)
                    ? Optional.empty()
                    : Split.of(Places.name(parent)));
  }

  @Override
  public Set<Split> parts() {
    return files.keySet();
  }

  @Override
  public Contents read(Optional<Split> part, Findings findings) throws IOException {
    var pictures = new ArrayList<MarkedPicture>();
    var labels = new ArrayList<List<String>>();
    for (var file : chosen(part)) {
      var coco = CocoFile.read(file);
      if (!labels.isEmpty() && !labels.getFirst().equals(coco.labels())) {
        throw new FileException(
            "%s: the categories of %s are not those of the other parts".formatted(folder, file));
      }
      labels.add(coco.labels());
      pictures.addAll(coco.pictures(new PictureFinder(places(file)), findings));
    }
    return new Contents(labels.getFirst(), pictures);
  }

  private List<Path> chosen(Optional<Split> part) {
    if (whole != null) {
      return List.of(whole);
    }
    return files.entrySet().stream()
        .filter(entry -> part.isEmpty() || part.get() == entry.getKey())
        .map(Map.Entry::getValue)
        .toList();
  }

  /**
   * Where the pictures of a file may lie, the likely places first: beside it or in folders there,
   * or, if it lies in a folder of annotations, beside that. Folders of other parts are none.
   */
  private List<Path> places(Path file) {
    var places = new ArrayList<Path>();
    var beside = file.toAbsolutePath().getParent();
    if (beside == null) {
      return places;
    }
    var above = beside.getParent();
    var bases =
        above == null || !OF_ANNOTATIONS.contains(Places.name(beside).toLowerCase(Locale.ROOT))
            ? List.of(beside)
            : List.of(above, beside);
    String stem = Places.stem(file);
    // instances_train2017 is about train2017.
    String last = stem.substring(stem.lastIndexOf('_') + 1);
    var split = split(folder, file);
    for (var base : bases) {
      for (String name : List.of(last, stem)) {
        places.add(base.resolve("images").resolve(name));
        places.add(base.resolve(name));
      }
      folders(base).stream()
          .filter(below -> split.isPresent() && Split.of(Places.name(below)).equals(split))
          .forEach(places::add);
    }
    for (var base : bases.reversed()) {
      places.add(base.resolve("images"));
      places.add(base.resolve("JPEGImages"));
      places.add(base);
    }
    folders(beside).stream()
        .filter(below -> split.isEmpty() || Split.of(Places.name(below)).isEmpty())
        .forEach(places::add);
    return places;
  }

  /** The folders in a folder, if it may be read: that is not needed to read what it holds. */
  private static List<Path> folders(Path folder) {
    try {
      return Places.folders(folder);
    } catch (IOException e) {
      return List.of();
    }
  }
}
