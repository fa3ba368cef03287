package stride.app.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import stride.format.AtomicFiles;
import stride.format.FormatException;
import stride.format.TextFile;
import tools.jackson.core.JacksonException;
import tools.jackson.jr.ob.JSON;

/** The file that says what ended a training before its time, such as a loss that is no number. */
final class RunFailure {
  private static final String FIELD = "failure";

  private RunFailure() {}

  /** Returns the sentence in a file; empty if the file is not there. */
  static Optional<String> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      if (JSON.std.mapFrom(TextFile.decode(RunFolder.bytes(file), file)).get(FIELD)
          instanceof String sentence) {
        return Optional.of(sentence);
      }
      throw new FormatException("%s: has no text \"%s\"".formatted(file, FIELD));
    } catch (JacksonException e) {
      throw new FormatException("%s: is not valid JSON".formatted(file), e);
    }
  }

  static void write(Path file, String sentence) throws IOException {
    byte[] json =
        (JSON.std.asString(Map.of(FIELD, sentence)) + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFiles.write(file, out -> out.write(json));
  }
}
