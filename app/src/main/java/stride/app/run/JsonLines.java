package stride.app.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import stride.format.FileException;
import stride.format.FormatException;
import tools.jackson.core.JacksonException;
import tools.jackson.jr.ob.JSON;

/** Reads files of one JSON object a line, to which a running training appends. */
final class JsonLines {
  private JsonLines() {}

  /**
   * Returns the objects in order. A last line without an end is still being written and is left
   * out; no file is no objects.
   *
   * @throws FormatException if a line is damaged
   */
  static List<Map<String, Object>> read(Path file) throws IOException {
    var objects = new ArrayList<Map<String, Object>>();
    if (!Files.exists(file)) {
      return objects;
    }
    String text;
    try {
      text = Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
    for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
      try {
        objects.add(JSON.std.mapFrom(line));
      } catch (JacksonException e) {
        throw new FormatException(
            "%s: line %d is not a JSON object".formatted(file, objects.size() + 1), e);
      }
    }
    return objects;
  }
}
