package stride.app;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Stream;
import stride.data.ImageFolder;
import stride.format.FileException;
import stride.format.FormatException;
import stride.image.Preprocessing;

/**
 * A table of pictures and their labels, as CSV (RFC 4180) with a line of names first. The first
 * column is the picture's file, relative to the table. Then either a column {@code labels} (or
 * {@code label}) with the names, separated by semicolons, or a column for each label with 1 or 0 in
 * it. A column {@code split} may say train, val or test.
 *
 * @param labels the names of the classes: of columns in their order, else sorted
 * @param severalLabels whether a picture may have several or none: so it is with a column for each
 *     label, or where any picture has not one
 */
record LabelTable(Path file, List<String> labels, boolean severalLabels, List<Row> rows) {
  private static final List<String> LIST = List.of("labels", "label");
  private static final String SPLIT = "split";

  /** What a decoder puts in the place of bytes that are not. */
  private static final String NOT_UTF_8 = "\uFFFD";

  /**
   * A line.
   *
   * @param split train, val or test; empty if the table does not say
   */
  record Row(Path file, List<String> labels, String split) {}

  /**
   * Reads a table.
   *
   * @throws FormatException if it is none, or names a picture that is not there; the message names
   *     the line
   */
  static LabelTable read(Path file) throws IOException {
    try (var csv = CsvReader.builder().ofNamedCsvRecord(file)) {
      var lines = csv.stream().toList();
      if (lines.isEmpty()) {
        throw new FormatException(file + ": lists no pictures");
      }
      return of(file, lines);
    } catch (CsvParseException e) {
      throw new FormatException("%s: %s".formatted(file, e.getMessage()), e);
    } catch (UncheckedIOException e) {
      throw FileException.reading(file, new IOException(e.getMessage(), e));
    } catch (FormatException e) {
      throw e;
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  private static LabelTable of(Path file, List<NamedCsvRecord> lines) throws FormatException {
    var columns = lines.getFirst().getHeader();
    var list = LIST.stream().filter(columns::contains).findFirst();
    var marked =
        columns.stream().skip(1).filter(name -> list.isEmpty() && !name.equals(SPLIT)).toList();
    if (list.isEmpty() && marked.isEmpty()) {
      throw new FormatException(
          "%s: has the columns %s, expected the file and labels, or the file and a column for each label"
              .formatted(file, columns));
    }
    if (columns.stream().anyMatch(name -> name.contains(NOT_UTF_8))) {
      throw new FormatException(
          file + ": the names of its columns are not UTF-8: save the table as UTF-8");
    }
    var rows = new ArrayList<Row>();
    for (var line : lines) {
      if (line.getFieldCount() != columns.size()) {
        throw wrong(
            file, line, "%d fields, expected %d".formatted(line.getFieldCount(), columns.size()));
      }
      if (line.getFields().stream().anyMatch(field -> field.contains(NOT_UTF_8))) {
        throw wrong(file, line, "text that is not UTF-8: save the table as UTF-8");
      }
      var picture = picture(file, line);
      if (!Files.isRegularFile(picture)) {
        throw wrong(file, line, "the picture %s, which is not there".formatted(picture));
      }
      rows.add(
          new Row(
              picture,
              list.isPresent() ? listed(line.getField(list.get())) : marked(file, line, marked),
              split(file, line)));
    }
    var names = new TreeSet<String>();
    rows.forEach(row -> names.addAll(row.labels));
    return new LabelTable(
        file,
        list.isPresent() ? List.copyOf(names) : marked,
        list.isEmpty() || rows.stream().anyMatch(row -> row.labels.size() != 1),
        List.copyOf(rows));
  }

  private static Path picture(Path file, NamedCsvRecord line) throws FormatException {
    try {
      return file.resolveSibling(line.getField(0));
    } catch (InvalidPathException e) {
      throw wrong(file, line, "no file's name: %s".formatted(Failures.sentence(e)));
    }
  }

  private static List<String> listed(String field) {
    return List.copyOf(
        new LinkedHashSet<>(
            Stream.of(field.split(";", -1))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList()));
  }

  private static List<String> marked(Path file, NamedCsvRecord line, List<String> columns)
      throws FormatException {
    var labels = new ArrayList<String>();
    for (var column : columns) {
      switch (line.getField(column).strip()) {
        case "1", "1.0" -> labels.add(column);
        case "0", "0.0", "" -> {}
        default ->
            throw wrong(
                file,
                line,
                "%s for the label %s, expected 1 or 0".formatted(line.getField(column), column));
      }
    }
    return List.copyOf(labels);
  }

  private static String split(Path file, NamedCsvRecord line) throws FormatException {
    if (!line.getHeader().contains(SPLIT)) {
      return "";
    }
    String split = line.getField(SPLIT).strip().toLowerCase(Locale.ROOT);
    if (!List.of("train", "val", "test").contains(split)) {
      throw wrong(file, line, "the split \"%s\", expected train, val or test".formatted(split));
    }
    return split;
  }

  private static FormatException wrong(Path file, NamedCsvRecord line, String found) {
    return new FormatException(
        "%s: line %d has %s".formatted(file, line.getStartingLineNumber(), found));
  }

  /** Whether it says which pictures to learn from and which to measure with. */
  boolean isSplit() {
    return rows.stream().noneMatch(row -> row.split.isEmpty());
  }

  /** All pictures. */
  ImageFolder all(Preprocessing preprocessing) {
    return pictures(rows.stream(), preprocessing);
  }

  /** The pictures to learn from. */
  ImageFolder train(Preprocessing preprocessing) {
    if (rows.stream().noneMatch(row -> row.split.equals("train"))) {
      throw new IllegalArgumentException(
          "%s: the column split has no train, so there is nothing to learn from".formatted(file));
    }
    return pictures(rows.stream().filter(row -> row.split.equals("train")), preprocessing);
  }

  /** The pictures to measure with: those of test, or of val if there are none. */
  ImageFolder test(Preprocessing preprocessing) {
    return firstOf("test", "val", preprocessing);
  }

  /** The pictures to choose epochs by: those of val, or of test if there are none. */
  ImageFolder validation(Preprocessing preprocessing) {
    return firstOf("val", "test", preprocessing);
  }

  private ImageFolder firstOf(String split, String other, Preprocessing preprocessing) {
    String found = rows.stream().anyMatch(row -> row.split.equals(split)) ? split : other;
    if (rows.stream().noneMatch(row -> row.split.equals(found))) {
      throw new IllegalArgumentException(
          "%s: the column split has neither val nor test, so there is nothing to measure with"
              .formatted(file));
    }
    return pictures(rows.stream().filter(row -> row.split.equals(found)), preprocessing);
  }

  private ImageFolder pictures(Stream<Row> of, Preprocessing preprocessing) {
    return ImageFolder.of(
        file,
        of.map(row -> new ImageFolder.Labelled(row.file, row.labels)).toList(),
        labels,
        severalLabels,
        preprocessing);
  }
}
