package stride.data.boxes;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import stride.data.ClassMatch;
import stride.format.FileException;
import stride.format.FormatException;
import stride.format.TextFile;

/**
 * The names of classes and the places of the parts of a YOLO data set: from a file {@code
 * data.yaml}, of which only what such files have is understood, or one name a line.
 *
 * @param file the file
 * @param names the classes in the order of their numbers
 * @param paths what the keys path, train, val and test say, each perhaps several
 * @param keypoints how many fields of a line are keypoints, which kpt_shape says; 0 for none
 */
record YoloNames(Path file, List<String> names, Map<String, List<String>> paths, int keypoints) {
  private static final Pattern KEY = Pattern.compile("([A-Za-z_]\\w*)\\s*:(?:\\s+(.*))?");
  private static final Pattern NUMBERED =
      Pattern.compile("[\"']?(\\d{1,9})[\"']?\\s*:(?:\\s+(.*))?");

  /** Reads one name a line. */
  static YoloNames ofLines(Path file) throws IOException {
    var lines = new ArrayList<>(TextFile.lines(file).stream().map(String::strip).toList());
    while (!lines.isEmpty() && lines.getLast().isEmpty()) {
      lines.removeLast();
    }
    if (lines.isEmpty() || lines.contains("")) {
      throw new FileException(
          "cannot use %s: %s, expected the name of a class on each line"
              .formatted(
                  file,
                  lines.isEmpty()
                      ? "it is empty"
                      : "line %d is empty".formatted(lines.indexOf("") + 1)));
    }
    return new YoloNames(file, checked(file, lines), Map.of(), 0);
  }

  private static List<String> checked(Path file, List<String> names) throws FormatException {
    var composed = names.stream().map(ClassMatch::composed).toList();
    var places = new HashMap<String, Integer>();
    for (int i = 0; i < composed.size(); i++) {
      if (composed.get(i).isBlank()) {
        throw new FormatException("%s: the class %d has no name".formatted(file, i));
      }
      var before = places.putIfAbsent(composed.get(i), i);
      if (before != null) {
        throw new FormatException(
            "%s: the classes %d and %d are both called %s"
                .formatted(file, before, i, FormatException.quote(composed.get(i))));
      }
    }
    return composed;
  }

  /**
   * Reads a YAML file.
   *
   * @throws FormatException if its names are not understood
   */
  static YoloNames ofYaml(Path file) throws IOException {
    return new Yaml(file, TextFile.lines(file)).read();
  }

  /** Whether a YAML file says how classes are called. */
  static boolean isYaml(Path file) {
    try {
      return TextFile.lines(file).stream().anyMatch(line -> line.startsWith("names:"));
    } catch (IOException e) {
      return false;
    }
  }

  /** The few forms of YAML that these files are written in. */
  private static final class Yaml {
    private final Path file;
    private final List<String> lines;
    private final Map<String, List<String>> paths = new LinkedHashMap<>();
    private List<String> names = List.of();
    private int next;
    private int keypoints;

    /** How many classes there are, if a line says it; else negative. */
    private int count = -1;

    private int countLine;

    Yaml(Path file, List<String> lines) {
      this.file = file;
      this.lines = lines;
    }

    YoloNames read() throws FormatException {
      while (next < lines.size()) {
        String line = bare(lines.get(next++));
        var key = KEY.matcher(line);
        if (line.isBlank() || !key.matches()) {
          continue;
        }
        String value = key.group(2) == null ? "" : key.group(2).strip();
        switch (key.group(1)) {
          case "names" -> names = names(value);
          case "nc" -> count(value);
          case "kpt_shape" -> keypoints = keypoints(value);
          case "path", "train", "val", "test" -> paths.put(key.group(1), list(value));
          default -> {}
        }
      }
      if (names.isEmpty()) {
        throw new FormatException("%s: has no names of classes".formatted(file));
      }
      if (count >= 0 && count != names.size()) {
        throw new FormatException(
            "%s: line %d says that there are %d classes (nc), but names has %d"
                .formatted(file, countLine, count, names.size()));
      }
      return new YoloNames(file, checked(file, names), paths, keypoints);
    }

    private void count(String value) throws FormatException {
      if (!unquoted(value).matches("\\d{1,9}")) {
        throw wrong(
            "nc: %s, expected the number of classes".formatted(FormatException.quote(value)));
      }
      count = Integer.parseInt(unquoted(value));
      countLine = next;
    }

    /** How many fields the keypoints of an object take: 51 for [17, 3], 17 points of 3 numbers. */
    private int keypoints(String value) throws FormatException {
      int line = next;
      var shape = list(value);
      if (shape.isEmpty()) {
        return 0;
      }
      if (shape.size() != 2
          || !shape.getFirst().matches("[1-9]\\d{0,3}")
          || !shape.getLast().matches("[23]")) {
        next = line;
        throw wrong(
            "kpt_shape: %s, expected how many keypoints an object has and 2 or 3 for the numbers of each, as [17, 3]"
                .formatted(FormatException.quote(shape.toString())));
      }
      return Integer.parseInt(shape.getFirst()) * Integer.parseInt(shape.getLast());
    }

