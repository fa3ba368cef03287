package stride.data.boxes;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import stride.data.Folders;
import stride.data.MarkedPicture;
import stride.data.Split;
import stride.data.TrueBox;
import stride.format.FileException;
import stride.format.FormatException;
import stride.format.TextFile;

/**
 * Pascal VOC's files in a folder: {@code Annotations} with an XML file for each picture, {@code
 * JPEGImages} with the pictures, and perhaps {@code ImageSets/Main} with lists of the names of each
 * part. The XML files may lie beside the pictures too, and there may be a folder for each part
 * instead of lists. Pictures without an XML file show nothing.
 */
final class VocSource implements BoxSource {
  /** A name in the list of a class, with whether it is in the picture. */
  private static final Pattern WITH_MARK = Pattern.compile("(.*\\S)\\s+-?[01]");

  private final Path folder;
  private final Map<Split, Part> parts;
  private final List<String> notes;

  /**
   * Where the files of a part lie.
   *
   * @param list the names of its pictures; null if it has all of the folder's
   */
  private record Part(Path annotations, Path pictures, @Nullable Path list) {}

  /** All files; null if there are parts. */
  private final @Nullable Part whole;

  private VocSource(Path folder, Map<Split, Part> parts, @Nullable Part whole, List<String> notes) {
    this.folder = folder;
    this.parts = parts;
    this.whole = whole;
    this.notes = notes;
  }

  /** Finds the files; empty if there are none. */
  static Optional<VocSource> find(Path folder) throws IOException {
    var here = part(folder);
    if (here.isPresent()) {
      return Optional.of(listed(folder, here.get()));
    }
    var parts = new EnumMap<Split, Part>(Split.class);
    for (var below : Places.folders(folder)) {
      var split = Split.of(Places.name(below));
      var part = split.isEmpty() ? Optional.<Part>empty() : part(below);
      if (split.isPresent() && part.isPresent()) {
        var other = parts.putIfAbsent(split.get(), part.get());
        if (other != null) {
          throw new FileException(
              "%s: %s and %s both hold the %s part of the data; move one of them away"
                  .formatted(folder, other.annotations, part.get().annotations, split.get()));
        }
      }
    }
    return parts.isEmpty()
        ? Optional.empty()
        : Optional.of(new VocSource(folder, parts, null, List.of()));
  }

  /** The XML files and pictures of a folder. */
  private static Optional<Part> part(Path folder) throws IOException {
    var annotations = below(folder, "annotations").orElse(folder);
    int depth = annotations.equals(folder) ? 1 : Integer.MAX_VALUE;
    if (Folders.files(annotations, depth, _ -> {}).stream()
        .noneMatch(
            file -> Places.hasSuffix(file, "xml") && (depth > 1 || VocFile.isAnnotation(file)))) {
      return Optional.empty();
    }
    var pictures = below(folder, "jpegimages");
    if (pictures.isEmpty()) {
      pictures = below(folder, "images");
    }
    return Optional.of(new Part(annotations, pictures.orElse(folder), null));
  }

  /** The folder of a name in any case. */
  private static Optional<Path> below(Path folder, String name) throws IOException {
    return Places.folders(folder).stream()
        .filter(found -> Places.name(found).equalsIgnoreCase(name))
        .findFirst();
  }

  private static VocSource listed(Path folder, Part whole) throws IOException {
    var parts = new EnumMap<Split, Part>(Split.class);
    var notes = new ArrayList<String>();
    var lists = folder.resolve("ImageSets").resolve("Main");
    if (Files.isDirectory(lists)) {
      for (var split : Split.values()) {
        var list = lists.resolve(split + ".txt");
        if (Files.isRegularFile(list)) {
          parts.put(split, new Part(whole.annotations, whole.pictures, list));
        }
      }
      var both = lists.resolve("trainval.txt");
      if (!parts.containsKey(Split.TRAIN) && Files.isRegularFile(both)) {
        parts.put(Split.TRAIN, new Part(whole.annotations, whole.pictures, both));
      }
      if (parts.isEmpty()) {
        notes.add(
            "%s holds no train.txt, val.txt or test.txt, so the pictures are not divided"
                .formatted(lists));
      }
    }
    return new VocSource(folder, parts, parts.isEmpty() ? whole : null, notes);
  }

  @Override
  public Set<Split> parts() {
    return parts.keySet();
  }

  @Override
  public List<String> notes() {
    return notes;
  }

