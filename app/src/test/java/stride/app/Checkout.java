package stride.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;

/**
 * The launcher in a folder of its own, which takes the classes that are being tested for what it
 * has built.
 */
record Checkout(Path folder) {
  private static final Pattern TESTS =
      Pattern.compile("test-classes|junit|opentest4j|apiguardian|surefire|archunit");

  /**
   * What a shell's commands came to.
   *
   * @param out stdout, taken for UTF-8
   */
  record Ended(int status, String out, String err) {
    /** Checks that it failed with one sentence that contains all of these. */
    void failsWith(int expected, String... parts) {
      assertEquals(expected, status, this::toString);
      var said = err.lines().filter(line -> line.startsWith("stride: ")).toList();
      assertEquals(1, said.size(), this::toString);
      for (String part : parts) {
        assertTrue(
            said.getFirst().contains(part), () -> "expected \"%s\" in %s".formatted(part, this));
      }
    }
  }

  /** Makes one. */
  static Checkout in(Path folder) throws IOException {
    var modules = Files.createDirectories(folder.resolve("app/target/stride"));
    for (String source : List.of("pom.xml", "app/pom.xml", "app/src/main/Main.java")) {
      var file = folder.resolve(source);
      Files.createDirectories(file.getParent());
      Files.createFile(file);
      Files.setLastModifiedTime(file, FileTime.fromMillis(0));
    }
    var options = Files.createDirectories(folder.resolve("app/src/main/jvm"));
    for (String kind : List.of("vectors", "short")) {
      Files.copy(Path.of("src/main/jvm", kind), options.resolve(kind));
      Files.setLastModifiedTime(options.resolve(kind), FileTime.fromMillis(0));
    }
    for (var path : List.of(options, folder.resolve("app/src/main"))) {
      Files.setLastModifiedTime(path, FileTime.fromMillis(0));
    }
    var entries = System.getProperty("java.class.path").split(File.pathSeparator, -1);
    for (int i = 0; i < entries.length; i++) {
      var entry = Path.of(entries[i]).toAbsolutePath();
      if (TESTS.matcher(entries[i]).find()) {
        continue;
      } else if (Files.isDirectory(entry)) {
        boolean app = entry.endsWith(Path.of("app", "target", "classes"));
        jar(entry, modules.resolve(app ? "stride-app.jar" : "module%d.jar".formatted(i)));
      } else {
        Files.copy(entry, modules.resolve(entry.getFileName().toString()));
      }
    }
    // Empty, it says that there is no AOT cache: to make one takes many times as long as a test.
    Files.createFile(
        folder.resolve("app/target/stride-%s.aot".formatted(System.getProperty("java.version"))));
    Files.copy(Path.of("../stride"), folder.resolve("stride"));
    return new Checkout(folder);
  }

  private static void jar(Path classes, Path jar) {
    int status =
        ToolProvider.findFirst("jar")
            .orElseThrow()
            .run(
                new PrintWriter(System.out),
                new PrintWriter(System.err),
                "--create",
                "--no-compress",
                "--file=" + jar,
                "-C",
                classes.toString(),
                ".");
    assertEquals(0, status, "jar");
  }

  /** The folder of jars that the launcher runs. */
  Path modules() {
    return folder.resolve("app/target/stride");
  }

  /**
   * Runs a script in the folder with nothing in the environment but this.
   *
   * @param script of ASCII: this JVM may not be able to hand on anything else
   */
  Ended run(Map<String, String> environment, String script) throws Exception {
    var out = folder.resolve("out.txt");
    var err = folder.resolve("err.txt");
    var shell =
        new ProcessBuilder("sh", "-c", script)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    shell.environment().clear();
    shell.environment().put("PATH", "/usr/bin:/bin");
    shell.environment().put("HOME", folder.toString());
    shell.environment().put("STRIDE_JAVA_HOME", System.getProperty("java.home"));
    // It ends before C2 would pay off.
    shell.environment().put("STRIDE_JAVA_OPTS", "-XX:TieredStopAtLevel=1");
    shell.environment().putAll(environment);
    var process = shell.start();
    process.getOutputStream().close();
    assertTrue(process.waitFor(2, TimeUnit.MINUTES), "it did not end: " + script);
    return new Ended(
        process.exitValue(),
        new String(Files.readAllBytes(out), StandardCharsets.UTF_8),
        new String(Files.readAllBytes(err), StandardCharsets.UTF_8));
  }
}