    /** A value, a list in brackets, or a list in the lines that follow. */
    private List<String> list(String value) throws FormatException {
      if (value.startsWith("[")) {
        return flow(value, '[', ']').stream().map(Yaml::unquoted).toList();
      }
      if (!value.isEmpty()) {
        return value.equals("null") || value.equals("~") ? List.of() : List.of(unquoted(value));
      }
      var list = new ArrayList<String>();
      for (String line = item(); line != null && line.startsWith("-"); line = item()) {
        list.add(unquoted(line.substring(1).strip()));
        next++;
      }
      return list;
    }

    private List<String> names(String value) throws FormatException {
      if (value.startsWith("{")) {
        var numbered = new TreeMap<Integer, String>();
        for (String entry : flow(value, '{', '}')) {
          number(entry, numbered);
        }
        return inOrder(numbered);
      }
      if (!value.isEmpty()) {
        if (!value.startsWith("[")) {
          throw wrong("names that are no list");
        }
        return list(value);
      }
      String first = item();
      if (first == null || first.startsWith("-")) {
        return list(value);
      }
      if (first.startsWith("[") || first.startsWith("{")) {
        next++;
        return names(first);
      }
      var numbered = new TreeMap<Integer, String>();
      for (String line = item(); line != null; line = item()) {
        if (!lines.get(next).startsWith(" ") && !lines.get(next).startsWith("\t")) {
          break;
        }
        number(line, numbered);
        next++;
      }
      return inOrder(numbered);
    }

    private void number(String entry, Map<Integer, String> numbered) throws FormatException {
      var matcher = NUMBERED.matcher(entry);
      if (!matcher.matches() || matcher.group(2) == null) {
        throw wrong(
            "%s, expected a number and the name of its class"
                .formatted(FormatException.quote(entry)));
      }
      int number = Integer.parseInt(matcher.group(1));
      if (numbered.put(number, unquoted(matcher.group(2).strip())) != null) {
        throw wrong("the class %d a second time".formatted(number));
      }
    }

    private List<String> inOrder(TreeMap<Integer, String> numbered) throws FormatException {
      if (numbered.isEmpty()
          || numbered.firstKey() != 0
          || numbered.lastKey() != numbered.size() - 1) {
        throw new FormatException(
            "%s: the numbers of its %d classes are not 0 to %d"
                .formatted(file, numbered.size(), numbered.size() - 1));
      }
      return List.copyOf(numbered.values());
    }

    /** The next line that is not blank, without its indentation; null at the end. */
    private @Nullable String item() {
      while (next < lines.size() && bare(lines.get(next)).isBlank()) {
        next++;
      }
      return next == lines.size() ? null : bare(lines.get(next)).strip();
    }

    /** The entries of a list in brackets, which may go on in the lines that follow. */
    private List<String> flow(String value, char open, char close) throws FormatException {
      int line = next;
      var text = new StringBuilder(value);
      while (end(text, close) < 0) {
        if (next == lines.size()) {
          next = line;
          throw wrong("a %s that is not closed".formatted(open));
        }
        text.append(' ').append(bare(lines.get(next++)).strip());
      }
      var entries = new ArrayList<String>();
      int begin = 1;
      char quote = 0;
      int end = end(text, close);
      for (int i = 1; i <= end; i++) {
        char c = text.charAt(i);
        if (quote != 0) {
          quote = c == quote ? 0 : quote;
        } else if ((c == '"' || c == '\'') && text.substring(begin, i).isBlank()) {
          quote = c;
        } else if (c == ',' || i == end) {
          String entry = text.substring(begin, i).strip();
          // YAML allows a comma after the last entry.
          if (!entry.isEmpty() || c == ',') {
            entries.add(entry);
          }
          begin = i + 1;
        }
      }
      return entries;
    }

    /** Where a list is closed, outside of quotes; negative if it is not. */
    private static int end(CharSequence text, char close) {
      char quote = 0;
      boolean begins = true;
      for (int i = 1; i < text.length(); i++) {
        char c = text.charAt(i);
        if (quote != 0) {
          quote = c == quote ? 0 : quote;
        } else if (begins && (c == '"' || c == '\'')) {
          quote = c;
        } else if (c == close) {
          return i;
        }
        begins = c == ',' || c == ':' || (begins && c == ' ');
      }
      return -1;
    }

    /** A line without its remark. */
    private static String bare(String line) {
      char quote = 0;
      for (int i = 0; i < line.length(); i++) {
        char c = line.charAt(i);
        boolean begins = i == 0 || " \t[,{:-".indexOf(line.charAt(i - 1)) >= 0;
        if (quote != 0) {
          quote = c == quote ? 0 : quote;
        } else if (begins && (c == '"' || c == '\'')) {
          quote = c;
        } else if (c == '#' && (i == 0 || Character.isWhitespace(line.charAt(i - 1)))) {
          return line.substring(0, i).stripTrailing();
        }
      }
      return line.stripTrailing();
    }

    private static String unquoted(String value) {
      if (value.length() > 1
          && (value.startsWith("'") || value.startsWith("\""))
          && value.endsWith(value.substring(0, 1))) {
        char quote = value.charAt(0);
        String inner = value.substring(1, value.length() - 1);
        return quote == '\'' ? inner.replace("''", "'") : inner.replace("\\\"", "\"");
      }
      return value;
    }

    private FormatException wrong(String found) {
      return new FormatException("%s: line %d has %s".formatted(file, next, found));
    }
  }
}
