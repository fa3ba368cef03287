package stride.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.layer.Layers.*;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import stride.Mutants;
import stride.format.FormatException;
import stride.format.SafetensorsWriter;
import stride.format.TensorFile;
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
    Mutants.check(
        model(),
        10_000,
        1,
        1L << 26,
        FormatException.class,
        bytes -> Model.load(new ByteArrayInputStream(bytes)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          stride.network       | "inputs":[2,0]    | "inputs":[2]    | add takes 2 inputs, found 1
          stride.network       | "inputs":[0]      | "inputs":[]     | relu takes 1 input, found 0
          stride.network       | "inputs":[1]      | "inputs":[1,1]  | conv takes 1 input, found 2
          stride.network       | "input":[4,4,1]   | "input":[]      | found a single number
          stride.labels        | []                | null            | the labels are not a list of names
          stride.preprocessing | {"fit":"resize",  | null{           | expected an object, found null
          """)
  void metadataThatDoNotFitTogetherSayWhatWasExpected(
      String key, String part, String instead, String expected) throws IOException {
    var network =
        Network.of(Shape.image(4, 4, 1), residual(sequential(relu(), conv(1, 1).noBias())));
    var plain = folder.resolve("plain.safetensors");
    Model.initialized(network, 1).save(plain);
    Path file = folder.resolve("changed.safetensors");
    try (var tensors = TensorFile.open(plain)) {
      var writer = new SafetensorsWriter();
      for (var entry : tensors.metadata().entrySet()) {
        boolean changed = entry.getKey().equals(key);
        var text = changed ? entry.getValue().replace(part, instead) : entry.getValue();
        assertEquals(changed, !text.equals(entry.getValue()), entry.getValue());
        writer.metadata(entry.getKey(), text.startsWith("null") ? "null" : text);
      }
      for (var tensor : tensors.tensors()) {
        writer.copy(tensor.name(), tensors, tensor.name());
      }
      writer.write(file);
    }
    var e = assertThrows(FormatException.class, () -> Model.load(file));
    assertTrue(e.getMessage().contains(expected), e.getMessage());
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
