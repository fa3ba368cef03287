package stride.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The Java of a page of the documentation, compiled and run as a reader would. */
final class JavaExamples {
  private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  private JavaExamples() {}

  /** All of a page's, in order. */
  static List<String> of(Path page) throws IOException {
    return BLOCK.matcher(Files.readString(page)).results().map(found -> found.group(1)).toList();
  }

  /** Starts one in a folder of its own; what it says goes to "output.txt" there. */
  static Process start(String example, Path folder) throws IOException {
    Path source = Files.writeString(folder.resolve("Example.java"), example);
    var java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                absoluteClassPath(),
                source.toString())
            .directory(folder.toFile())
            .redirectErrorStream(true);
    java.environment().put("STRIDE_HOME", folder.toString());
    return java.redirectOutput(folder.resolve("output.txt").toFile()).start();
  }

  /** Runs one to its end, which has to be a good one, and gives what it says. */
  static String run(String example, Path folder) throws Exception {
    var process = start(example, folder);
    assertTrue(process.waitFor(5, TimeUnit.MINUTES), "the example did not end");
    String text = Files.readString(folder.resolve("output.txt"));
    assertEquals(0, process.exitValue(), text);
    return text;
  }

  /** What the tests run with, wherever that runs. */
  static String absoluteClassPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
