package stride.network;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.Mutants;
import stride.format.FormatException;
import stride.format.SafetensorsWriter;
import stride.tensor.Shape;

class HostileModelFileTest {
  @TempDir Path folder;

  private byte[] model() throws IOException {
    var network =
        Network.of(
            Shape.image(8, 8, 1),
            sequential(
                conv(3, 3).padding(1),
                batchNorm(),
                relu6(),
                residual(conv(3, 1)),
                maxPool(2),
                flatten(),
                dense(4)));
    Path file = folder.resolve("model.safetensors");
    Model.initialized(network, 1).save(file);
    return Files.readAllBytes(file);
  }

  @Test
  void damagedModelFilesAreRefusedInOneSentence() throws Exception {
    Path damaged = folder.resolve("damaged.safetensors");
    Mutants.check(
        model(),
        10_000,
        1,
        1L << 26,
        FormatException.class,
        bytes -> {
          Files.write(damaged, bytes);
          Model.load(damaged);
        });
  }

  @Test
  void missingAndUnexpectedTensorsAreNamedTogether() throws IOException {
    Path file = folder.resolve("other.safetensors");
    var network = Network.of(Shape.of(2), dense(3));
    new SafetensorsWriter()
        .metadata("stride.network", new GraphJson(OperationTypes.standard()).write(network.graph()))
        .floats("0.weight", Shape.of(3, 2), new float[6])
        .floats("extra", Shape.of(1), new float[1])
        .write(file);
    String message = assertThrows(FormatException.class, () -> Model.load(file)).getMessage();
    assertTrue(message.contains("0.bias") && message.contains("extra"), message);
  }
}
