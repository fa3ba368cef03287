package stride.kernel.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GeneratedKernelsTest {
  @ParameterizedTest
  @CsvSource({
    "GenerateTiles, Tiles",
    "GenerateRows, Rows",
    "GenerateElementwise, VectorElementwise",
    "GenerateSlides, depthwise/Slides"
  })
  void theSourceIsWhatItsGeneratorWrites(String generator, String kernels, @TempDir Path folder)
      throws Exception {
    Path written = folder.resolve("Written.java");
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                Path.of("..", "tools", "kernels", generator + ".java").toString(),
                written.toString())
            .inheritIO()
            .start();
    assertEquals(0, process.waitFor());
    Path source = Path.of("src/main/java/stride/kernel/vector", kernels + ".java");
    assertEquals(
        withoutLayout(Files.readString(written)),
        withoutLayout(Files.readString(source)),
        "run java tools/kernels/%s.java on %s.java".formatted(generator, kernels));
  }

  /** The formatter breaks lines, in comments too. */
  private static String withoutLayout(String source) {
    return source.replaceAll("\\s+(\\*|//) ", " ").replaceAll("\\s+", "");
  }
}
