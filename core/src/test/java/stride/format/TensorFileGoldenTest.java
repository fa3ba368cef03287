package stride.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import stride.TestData;

/**
 * Files that PyTorch and NumPy wrote, beside what Python reads from them; tools/golden/weights.py
 * makes both.
 */
final class TensorFileGoldenTest {
  @TempDir Path folder;

  static Path golden(String name) throws IOException {
    var resource = TensorFileGoldenTest.class.getResource("/stride/weights/" + name);
    assertTrue(resource != null, name + " is missing");
    return Path.of(resource.getPath());
  }

  /** A tensor as Python reads it. */
  private record Expected(String type, String shape, List<String> numbers) {
    static Map<String, Expected> read(String name) throws IOException {
      var tensors = new LinkedHashMap<String, Expected>();
      for (String line : Files.readAllLines(golden(name + ".txt"))) {
        var words = Arrays.asList(line.split(" "));
        tensors.put(
            words.get(0), new Expected(words.get(1), words.get(2), words.subList(3, words.size())));
      }
      return tensors;
    }

    float[] floats() {
      var floats = new float[numbers.size()];
      for (int i = 0; i < floats.length; i++) {
        floats[i] =
            switch (numbers.get(i)) {
              case "nan" -> Float.NaN;
              case "inf" -> Float.POSITIVE_INFINITY;
              default -> (float) Double.parseDouble(numbers.get(i));
            };
      }
      return floats;
    }

    long[] longs() {
      return numbers.stream().mapToLong(Long::parseLong).toArray();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "types.pth, types, pytorch",
    "types-legacy.pth, types, pytorch-legacy",
    "types-protocol4.pth, types, pytorch",
    "types-legacy-protocol4.pth, types, pytorch-legacy",
    "types-big-endian.pth, types, pytorch",
    "types-legacy-big-endian.pth, types, pytorch-legacy",
    "types-cuda.pth, types, pytorch",
    "types-legacy-cuda.pth, types, pytorch-legacy",
    "types-mps.pth, types, pytorch",
    "views.pt, views, pytorch",
    "views-legacy.pt, views, pytorch-legacy",
    "views-deflated.pt, views, pytorch",
    "views-zip64.pt, views, pytorch",
    "checkpoint.pth, checkpoint, pytorch",
    "checkpoint-legacy.pth, checkpoint, pytorch-legacy",
    "tensor.pt, tensor, pytorch",
    "arrays.npz, arrays, npz",
    "arrays-compressed.npz, arrays, npz",
    "cube.v1.npy, cube, npy",
    "cube.v2.npy, cube, npy",
    "cube.v3.npy, cube, npy",
  })
  void everyNumberIsReadAsPythonReadsIt(String name, String expected, String format)
      throws IOException {
    // By content: a copy without a suffix is read the same.
    Path copy = Files.copy(golden(name), folder.resolve(expected));
    try (var file = TensorFile.open(copy)) {
      assertEquals(format, file.format());
      var tensors = Expected.read(expected);
      assertEquals(
          new ArrayList<>(tensors.keySet()),
          file.tensors().stream().map(StoredTensor::name).toList());
      for (var stored : file.tensors()) {
        var tensor = tensors.get(stored.name());
        assertEquals(tensor.type(), stored.type().name(), stored.name());
        assertEquals(tensor.shape(), stored.shapeText(), stored.name());
        assertArrayEquals(tensor.floats(), file.floats(stored.name()), stored.name());
        if (stored.type().isWhole()) {
          assertArrayEquals(tensor.longs(), file.longs(stored.name()), stored.name());
        }
        assertStretches(file, stored, tensor.floats());
      }
    }
  }

  /** Any stretch of a tensor is that stretch of its numbers, however they lie. */
  private static void assertStretches(TensorFile file, StoredTensor stored, float[] all)
      throws IOException {
    for (int from = 0; from < all.length; from++) {
      for (int count : new int[] {1, 3, all.length - from}) {
        if (from + count <= all.length) {
          var part = new float[count + 1];
          file.floats(stored.name(), from, count, part, 1);
          assertArrayEquals(
              Arrays.copyOfRange(all, from, from + count),
              Arrays.copyOfRange(part, 1, count + 1),
              stored.name());
        }
      }
    }
  }

  @Test
  void theSimpleValuesOfACheckpointAreItsStrings() throws IOException {
    for (String name : List.of("checkpoint.pth", "checkpoint-legacy.pth")) {
      try (var file = TensorFile.open(golden(name))) {
        assertEquals("12", file.metadata().get("epoch"));
        assertEquals("conv", file.metadata().get("arch"));
        assertEquals("0.01", file.metadata().get("optimizer.param_groups.0.lr"));
        assertEquals("1", file.metadata().get("scheduler.milestones.30"));
      }
    }
  }

  /** A check sum of all numbers as floats, as tools/golden/weights.py makes it. */
  private static String checkSum(Path path) throws IOException {
    var sum = new CRC32();
    int tensors = 0;
    try (var file = TensorFile.open(path)) {
      for (var tensor : file.tensors()) {
        sum.update(tensor.name().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        for (float value : file.floats(tensor.name())) {
          int bits = Float.floatToRawIntBits(value);
          for (int shift = 0; shift < 32; shift += 8) {
            sum.update(bits >>> shift);
          }
        }
        tensors++;
      }
    }
    return "%d tensors, %08x".formatted(tensors, sum.getValue());
  }

  @ParameterizedTest
  @CsvSource({
    "resnet20-12fca82f.th, '97 tensors, df2b44da'",
    "mnist_cnn.pt, '20 tensors, efc24933'",
    "mnist_cnn.safetensors, '20 tensors, 659f4931'",
  })
  void realFilesAreReadAsPythonReadsThem(String name, String expected) throws IOException {
    assertEquals(expected, checkSum(TestData.require("weights/" + name)));
  }
}
