package stride.train.log;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import stride.format.AtomicFiles;
import stride.format.FileException;
import stride.format.StrictJson;

/** A file with one line of JSON per epoch. */
record JsonLines(Path file) {

  /** Keeps the first lines; a line cut short by a kill is removed with the others. */
  void cut(int epochs) throws IOException {
    List<String> lines =
        Files.exists(file) ? Files.readAllLines(file, StandardCharsets.UTF_8) : List.of();
    var kept = lines.subList(0, Math.min(lines.size(), epochs));
    AtomicFiles.write(
        file,
        out -> {
          for (String line : kept) {
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
          }
        });
  }

  void append(Map<String, ?> json) throws IOException {
    byte[] line = (StrictJson.line(json) + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      Files.write(
          file, line, StandardOpenOption.WRITE, StandardOpenOption.APPEND, StandardOpenOption.SYNC);
    } catch (IOException e) {
      throw FileException.writing(file, e);
    }
  }
}
