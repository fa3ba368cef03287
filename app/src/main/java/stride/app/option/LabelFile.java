package stride.app.option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import stride.data.ClassMatch;
import stride.format.FileException;
import stride.format.FormatException;
import stride.format.TextFile;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.jr.ob.JSON;

/**
 * The names of classes in a file. Either one a line, where each may have its number in front ("0
 * tench") and lines that begin with "# " are remarks; or JSON, a list of names, or an object of
 * numbers and names, one way or the other. A name may be a list too, of which the last counts, as
 * in {@code {"0": ["n01440764", "tench"]}}.
 *
 * @param labels in the order of their numbers
 * @param note a sentence that says how the file was understood, where that is not plain
 */
record LabelFile(List<String> labels, Optional<String> note) {
  private static final Pattern NUMBERED =
      Pattern.compile("(\\d{1,9})(?:\\s*[,;:=|)]\\s*|\\.\\s+|\\s+)(\\S.*)");

  /** As Python prints a dictionary, too. */
  private static final JSON LENIENT =
      JSON.builder(
              JsonFactory.builder()
                  .enable(
                      JsonReadFeature.ALLOW_SINGLE_QUOTES,
                      JsonReadFeature.ALLOW_UNQUOTED_PROPERTY_NAMES,
                      JsonReadFeature.ALLOW_TRAILING_COMMA)
                  .build())
          .build();

  /** Where whole configurations keep the names. */
  private static final List<String> INNER = List.of("id2label", "label2id", "class_to_idx");

  /**
   * Reads a file.
   *
   * @throws FormatException if it is not UTF-8, or JSON of another form
   * @throws FileException if it cannot be read, is empty, or a line is
   */
  static LabelFile read(Path file) throws IOException {
    String text = TextFile.read(file);
    String begin = text.strip();
    if (begin.startsWith("{") || begin.startsWith("[")) {
      try {
        return new LabelFile(named(LENIENT.anyFrom(begin), file), Optional.empty());
      } catch (JacksonException e) {
        // A name may stand in brackets.
        if (begin.startsWith("{") || file.toString().endsWith(".json")) {
          throw new FormatException("%s: is not valid JSON".formatted(file), e);
        }
      }
    }
    return ofLines(text.lines().map(String::strip).toList(), file);
  }

  private static LabelFile ofLines(List<String> lines, Path file) throws FileException {
    // An empty line in the end is a habit of editors; one in the middle is a mistake.
    int end = lines.size();
    while (end > 0 && lines.get(end - 1).isEmpty()) {
      end--;
    }
    var names = new ArrayList<String>();
    for (var line : lines.subList(0, end)) {
      if (line.isEmpty()) {
        throw unusable(file, "line %d is empty".formatted(lines.indexOf("") + 1));
      }
      if (!line.equals("#") && !line.startsWith("# ")) {
        names.add(ClassMatch.composed(line));
      }
    }
    if (names.isEmpty()) {
      throw unusable(file, "it is empty");
    }
    var numbered = numbered(names, 1);
    if (numbered == null) {
      // A line that names the columns may stand above.
      numbered = numbered(names.subList(1, names.size()), 0);
    }
    return numbered == null
        ? new LabelFile(List.copyOf(names), Optional.empty())
        : new LabelFile(
            numbered,
            Optional.of("%s: the numbers in front of the names are their places".formatted(file)));
  }

  private static FileException unusable(Path file, String why) {
    return new FileException(
        "cannot use %s: %s, expected the name of a class on each line".formatted(file, why));
  }

  /**
   * The names by the numbers in front of them.
   *
   * @param mostFirst the largest number that the first may have
   * @return null if some have none, or the numbers are no places, or there would hardly be any
   *     names
   */
  private static @Nullable List<String> numbered(List<String> lines, int mostFirst) {
    var names = new TreeMap<Integer, String>();
    for (var line : lines) {
      var matcher = NUMBERED.matcher(line);
      if (!matcher.matches()
          || names.put(Integer.parseInt(matcher.group(1)), matcher.group(2)) != null) {
        return null;
      }
    }
    // "1 star", "2 stars" and so on are names.
    return names.size() > 1
            && arePlaces(names)
            && names.firstKey() <= mostFirst
            && new HashSet<>(names.values()).size() > names.size() / 2
        ? List.copyOf(names.values())
        : null;
  }

  /** Whether the numbers are 0, 1, 2 and so on, or 1, 2, 3. */
  private static boolean arePlaces(TreeMap<Integer, String> names) {
    return names.firstKey() <= 1 && names.lastKey() - names.firstKey() == names.size() - 1;
  }

  private static List<String> named(Object json, Path file) throws FormatException {
    if (json instanceof List<?> list) {
      var names = new ArrayList<String>();
      for (var entry : list) {
        names.add(name(entry, file));
      }
      if (!names.isEmpty()) {
        return List.copyOf(names);
      }
    } else if (json instanceof Map<?, ?> map) {
      for (var inner : INNER) {
        if (map.get(inner) instanceof Map<?, ?> names) {
          return named(names, file);
        }
      }
      var names = new TreeMap<Integer, String>();
      for (var entry : map.entrySet()) {
        String key = String.valueOf(entry.getKey());
        if (entry.getValue() instanceof Integer number) {
          names.put(number, ClassMatch.composed(key));
        } else if (key.matches("\\d{1,9}")) {
          names.put(Integer.valueOf(key), name(entry.getValue(), file));
        }
      }
      if (!names.isEmpty() && names.size() == map.size() && arePlaces(names)) {
        return List.copyOf(names.values());
      }
    }
    throw wrong(file);
  }

  private static String name(@Nullable Object value, Path file) throws FormatException {
    if (value instanceof List<?> several && !several.isEmpty()) {
      return name(several.getLast(), file);
    }
    if (value instanceof String name && !name.isBlank()) {
      return ClassMatch.composed(name.strip());
    }
    throw wrong(file);
  }

  private static FormatException wrong(Path file) {
    return new FormatException(
        "%s: expected a list of names, or the numbers 0, 1, 2 and so on each with a name"
            .formatted(file));
  }
}
