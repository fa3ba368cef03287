package stride.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.image.Pictures;
import stride.network.Model;
import stride.zoo.Zoo;

/**
 * A real process that cannot write pictures any more, as on a disk that is full: no file of it may
 * have more than some blocks. A JPEG of the photo fits, a PNG does not.
 */
final class FullDiskPaintingTest {
  /** Of 512 bytes, as POSIX has it; some shells have 1,024. */
  private static final int BLOCKS = 16;

  @TempDir private Path temp;
  private Path photo;

  @BeforeEach
  void makeFiles() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "skipped: there is no /bin/sh");
    photo = temp.resolve("photo.png");
    NoisePicture.write(photo, 90, 80, 1);
    NoisePicture.write(temp.resolve("painting.png"), 60, 60, 2);
    Model.initialized(Zoo.find("squeezenet1_1").network(), 1)
        .save(temp.resolve("squeezenet1_1.safetensors"));
  }

  @Test
  void framesThatCannotBeWrittenAreNoReasonToLoseThePainting() throws Exception {
    var run = style("painted.jpg", "--frames", "frames");
    assertEquals(0, run.status(), run::toString);
    assertEquals(1, count(run.err(), "the painting goes on without this picture"), run::toString);
    assertTrue(run.err().contains("frame-0001.png"), run::toString);
    assertEquals(List.of(), names(temp.resolve("frames")));
    assertEquals(90, Pictures.decode(temp.resolve("painted.jpg")).width());
  }

  @Test
  void whatWasThereStaysWhereNoPictureCanBeWritten() throws Exception {
    Files.writeString(temp.resolve("painted.png"), "kept");
    var before = names(temp);
    var run = style("painted.png", "--preview", "3");
    assertEquals(1, run.status(), run::toString);
    assertEquals("", run.out());
    assertEquals(1, count(run.err(), "the painting goes on without this picture"), run::toString);
    assertEquals(1, count(run.err(), "stride: cannot write painted.png"), run::toString);
    assertEquals("kept", Files.readString(temp.resolve("painted.png")));
    assertEquals(before, names(temp));
  }

  private Stride style(String out, String... more) throws Exception {
    var command = new ArrayList<String>();
    command.addAll(List.of("/bin/sh", "-c", "ulimit -f " + BLOCKS + "; exec \"$@\"", "sh"));
    command.add(ProcessHandle.current().info().command().orElseThrow());
    // The JVM's own file of counters is larger than what may be written.
    command.addAll(List.of("-XX:-UsePerfData", "-Dstride.kernels=scalar"));
    command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "stride.app.Main"));
    command.addAll(List.of("style", "photo.png", "--style", "painting.png", "--out", out));
    command.addAll(List.of("--weights", "squeezenet1_1.safetensors", "--steps", "20"));
    command.addAll(List.of(more));
    var logs = Files.createDirectories(temp.resolveSibling(temp.getFileName() + "-logs"));
    var process =
        new ProcessBuilder(command)
            .directory(temp.toFile())
            .redirectError(logs.resolve("err").toFile())
            .redirectOutput(logs.resolve("out").toFile())
            .start();
    assertTrue(process.waitFor(120, TimeUnit.SECONDS), "a painting hangs");
    return new Stride(
        process.exitValue(),
        Files.readString(logs.resolve("out")),
        Files.readString(logs.resolve("err")));
  }

  private static int count(String text, String part) {
    return text.split(java.util.regex.Pattern.quote(part), -1).length - 1;
  }

  private static List<String> names(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
