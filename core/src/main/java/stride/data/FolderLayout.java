package stride.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import stride.format.FileException;

/**
 * Finds the folders of a data set to learn from and to measure with. Names such as {@code train},
 * {@code Training} or {@code seg_train}, {@code val} or {@code validation}, {@code test} or {@code
 * test_set} suggest the parts, and the contents of the folders decide: a part of a data set holds a
 * folder for each class, a class holds pictures.
 *
 * @param folder the folder of the whole data set
 * @param train the pictures to learn from; empty if the folder has no such part
 * @param validation the pictures to choose by, among epochs or settings; empty if there are none
 * @param test the pictures to measure with in the end; empty if there are none
 * @param notes decisions that names alone do not explain, each a sentence
 */
public record FolderLayout(
    Path folder,
    Optional<Path> train,
    Optional<Path> validation,
    Optional<Path> test,
    List<String> notes) {
  /** Names of folders that say nothing about their contents. */
  private static final Set<String> NEUTRAL =
      Set.of("images", "imgs", "img", "pictures", "pics", "photos", "jpg", "jpeg", "png", "data");

  /** Copies the notes. */
  public FolderLayout {
    notes = List.copyOf(notes);
  }

  /**
   * A folder that has the name of a part.
   *
   * @param plain whether the name has no other word in front
   * @param contents the contents of the folder, or of the folder in it that holds the classes
   */
  private record Part(Split split, Path path, boolean plain, FolderContents contents) {
    static Optional<Part> of(Path folder) throws IOException {
      String name = Folders.name(folder);
      var plain = Split.of(name);
      var split = plain.or(() -> Split.atTheEndOf(name));
      return split.isEmpty()
          ? Optional.empty()
          : Optional.of(new Part(split.get(), folder, plain.isPresent(), inside(folder)));
    }

    /** Looks through folders in between, as in {@code test_set/test_set/cats}. */
    private static FolderContents inside(Path folder) throws IOException {
      var contents = FolderContents.of(folder);
      while (contents.folders().size() == 1 && !contents.hasPictures()) {
        var only = contents.folders().getFirst();
        String name = Folders.name(only);
        var below = FolderContents.of(only);
        if (!below.isDivided()
            || !(NEUTRAL.contains(ClassMatch.key(name))
                || Split.of(name).or(() -> Split.atTheEndOf(name)).isPresent())) {
          return contents;
        }
        contents = below;
      }
      return contents;
    }

    boolean isUsual() {
      return Folders.name(path).equals(split.toString()) && contents.path().equals(path);
    }

    boolean isEmpty() {
      return !contents.isDivided() && !contents.hasPictures();
    }

    /** Whether it is a class whose name only ends like a part's, such as steam_train. */
    boolean isClass() {
      return !plain && !contents.isDivided();
    }

    String name() {
      return Folders.name(path) + "/";
    }
  }

  /**
   * Finds the parts of a data set in a folder.
   *
   * @param folder the folder of the whole data set
   * @return its layout
   * @throws FileException if it is not a folder or cannot be read, or if a folder in it may be
   *     either a part of the data or a class; the message says what to do
   * @throws IOException if reading a folder fails
   */
  public static FolderLayout of(Path folder) throws IOException {
    var parts = new ArrayList<Part>();
    var others = new ArrayList<Path>();
    for (var below : Folders.visible(folder)) {
      if (Files.isDirectory(below)) {
        var part = Part.of(below);
        if (part.isPresent() && !part.get().isClass()) {
          parts.add(part.get());
        } else {
          others.add(below);
        }
      }
    }
    if (parts.isEmpty()) {
      return around(folder, others);
    }
    others.removeIf(other -> !FolderContents.holdsPictures(other));
    return others.isEmpty() ? alone(folder, parts) : besideOthers(folder, parts, others);
  }

  private static FolderLayout whole(Path folder, String... notes) {
    return new FolderLayout(
        folder, Optional.empty(), Optional.empty(), Optional.empty(), List.of(notes));
  }

  /** If a single folder holds all pictures, its parts are those of the whole. */
  private static FolderLayout around(Path folder, List<Path> folders) throws IOException {
    var holding = folders.stream().filter(FolderContents::holdsPictures).limit(2).toList();
    var contents = holding.size() == 1 ? FolderContents.of(folder) : null;
    if (contents == null || contents.hasPictures() || !contents.synsets().isEmpty()) {
      return whole(folder);
    }
    var below = of(holding.getFirst());
    if (below.isDivided()) {
      var notes =
          Stream.concat(Stream.of(below.folder + " holds the pictures"), below.notes.stream());
      return new FolderLayout(folder, below.train, below.validation, below.test, notes.toList());
    }
    return FolderContents.of(below.folder).isSurelyDivided()
        ? whole(
            folder,
            "%s is taken for a class; if the folders in it are the classes, give that"
                .formatted(below.folder))
        : whole(folder);
  }

  /** Handles a folder in which only folders with names of parts hold pictures. */
  private static FolderLayout alone(Path folder, List<Part> parts) throws FileException {
    if (parts.stream().noneMatch(part -> part.contents.isDivided())) {
      var flat = parts.stream().filter(part -> !part.isEmpty()).toList();
      if (flat.stream().map(Part::split).distinct().count() > 1) {
        throw new FileException(
            "%s: %s hold pictures without classes, expected a folder for each class in them, such as %s"
                .formatted(folder, names(flat), flat.getFirst().path.resolve("cats")));
      }
      if (!flat.isEmpty()) {
        return classes(folder, flat);
      }
    }
    return divided(folder, parts, List.of());
  }

  private static FolderLayout besideOthers(Path folder, List<Part> parts, List<Path> others)
      throws IOException {
    var contents = new ArrayList<FolderContents>();
    for (var other : others) {
      contents.add(FolderContents.of(other));
    }
    if (haveTheSameClasses(parts, contents)) {
      String unused =
          "the pictures beside %s in %s are not used: %s"
              .formatted(
                  names(parts),
                  folder,
                  others.stream().map(Folders::name).collect(Collectors.joining(", ")));
      return divided(folder, parts, List.of(unused));
    }
    var unlike = parts.stream().filter(part -> part.contents.isSurelyDivided()).findFirst();
    if (unlike.isPresent() && contents.stream().noneMatch(FolderContents::isSurelyDivided)) {
      var part = unlike.get();
      throw new FileException(
          "%s: is %s a part of the data, as it holds folders (%s), or a class, as there is %s beside it? Move one of them away, or put the pictures of a class directly into its folder"
              .formatted(
                  folder,
                  part.name(),
                  part.contents.folders().stream()
                      .limit(2)
                      .map(Folders::name)
                      .collect(Collectors.joining(", ")),
                  Folders.name(others.getFirst()) + "/"));
    }
    return classes(folder, parts.stream().filter(part -> !part.isEmpty()).toList());
  }

  /** Whether the parts have the same classes, and the other folders do not have them too. */
  private static boolean haveTheSameClasses(List<Part> parts, List<FolderContents> others) {
    var classes =
        parts.stream()
            .filter(part -> part.split == Split.TRAIN)
            .flatMap(part -> part.contents.classes().stream())
            .filter(
                name ->
                    parts.stream()
                        .anyMatch(
                            part ->
                                part.split != Split.TRAIN
                                    && part.contents.classes().contains(name)))
            .collect(Collectors.toSet());
    return !classes.isEmpty()
        && others.stream().allMatch(other -> other.classes().stream().noneMatch(classes::contains));
  }

  /** Takes the folders with names of parts for classes like the others. */
  private static FolderLayout classes(Path folder, List<Part> parts) {
    return switch (parts.size()) {
      case 0 -> whole(folder);
      case 1 -> whole(folder, "%s in %s is taken for a class".formatted(names(parts), folder));
      default -> whole(folder, "%s in %s are taken for classes".formatted(names(parts), folder));
    };
  }

  private static FolderLayout divided(Path folder, List<Part> parts, List<String> said)
      throws FileException {
    var notes = new ArrayList<String>();
    var chosen = new EnumMap<Split, Part>(Split.class);
    boolean measured =
        parts.stream().anyMatch(part -> part.split != Split.TRAIN && part.contents.isDivided());
    for (var part : parts) {
      if (part.contents.hasPictures() && !part.contents.isDivided()) {
        notes.add("%s holds pictures without classes, which are not used".formatted(part.path));
      } else if (part.split == Split.TRAIN || !part.isEmpty() || !measured) {
        var other = chosen.putIfAbsent(part.split, part);
        if (other != null) {
          throw new FileException(
              "%s holds %s and %s, which both have the name of pictures to %s: move one of them away"
                  .formatted(
                      folder,
                      other.name(),
                      part.name(),
                      part.split == Split.TRAIN ? "learn from" : "measure with"));
        }
      }
    }
    if (!chosen.values().stream().allMatch(Part::isUsual)) {
      notes.addFirst(
          "the parts of %s: %s"
              .formatted(
                  folder,
                  chosen.values().stream()
                      .map(
                          part ->
                              "%s is %s"
                                  .formatted(part.split, folder.relativize(part.contents.path())))
                      .collect(Collectors.joining(", "))));
    }
    notes.addAll(said);
    return new FolderLayout(
        folder,
        path(chosen, Split.TRAIN),
        path(chosen, Split.VALIDATION),
        path(chosen, Split.TEST),
        notes);
  }

  private static Optional<Path> path(Map<Split, Part> chosen, Split split) {
    return Optional.ofNullable(chosen.get(split)).map(part -> part.contents.path());
  }

  /** Returns the parts' names, such as "train/, val/ and test/". */
  private static String names(List<Part> parts) {
    var names = parts.stream().map(Part::name).toList();
    int last = names.size() - 1;
    return last < 1
        ? String.join("", names)
        : String.join(", ", names.subList(0, last)) + " and " + names.get(last);
  }

  /** {@return whether the folder has parts} Otherwise all of its pictures are one data set. */
  public boolean isDivided() {
    return train.isPresent() || validation.isPresent() || test.isPresent();
  }

  /**
   * Returns the folder to learn from: the training part, or the whole folder if it has no parts.
   *
   * @return the folder
   * @throws FileException if it has only parts to measure with
   */
  public Path learnFrom() throws FileException {
    if (train.isEmpty() && isDivided()) {
      throw new FileException(
          "%s holds %s to measure with, and no train/ to learn from"
              .formatted(folder, Folders.name(chooseBy().orElseThrow()) + "/"));
    }
    return train.orElse(folder);
  }

  /** {@return the part to choose epochs or settings by: validation, else test} */
  public Optional<Path> chooseBy() {
    return validation.or(() -> test);
  }

  /**
   * Returns the folder to measure with: test, else validation, or the whole folder if it has no
   * parts.
   *
   * @return the folder
   * @throws FileException if it has only a part to learn from
   */
  public Path measureWith() throws FileException {
    if (train.isPresent() && chooseBy().isEmpty()) {
      throw new FileException(
          "%s holds no test/ or val/ to measure with; to measure with what is learned from, give %s"
              .formatted(folder, train.get()));
    }
    return test.or(() -> validation).orElse(folder);
  }
}
