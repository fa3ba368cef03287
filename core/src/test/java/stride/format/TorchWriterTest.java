package stride.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.format.TensorFileGoldenTest.golden;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import stride.tensor.Shape;

final class TorchWriterTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {"types.pth", "types-legacy-big-endian.pth", "views.pt", "arrays-compressed.npz"})
  void everyTypeIsCopiedToEitherFormatAndReadBack(String name) throws IOException {
    try (var original = TensorFile.open(golden(name))) {
      for (TensorWriter writer : List.of(new TorchWriter(), new SafetensorsWriter())) {
        for (var tensor : original.tensors()) {
          writer.copy(tensor.name(), original, tensor.name());
        }
        Path file = folder.resolve("copy");
        writer.write(file);
        try (var read = TensorFile.open(file)) {
          assertEquals(List.copyOf(original.tensors()), List.copyOf(read.tensors()));
          for (var tensor : read.tensors()) {
            assertArrayEquals(
                original.floats(tensor.name()), read.floats(tensor.name()), tensor.name());
            if (tensor.type().isWhole()) {
              assertArrayEquals(original.longs(tensor.name()), read.longs(tensor.name()));
            }
          }
        }
      }
    }
  }

  private static TorchWriter writer() {
    return new TorchWriter()
        .floats("conv1.weight", Shape.of(2, 1, 1, 2), new float[] {1, 2, 3, 4})
        .floats("part", Shape.of(3), new float[] {9, 1, 2, 3, 9}, 1)
        .longs("bn1.num_batches_tracked", Shape.of(), 1L << 40);
  }

  @Test
  void theZipFileIsValidToOthersAndItsStoragesAreAligned() throws IOException {
    Path file = folder.resolve("weights.pth");
    writer().write(file);
    try (var zip = new ZipFile(file.toFile())) {
      assertEquals(6, zip.size());
      var version = zip.getEntry("archive/version");
      assertEquals(
          "3\n", new String(zip.getInputStream(version).readAllBytes(), StandardCharsets.US_ASCII));
      assertEquals(16, zip.getEntry("archive/data/0").getSize());
    }
    byte[] bytes = Files.readAllBytes(file);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int at = text.indexOf("archive/data/0");
    int extra = (bytes[at - 2] & 0xFF) | (bytes[at - 1] & 0xFF) << 8;
    assertEquals(0, (at + "archive/data/0".length() + extra) % 64);
    assertArrayEquals(bytes, rewritten());
  }

  private byte[] rewritten() throws IOException {
    Path file = folder.resolve("again.pth");
    writer().write(file);
    return Files.readAllBytes(file);
  }

  @Test
  void aNameIsGivenOnce() {
    var writer = writer();
    var e =
        assertThrows(IllegalArgumentException.class, () -> writer.longs("part", Shape.of(1), 1));
    assertTrue(e.getMessage().contains("two tensors are named part"), e.getMessage());
    assertThrows(
        IllegalArgumentException.class, () -> writer.floats("x", Shape.of(2), new float[3]));
  }

  /** What python3 with PyTorch reads from it is checked where that is installed. */
  @Test
  void pythonReadsItWithWeightsOnly() throws Exception {
    Path file = folder.resolve("weights.pth");
    writer().write(file);
    var script =
        "import sys, torch\n"
            + "d = torch.load(sys.argv[1], weights_only=True)\n"
            + "print(list(d), d['conv1.weight'].tolist(), d['part'].tolist(),"
            + " d['bn1.num_batches_tracked'].item(), d['part'].is_contiguous())";
    var said = Python.withTorch(script, file.toString());
    assertEquals(
        "['conv1.weight', 'part', 'bn1.num_batches_tracked'] [[[[1.0, 2.0]]], [[[3.0, 4.0]]]]"
            + " [1.0, 2.0, 3.0] 1099511627776 True",
        said.strip());
  }
}
