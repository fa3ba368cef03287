package stride.app.data;

import de.siegmar.fastcsv.reader.CsvRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import stride.data.ClassMatch;
import stride.data.Split;
import stride.format.FormatException;
import stride.image.Pictures;

/**
 * What the columns of a table of pictures hold: as their names say, in any case and with or without
 * spaces and underscores, or else as what is in them does.
 *
 * @param names of all columns
 * @param named whether the first line holds them
 * @param file the column of the pictures' files
 * @param labels the column of the labels' names; empty if there is a column for each label
 * @param several whether that column is called as one of several labels a picture
 * @param marked the columns of labels, which hold yes or no; empty if there is one of names
 * @param split the column that says which pictures to learn from
 * @param notes how columns were understood that are not called as usual
 */
record TableColumns(
    List<String> names,
    boolean named,
    int file,
    OptionalInt labels,
    boolean several,
    List<Integer> marked,
    OptionalInt split,
    List<String> notes) {
  private static final Set<String> FILE =
      Set.of(
          "file",
          "files",
          "filename",
          "filenames",
          "filepath",
          "filepaths",
          "path",
          "paths",
          "image",
          "images",
          "imagename",
          "imagefile",
          "imagepath",
          "img",
          "imgname",
          "imgpath",
          "picture",
          "pictures",
          "photo",
          "photos");

  /** The first that there is counts. */
  private static final List<String> LABELS =
      List.of(
          "labels",
          "label",
          "classname",
          "class",
          "classes",
          "category",
          "categories",
          "tags",
          "tag",
          "target");

  private static final Set<String> SEVERAL = Set.of("labels", "classes", "categories", "tags");

  private static final Set<String> SPLIT =
      Set.of("split", "splits", "set", "dataset", "subset", "partition");

  private static final Set<String> YES = Set.of("1", "1.0", "true", "yes");
  private static final Set<String> NO = Set.of("0", "0.0", "false", "no", "");

  /**
   * Tells what the columns hold.
   *
   * @param table its file, for messages
   * @param lines all of it, at least one
   * @throws FormatException if that cannot be told
   */
  static TableColumns of(Path table, List<CsvRecord> lines) throws FormatException {
    var first = lines.getFirst();
    var keys = first.getFields().stream().map(TableColumns::key).toList();
    if (isPictures(table, first, keys)) {
      return unnamed(table, lines);
    }
    var names = first.getFields().stream().map(String::strip).map(ClassMatch::composed).toList();
    int file = find(keys, FILE).orElse(0);
    var split = find(keys, SPLIT);
    var labels = LABELS.stream().filter(keys::contains).mapToInt(keys::indexOf).findFirst();
    var others =
        IntStream.range(0, names.size())
            .filter(column -> column != file && !names.get(column).isEmpty())
            .filter(column -> split.isEmpty() || column != split.getAsInt())
            .boxed()
            .toList();
    var notes = new ArrayList<String>();
    if (labels.isEmpty() && others.size() == 1 && !areMarks(lines, others.getFirst())) {
      labels = OptionalInt.of(others.getFirst());
      notes.add(
          "%s: the column %s holds the labels".formatted(table, names.get(labels.getAsInt())));
    }
    if (others.isEmpty() || (labels.isPresent() && labels.getAsInt() == file)) {
      throw new FormatException(
          "%s: has the columns %s, expected the file and labels, or the file and a column for each label"
              .formatted(table, names));
    }
    var marked = labels.isPresent() ? List.<Integer>of() : others;
    checkNames(table, names, marked);
    boolean several = labels.isPresent() && SEVERAL.contains(keys.get(labels.getAsInt()));
    return new TableColumns(names, true, file, labels, several, marked, split, notes);
  }

  private static String key(String name) {
    return name.replaceAll("[\\s_-]+", "").toLowerCase(Locale.ROOT);
  }

  private static OptionalInt find(List<String> keys, Set<String> wanted) {
    return IntStream.range(0, keys.size())
        .filter(column -> wanted.contains(keys.get(column)))
        .findFirst();
  }

  private static void checkNames(Path table, List<String> names, List<Integer> marked)
      throws FormatException {
    var seen = new HashSet<String>();
    for (int column : marked) {
      if (!seen.add(names.get(column))) {
        throw new FormatException("%s: has two columns %s".formatted(table, names.get(column)));
      }
    }
  }

  /** Whether the first line is a picture as the others, and no column's name. */
  private static boolean isPictures(Path table, CsvRecord first, List<String> keys) {
    boolean known =
        keys.stream()
            .anyMatch(key -> FILE.contains(key) || LABELS.contains(key) || SPLIT.contains(key));
    return !known
        && first.getFieldCount() > 1
        && (Pictures.isPictureName(first.getField(0).strip())
            || PicturePaths.find(table, first.getField(0)).isPresent());
  }

  private static TableColumns unnamed(Path table, List<CsvRecord> lines) throws FormatException {
    int columns = lines.getFirst().getFieldCount();
    boolean splits =
        columns == 3
            && lines.stream()
                .allMatch(
                    line ->
                        line.getFieldCount() == 3
                            && Split.of(line.getField(2).strip()).isPresent());
    if (columns > 2 && !splits) {
      throw new FormatException(
          "%s: line 1 has no names of columns, expected such as file,label".formatted(table));
    }
    var names = splits ? List.of("file", "label", "split") : List.of("file", "label");
    return new TableColumns(
        names,
        false,
        0,
        OptionalInt.of(1),
        false,
        List.of(),
        splits ? OptionalInt.of(2) : OptionalInt.empty(),
        List.of(
            "%s: line 1 has no names of columns, they are taken for %s"
                .formatted(table, String.join(", ", names))));
  }

  private static boolean areMarks(List<CsvRecord> lines, int column) {
    return lines.stream()
        .skip(1)
        .allMatch(
            line -> column >= line.getFieldCount() || mark(line.getField(column)).isPresent());
  }

  /** What a field of a label's column says; empty if neither yes nor no. */
  static Optional<Boolean> mark(String field) {
    String word = field.strip().toLowerCase(Locale.ROOT);
    return YES.contains(word)
        ? Optional.of(true)
        : NO.contains(word) ? Optional.of(false) : Optional.empty();
  }
}
