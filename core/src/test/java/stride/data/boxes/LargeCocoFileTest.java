package stride.data.boxes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** COCO's JSON is read as a stream: outlines, nearly all of it, take no memory. */
final class LargeCocoFileTest {
  private static final int IMAGES = 50;
  private static final int ANNOTATIONS = 4000;
  private static final String OUTLINE = "123.45,67.89,".repeat(800) + "1,2";

  @Test
  void aFileOfFortyMegabytesIsReadWithAHeapOfTwentyFour(@TempDir Path folder) throws Exception {
    write(folder);
    assertTrue(Files.size(folder.resolve("annotations.json")) > 40_000_000);
    var out = folder.resolve("out.log").toFile();
    var process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx24m",
                "-cp",
                System.getProperty("java.class.path"),
                Reading.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(out)
            .start();
    boolean ended = process.waitFor(300, TimeUnit.SECONDS);
    process.destroyForcibly();
    String said = Files.readString(out.toPath());
    assertTrue(ended && process.exitValue() == 0, said);
    assertEquals(
        "%d pictures, %d boxes".formatted(IMAGES, ANNOTATIONS), said.lines().toList().getLast());
  }

  private static void write(Path folder) throws IOException {
    try (var out = Files.newBufferedWriter(folder.resolve("annotations.json"))) {
      out.write("{\"images\":[");
      for (int i = 0; i < IMAGES; i++) {
        Files.createFile(folder.resolve(i + ".png"));
        out.write((i == 0 ? "" : ",") + "{\"id\":%d,\"file_name\":\"%d.png\"}".formatted(i, i));
      }
      out.write("],\"categories\":[{\"id\":1,\"name\":\"cat\"}],\"annotations\":[");
      for (int i = 0; i < ANNOTATIONS; i++) {
        out.write(
            (i == 0 ? "" : ",")
                + "{\"segmentation\":[[%s]],\"id\":%d,\"image_id\":%d,\"category_id\":1,\"bbox\":[%d,2,3,4]}"
                    .formatted(OUTLINE, i, i % IMAGES, i % 100));
      }
      out.write("]}");
    }
  }

  /** Reads the folder in a JVM of its own. */
  static final class Reading {
    private Reading() {}

    public static void main(String[] arguments) throws IOException {
      var pictures = BoxLayout.find(Path.of(arguments[0])).orElseThrow().all();
      System.out.println(
          "%d pictures, %d boxes".formatted(pictures.size(), pictures.objectsByClass()[0]));
    }
  }
}