  @Override
  public Contents read(Optional<Split> part, Findings findings) throws IOException {
    var chosen = new LinkedHashSet<Part>();
    for (var entry : parts.entrySet()) {
      if (part.isEmpty() || part.get() == entry.getKey()) {
        chosen.add(entry.getValue());
      }
    }
    if (whole != null) {
      chosen.add(whole);
    }
    var read = annotations();
    var labels = labels(read.values());
    if (labels.isEmpty()) {
      var broken = read.values().stream().flatMap(all -> all.broken.values().stream()).findFirst();
      throw new FormatException(
          broken.orElse(folder + ": no object is marked in any of its XML files"));
    }
    var pictures = new LinkedHashMap<Path, MarkedPicture>();
    for (var one : chosen) {
      for (var picture :
          new Reading(one, requireNonNull(read.get(one.annotations)), labels, findings)
              .pictures()) {
        pictures.put(picture.file(), picture);
      }
    }
    return new Contents(labels, List.copyOf(pictures.values()));
  }

  /** Of all parts, by the folder of their annotations: they have the same classes. */
  private Map<Path, Annotations> annotations() throws IOException {
    var read = new LinkedHashMap<Path, Annotations>();
    var all = new ArrayList<>(parts.values());
    if (whole != null) {
      all.add(whole);
    }
    for (var part : all) {
      if (!read.containsKey(part.annotations)) {
        read.put(part.annotations, Annotations.in(part.annotations));
      }
    }
    return read;
  }

  /** The names of all objects. */
  private static List<String> labels(Collection<Annotations> read) {
    return read.stream()
        .flatMap(all -> all.files.values().stream())
        .flatMap(file -> file.objects().stream())
        .map(VocFile.Thing::name)
        .distinct()
        .sorted()
        .toList();
  }

  /**
   * All XML files of a folder.
   *
   * @param files those that can be read
   * @param broken a sentence for each of the others
   */
  private record Annotations(Map<Path, VocFile> files, Map<Path, String> broken) {
    static Annotations in(Path folder) throws IOException {
      var files = new LinkedHashMap<Path, VocFile>();
      var broken = new LinkedHashMap<Path, String>();
      for (var file : Folders.files(folder, Integer.MAX_VALUE, _ -> {})) {
        if (Places.hasSuffix(file, "xml")) {
          try {
            files.put(file, VocFile.read(file));
          } catch (FormatException | FileException e) {
            broken.put(file, String.valueOf(e.getMessage()));
          }
        }
      }
      return new Annotations(files, broken);
    }
  }

  /** The reading of a part. */
  private static final class Reading {
    private final Part part;
    private final Annotations all;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Findings findings;
    private final List<Path> pictures;
    private final Map<String, List<Path>> byKey = new HashMap<>();
    private final Map<String, List<Path>> byName = new HashMap<>();
    private final Map<String, List<Path>> byStem = new HashMap<>();

    Reading(Part part, Annotations all, List<String> labels, Findings findings) throws IOException {
      this.part = part;
      this.all = all;
      labels.forEach(label -> numbers.put(label, numbers.size()));
      this.findings = findings;
      pictures = Places.pictures(part.pictures, findings);
      for (var picture : pictures) {
        add(byKey, Places.key(part.pictures, picture), picture);
        add(byName, Places.name(picture), picture);
        add(byStem, Places.stem(picture), picture);
      }
    }

    private static void add(Map<String, List<Path>> index, String key, Path picture) {
      index.computeIfAbsent(key, _ -> new ArrayList<>(1)).add(picture);
    }

    List<MarkedPicture> pictures() throws IOException {
      var listed = part.list == null ? null : listed(part.list);
      var of = new HashMap<Path, VocFile>();
      var broken = new HashSet<Path>();
      for (var entry : all.broken.entrySet()) {
        var picture = byFile(entry.getKey(), "");
        if (wanted(listed, picture)) {
          findings.broken(entry.getValue());
          broken.addAll(picture);
        }
      }
      for (var file : all.files.values()) {
        var found = byFile(file.file(), file.picture());
        if (found.size() > 1) {
          if (wanted(listed, found)) {
            findings.broken(
                "%s: may be about %s or %s: remove one of them"
                    .formatted(file.file(), found.get(0), found.get(1)));
            broken.addAll(found);
          }
        } else if (found.isEmpty()) {
          if (listed == null) {
            findings.passOver(
                "%s: its picture %s is not in %s"
                    .formatted(
                        file.file(),
                        FormatException.quote(
                            file.picture().isEmpty() ? Places.stem(file.file()) : file.picture()),
                        part.pictures));
          }
        } else if (wanted(listed, found)) {
          var other = of.putIfAbsent(found.getFirst(), file);
          if (other != null) {
            findings.broken(
                "%s: is about %s, as %s is: remove one of them"
                    .formatted(file.file(), found.getFirst(), other.file()));
            broken.add(found.getFirst());
          }
        }
      }
      var marked = new ArrayList<MarkedPicture>();
      for (var picture : listed == null ? pictures : listed) {
        if (!broken.contains(picture)) {
          marked(picture, of.get(picture)).ifPresent(marked::add);
        }
      }
      return marked;
    }

