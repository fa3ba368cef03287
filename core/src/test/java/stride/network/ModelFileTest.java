package stride.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.batchNorm;
import static stride.layer.Layers.conv;
import static stride.layer.Layers.dense;
import static stride.layer.Layers.flatten;
import static stride.layer.Layers.sequential;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.format.FormatException;
import stride.tensor.Shape;

class ModelFileTest {
  @TempDir Path temp;

  /** More weights than one thread reads, in layers of a few and of many filters. */
  private static Model large() {
    return Model.initialized(
        Network.of(
            Shape.image(6, 7, 3),
            sequential(
                conv(37, 3).padding(1), batchNorm(), flatten(), dense(700), dense(40), dense(1))),
        1);
  }

  @Test
  void largeModelsComeBackWithTheSameBits() throws IOException {
    var model = large();
    assertTrue(model.network().parameters() > 1 << 20, "large enough");
    var file = temp.resolve("model.safetensors");
    model.save(file);
    var read = Model.load(file);
    assertEquals(model.weights().table(), read.weights().table());
    assertArrayEquals(model.weights().values(), read.weights().values());
    assertArrayEquals(model.weights().statistics(), read.weights().statistics());
  }

  @Test
  void aModelFileThatIsCutOffIsRefused() throws IOException {
    var file = temp.resolve("model.safetensors");
    large().save(file);
    var bytes = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 4));
    assertThrows(FormatException.class, () -> Model.load(file));
  }
}
