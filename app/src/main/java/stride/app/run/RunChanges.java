package stride.app.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import stride.format.AtomicFiles;
import stride.format.FormatException;
import stride.format.TextFile;
import tools.jackson.core.JacksonException;
import tools.jackson.jr.ob.JSON;

/**
 * What a run was resumed with that it was not begun with: more epochs, or the new place of its
 * files.
 *
 * @param settings each under its option's name
 * @param goingOn whether the run has not come to its end since, although an earlier end may have
 *     left a model
 */
record RunChanges(Map<String, Object> settings, boolean goingOn) {
  static final RunChanges NONE = new RunChanges(Map.of(), false);

  private static final String GOING_ON = "going_on";

  /** The changes in a file, none if it is not there. */
  static RunChanges read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return NONE;
    }
    try {
      var settings = JSON.std.mapFrom(TextFile.decode(RunFolder.bytes(file), file));
      settings.values().removeIf(Objects::isNull);
      boolean goingOn = Boolean.TRUE.equals(settings.remove(GOING_ON));
      return new RunChanges(new RunConfig(settings).settings(), goingOn);
    } catch (JacksonException e) {
      throw new FormatException("%s: is not valid JSON".formatted(file), e);
    }
  }

  RunConfig applyTo(RunConfig begunWith) {
    var all = new LinkedHashMap<>(begunWith.settings());
    all.putAll(settings);
    return new RunConfig(all);
  }

  RunChanges with(Map<String, Object> more) {
    var all = new LinkedHashMap<>(settings);
    all.putAll(more);
    return new RunChanges(new RunConfig(all).settings(), true);
  }

  RunChanges finished() {
    return new RunChanges(settings, false);
  }

  /** Writes them atomically; nothing if there are none. */
  void write(Path file) throws IOException {
    if (settings.isEmpty()) {
      return;
    }
    var all = new LinkedHashMap<String, Object>(settings);
    all.put(GOING_ON, goingOn);
    byte[] json =
        (JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(all) + "\n")
            .getBytes(StandardCharsets.UTF_8);
    AtomicFiles.write(file, out -> out.write(json));
  }
}
