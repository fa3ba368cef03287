package stride.kernel.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratedTilesTest {
  @Test
  void theTilesAreWhatTheirGeneratorWrites(@TempDir Path folder) throws Exception {
    Path written = folder.resolve("Tiles.java");
    var generator =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                Path.of("..", "tools", "kernels", "GenerateTiles.java").toString(),
                written.toString())
            .inheritIO()
            .start();
    assertEquals(0, generator.waitFor());
    assertEquals(
        withoutLayout(Files.readString(written)),
        withoutLayout(Files.readString(Path.of("src/main/java/stride/kernel/vector/Tiles.java"))),
        "run java tools/kernels/GenerateTiles.java on Tiles.java");
  }

  /** The formatter breaks lines, in comments too. */
  private static String withoutLayout(String source) {
    return source.replaceAll("\\s+\\* ", " ").replaceAll("\\s+", "");
  }
}
