package stride.app.data;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import stride.app.console.Figures;
import stride.data.ClassMatch;
import stride.data.ImageFolder;
import stride.data.Split;
import stride.format.FileException;
import stride.format.FormatException;
import stride.format.TextFile;
import stride.image.Preprocessing;

/**
 * A table of pictures and their labels, as CSV (RFC 4180) whose fields are separated by commas,
 * semicolons, tabs or bars. A column {@code file} holds the pictures' files, relative to the table.
 * Then there is either a column {@code labels} with the names, separated by semicolons, or {@code
 * label} with one, or a column for each label with 1 or 0 in it. A column {@code split} may say
 * train, val or test. {@link TableColumns} says what else they may be called.
 *
 * @param labels the names of the classes: of columns in their order, else sorted
 * @param severalLabels whether a picture may have several or none: so it is with a column for each
 *     label, or where any picture has not one
 * @param notes how it was understood, where that is not plain, each a sentence
 */
public record LabelTable(
    Path file, List<String> labels, boolean severalLabels, List<Row> rows, List<String> notes) {
  private static final String SEPARATORS = ",;\t|";

  /** A first line by which spreadsheets tell each other. */
  private static final Pattern DECLARED = Pattern.compile("\\A\"?sep=(.)\"?(?=\\R)");

  /**
   * A line.
   *
   * @param split empty if the table does not say
   */
  record Row(Path file, List<String> labels, Optional<Split> split) {}

  /**
   * Reads a table.
   *
   * @throws FormatException if it is none, or names a picture that is not there; the message names
   *     the line
   */
  public static LabelTable read(Path file) throws IOException {
    String text = TextFile.read(file);
    var declared = DECLARED.matcher(text);
    char separator = declared.lookingAt() ? declared.group(1).charAt(0) : separator(text);
    // An empty line keeps the numbers of the others.
    text = declared.replaceFirst("");
    try (var csv = reader(separator).ofCsvRecord(text)) {
      var lines = csv.stream().toList();
      if (lines.isEmpty()) {
        throw new FormatException(file + ": lists no pictures");
      }
      return of(file, lines, separator);
    } catch (CsvParseException e) {
      throw new FormatException("%s: %s".formatted(file, e.getMessage()), e);
    } catch (UncheckedIOException e) {
      throw FileException.reading(file, new IOException(e.getMessage(), e));
    }
  }

  private static CsvReader.CsvReaderBuilder reader(char separator) {
    // Lines of another length are refused here, with what is expected.
    return CsvReader.builder()
        .fieldSeparator(separator)
        .allowMissingFields(true)
        .allowExtraFields(true)
        .trimWhitespacesAroundQuotes(true);
  }

  /** The sign that the first line has most of, outside of quotes. */
  private static char separator(String text) {
    String line = text.lines().filter(some -> !some.isBlank()).findFirst().orElse("");
    String unquoted = line.replaceAll("\"[^\"]*\"", "");
    char separator = SEPARATORS.charAt(0);
    for (char candidate : SEPARATORS.toCharArray()) {
      if (count(unquoted, candidate) > count(unquoted, separator)) {
        separator = candidate;
      }
    }
    // As lists of files for other programs are written.
    return count(unquoted, separator) == 0 && unquoted.strip().contains(" ") ? ' ' : separator;
  }

  private static long count(String text, char sign) {
    return text.chars().filter(c -> c == sign).count();
  }

  private static LabelTable of(Path file, List<CsvRecord> lines, char separator)
      throws FormatException {
    var columns = TableColumns.of(file, lines);
    var pictures = columns.named() ? lines.subList(1, lines.size()) : lines;
    if (pictures.isEmpty()) {
      throw new FormatException(file + ": lists no pictures");
    }
    var notes = new ArrayList<>(columns.notes());
    var rows = new Reading(file, columns, separator).rows(pictures, notes);
    var names = new TreeSet<String>();
    rows.forEach(row -> names.addAll(row.labels));
    boolean several =
        columns.labels().isEmpty() || rows.stream().anyMatch(row -> row.labels.size() != 1);
    return new LabelTable(
        file,
        columns.labels().isPresent()
            ? List.copyOf(names)
            : columns.marked().stream().map(columns.names()::get).toList(),
        several,
        rows,
        notes);
  }

  /** Makes rows of lines. */
  private record Reading(Path table, TableColumns columns, char separator) {
    List<Row> rows(List<CsvRecord> lines, List<String> notes) throws FormatException {
      var pictures = pictures(lines);
      var rows = new ArrayList<Row>();
      var before = new HashMap<Path, Integer>();
      int twice = 0;
      for (int i = 0; i < pictures.size(); i++) {
        var line = lines.get(i);
        var row = new Row(pictures.get(i), labels(line), split(line));
        var earlier = before.putIfAbsent(row.file.toAbsolutePath().normalize(), i);
        var labels = earlier == null ? row.labels : labels(lines.get(earlier));
        if (!Set.copyOf(labels).equals(Set.copyOf(row.labels))) {
          throw wrong(
              line,
              "other labels for %s than line %d, %s and not %s; give all labels of a picture in one line, separated by semicolons"
                  .formatted(
                      written(line),
                      lines.get(Objects.requireNonNull(earlier)).getStartingLineNumber(),
                      said(row.labels),
                      said(labels)));
        }
        if (earlier != null && split(lines.get(earlier)).equals(row.split)) {
          twice++;
        } else {
          rows.add(row);
        }
      }
      if (twice > 0) {
        notes.add(
            "%s: %s left out, as earlier lines have the same pictures"
                .formatted(table, Figures.count(twice, "line is", "lines are")));
      }
      return List.copyOf(rows);
    }

    private List<Path> pictures(List<CsvRecord> lines) throws FormatException {
      var pictures = new ArrayList<Path>();
      var missing = new ArrayList<CsvRecord>();
      for (var line : lines) {
        if (line.getFieldCount() != columns.names().size()) {
          throw wrong(
              line,
              "%s, expected %d"
                  .formatted(Figures.count(line.getFieldCount(), "field"), columns.names().size()));
        }
        PicturePaths.find(table, written(line))
            .ifPresentOrElse(pictures::add, () -> missing.add(line));
      }
      if (!missing.isEmpty()) {
        var first = missing.getFirst();
        throw wrong(
            first,
            "the picture %s, which is not there%s"
                .formatted(
                    PicturePaths.place(table, written(first)),
                    missing.size() == 1
                        ? ""
                        : Figures.format(", as %,d more are not", missing.size() - 1)));
      }
      return pictures;
    }

    private String written(CsvRecord line) {
      return line.getField(columns.file());
    }

    private static String said(List<String> labels) {
      return labels.isEmpty() ? "none" : String.join(";", labels);
    }

    private List<String> labels(CsvRecord line) throws FormatException {
      if (columns.labels().isEmpty()) {
        return marked(line);
      }
      String field = line.getField(columns.labels().getAsInt());
      var labels = listed(field);
      if (labels.isEmpty() && !columns.several()) {
        throw wrong(line, "no label; where pictures may have none, the column is called labels");
      }
      return labels;
    }

    private List<String> listed(String field) {
      // Where semicolons separate fields, several labels have something else between them.
      String signs = columns.several() && separator != ',' ? "[;,|]" : "[;|]";
      return List.copyOf(
          new LinkedHashSet<>(
              Stream.of(field.split(signs, -1))
                  .map(String::strip)
                  .filter(name -> !name.isEmpty())
                  .map(ClassMatch::composed)
                  .toList()));
    }

    private List<String> marked(CsvRecord line) throws FormatException {
      var labels = new ArrayList<String>();
      for (int column : columns.marked()) {
        String name = columns.names().get(column);
        var mark = TableColumns.mark(line.getField(column));
        if (mark.isEmpty()) {
          throw wrong(
              line,
              "%s for the label %s, expected 1 or 0; a column with the names of labels is called label"
                  .formatted(line.getField(column), name));
        }
        if (mark.get()) {
          labels.add(name);
        }
      }
      return List.copyOf(labels);
    }

    private Optional<Split> split(CsvRecord line) throws FormatException {
      if (columns.split().isEmpty()) {
        return Optional.empty();
      }
      String word = line.getField(columns.split().getAsInt()).strip();
      var split = Split.of(word);
      if (split.isEmpty()) {
        throw wrong(line, "the split \"%s\", expected train, val or test".formatted(word));
      }
      return split;
    }

    private FormatException wrong(CsvRecord line, String found) {
      return new FormatException(
          "%s: line %d has %s".formatted(table, line.getStartingLineNumber(), found));
    }
  }

  /** Whether it says which pictures to learn from and which to measure with. */
  public boolean isSplit() {
    return rows.stream().noneMatch(row -> row.split.isEmpty());
  }

  /** All pictures. */
  public ImageFolder all(Preprocessing preprocessing) {
    return pictures(rows.stream(), preprocessing);
  }

  /** The pictures to learn from. */
  public ImageFolder train(Preprocessing preprocessing) {
    if (!has(Split.TRAIN)) {
      throw new IllegalArgumentException(
          "%s: the column split has no train, so there is nothing to learn from".formatted(file));
    }
    return pictures(Split.TRAIN, preprocessing);
  }

  /** The pictures to measure with: those of test, or of val if there are none. */
  public ImageFolder test(Preprocessing preprocessing) {
    return firstOf(Split.TEST, Split.VALIDATION, preprocessing);
  }

  /** The pictures to choose epochs by: those of val, or of test if there are none. */
  ImageFolder validation(Preprocessing preprocessing) {
    return firstOf(Split.VALIDATION, Split.TEST, preprocessing);
  }

  private ImageFolder firstOf(Split split, Split other, Preprocessing preprocessing) {
    if (!has(split) && !has(other)) {
      throw new IllegalArgumentException(
          "%s: the column split has neither val nor test, so there is nothing to measure with"
              .formatted(file));
    }
    return pictures(has(split) ? split : other, preprocessing);
  }

  private boolean has(Split split) {
    return rows.stream().anyMatch(row -> row.split.equals(Optional.of(split)));
  }

  private ImageFolder pictures(Split split, Preprocessing preprocessing) {
    return pictures(
        rows.stream().filter(row -> row.split.equals(Optional.of(split))), preprocessing);
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
