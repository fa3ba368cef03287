package stride.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The newcomer's first command keeps its word. */
@Tag("slow")
class LenetLearnsMnistTest {
  @Test
  void theDefaultRecipeReaches992OfAThousandTestImages(@TempDir Path folder) throws IOException {
    Path run = folder.resolve("run");
    var trained =
        Stride.run("train", "lenet5", "--data", "mnist", "--seed", 1, "--out", run, "--json")
            .json();
    double accuracy = ((Number) trained.get("test_accuracy")).doubleValue();
    assertTrue(accuracy >= 0.992, () -> "test accuracy " + accuracy);
    var evaluated =
        Stride.run("evaluate", trained.get("model"), "--data", "mnist", "--json").json();
    assertEquals(accuracy, ((Number) evaluated.get("top1")).doubleValue());
    assertEquals(10_000, evaluated.get("images"));
  }
}
