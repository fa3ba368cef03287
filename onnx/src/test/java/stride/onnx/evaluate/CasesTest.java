package stride.onnx.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every operator against the standard's own test cases, and against PyTorch. */
final class CasesTest {
  @TempDir Path folder;

  /** Returns the cases that fail, each with what is wrong. */
  private static List<String> faults(List<Path> cases) {
    var faults = new ArrayList<String>();
    for (Path folder : cases) {
      String fault = Cases.fault(folder);
      if (!fault.isEmpty()) {
        faults.add(folder.getFileName() + ": " + fault);
      }
    }
    return faults;
  }

  @Test
  void whatPyTorchExportsGivesPyTorchsNumbers() throws IOException {
    List<Path> cases = unpacked("cases.zip");
    assertTrue(cases.size() > 150, "only %d cases were found".formatted(cases.size()));
    assertEquals(List.of(), faults(cases));
  }

  /** Made by ONNX 1.23.1's own generators, of version 28 of the operators. */
  @Test
  void theNewestVersionsGiveTheStandardsNumbers() throws IOException {
    List<Path> cases = unpacked("standard.zip");
    assertTrue(cases.size() > 40, "only %d cases were found".formatted(cases.size()));
    assertEquals(List.of(), faults(cases));
  }

  private List<Path> unpacked(String resource) throws IOException {
    InputStream zip = CasesTest.class.getResourceAsStream(resource);
    try (var entries = new ZipInputStream(zip)) {
      for (var entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
        Path file = folder.resolve(entry.getName());
        Files.createDirectories(file.getParent());
        Files.copy(entries, file);
      }
    }
    return Cases.below(folder);
  }

  /** ONNX's own tests, where they are: all of those that vision's operators concern. */
  @Test
  void theStandardsOwnCasesPass() throws IOException {
    Path shared = Cases.shared("onnx/cases").orElse(null);
    Assumptions.assumeTrue(shared != null, "there are no shared/data/onnx/cases here");
    List<Path> cases = Cases.below(shared);
    List<String> faults = faults(cases);
    System.out.printf(
        "%d of %d of ONNX's cases pass%n", cases.size() - faults.size(), cases.size());
    assertTrue(cases.size() > 600, "only %d cases were found".formatted(cases.size()));
    assertEquals(List.of(), faults);
  }
}
