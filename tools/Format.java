import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.spi.ToolProvider;

/**
 * Checks or writes the formatting of every Java source below the current folder: {@code check FILE}
 * leaves the names of those that are not formatted in FILE, {@code write FILE} formats them. The
 * build runs it with google-java-format on the class path; {@code tools/format} is for people.
 */
final class Format {
  /**
   * Built, generated and too large to format, or the short programs of examples/tasks, which are
   * laid out by hand as the pages of the documentation are.
   */
  private static final Set<String> SKIPPED = Set.of("target", "generated", "tasks");

  public static void main(String[] args) throws IOException {
    var write = args[0].equals("write");
    var command = new ArrayList<String>();
    command.addAll(write ? List.of("--replace") : List.of("--dry-run", "--set-exit-if-changed"));
    command.addAll(sources(Path.of("")));

    var formatter = ToolProvider.findFirst("google-java-format").orElseThrow();
    var changed = new StringWriter();
    var problems = new StringWriter();
    var status =
        formatter.run(
            new PrintWriter(changed), new PrintWriter(problems), command.toArray(String[]::new));
    var report = Path.of(args[1]);
    Files.deleteIfExists(report);
    if (status != 0) {
      // A source that does not parse is the compiler's to explain, but is named here too.
      var lines = (problems + "\n" + changed).lines().filter(line -> !line.isBlank()).sorted();
      Files.write(report, lines.toList());
      for (var line : Files.readAllLines(report)) {
        System.err.println("not formatted: " + line);
      }
    }
  }

  private static List<String> sources(Path root) throws IOException {
    var sources = new ArrayList<String>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            var name = folder.getFileName().toString();
            return SKIPPED.contains(name) || name.startsWith(".")
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".java")) {
              sources.add(file.toString());
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return sources;
  }
}