    private static boolean wanted(@Nullable Set<Path> listed, List<Path> found) {
      return listed == null || found.stream().anyMatch(listed::contains);
    }

    /** The pictures that an XML file may be about. */
    private List<Path> byFile(Path file, String written) {
      String slashed = written.replace('\\', '/');
      String name = slashed.substring(slashed.lastIndexOf('/') + 1);
      String key = Places.key(part.annotations, file);
      var found = byKey.getOrDefault(key, List.of());
      var named = found.stream().filter(picture -> Places.name(picture).equals(name)).toList();
      if (!found.isEmpty()) {
        return named.size() == 1 ? named : found;
      }
      return Stream.of(
              byName.getOrDefault(name, List.of()),
              byStem.getOrDefault(Places.stem(file), List.of()),
              byStem.getOrDefault(Places.withoutSuffix(name), List.of()))
          .map(index -> inFolderOf(key, inFolderOf(slashed, index)))
          .filter(index -> !index.isEmpty())
          .findFirst()
          .orElse(List.of());
    }

    /**
     * Those of some pictures that a path may mean, by their names: if its folder is here, only what
     * is in it, for what is missing there is not that of another folder.
     */
    private List<Path> inFolderOf(String path, List<Path> some) {
      int last = path.lastIndexOf('/');
      try {
        var inner = Path.of(path.substring(0, Math.max(last, 0)));
        var folder = part.pictures.resolve(inner).normalize();
        return last < 0 || inner.isAbsolute() || !Files.isDirectory(folder)
            ? some
            : some.stream().filter(picture -> picture.normalize().startsWith(folder)).toList();
      } catch (InvalidPathException e) {
        return some;
      }
    }

    /** The pictures that a list names. */
    private Set<Path> listed(Path list) throws IOException {
      var listed = new LinkedHashSet<Path>();
      int number = 0;
      for (var line : TextFile.lines(list)) {
        number++;
        if (line.isBlank()) {
          continue;
        }
        var found = inList(line.strip());
        if (found.size() > 1) {
          findings.broken(
              "%s: line %d names %s and %s: remove one of them"
                  .formatted(list, number, found.get(0), found.get(1)));
        } else if (found.isEmpty()) {
          findings.passOver(
              "%s: line %d names the picture %s, which is not in %s"
                  .formatted(list, number, FormatException.quote(line.strip()), part.pictures));
        } else if (!listed.add(found.getFirst())) {
          findings.passOver("%s: line %d, %s a second time".formatted(list, number, line.strip()));
        }
      }
      return listed;
    }

    private List<Path> inList(String line) {
      var names = new ArrayList<>(List.of(line.replace('\\', '/')));
      var marked = WITH_MARK.matcher(line);
      if (marked.matches()) {
        names.add(marked.group(1).replace('\\', '/'));
      }
      for (var name : names) {
        String last = name.substring(name.lastIndexOf('/') + 1);
        for (var found :
            List.of(
                byKey.getOrDefault(name, List.of()),
                byKey.getOrDefault(Places.withoutSuffix(name), List.of()),
                inFolderOf(name, byName.getOrDefault(last, List.of())),
                inFolderOf(name, byStem.getOrDefault(last, List.of())))) {
          if (!found.isEmpty()) {
            return found;
          }
        }
      }
      return List.of();
    }

    private Optional<MarkedPicture> marked(Path picture, @Nullable VocFile file)
        throws FormatException {
      if (file == null) {
        return Optional.of(new MarkedPicture(picture, 0, 0, false, List.of()));
      }
      var objects = new ArrayList<TrueBox>();
      for (var thing : file.objects()) {
        var object =
            new Findings.Marked(
                requireNonNull(numbers.get(thing.name())),
                thing.left(),
                thing.top(),
                thing.right(),
                thing.bottom(),
                -1,
                false,
                thing.difficult());
        try {
          findings
              .checked(
                  "%s: line %d".formatted(file.file(), thing.line()),
                  object,
                  file.width(),
                  file.height())
              .ifPresent(objects::add);
        } catch (Findings.Fault e) {
          findings.broken(e.sentence());
          return Optional.empty();
        }
      }
      return Optional.of(new MarkedPicture(picture, file.height(), file.width(), false, objects));
    }
  }
}
