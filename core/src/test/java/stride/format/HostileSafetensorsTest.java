package stride.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.format.SafetensorsTest.bytes;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import stride.Mutants;
import stride.tensor.Shape;

final class HostileSafetensorsTest {
  @TempDir Path folder;

  private static byte[] prefix(long headerBytes, int follow) {
    return ByteBuffer.allocate(8 + follow)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(headerBytes)
        .array();
  }

  private static String tensor(String type, String shape, String offsets) {
    return "\"a\":{\"dtype\":%s,\"shape\":%s,\"data_offsets\":%s}".formatted(type, shape, offsets);
  }

  /** A file with the one tensor "a" and 8 bytes of data. */
  private static byte[] one(String type, String shape, String offsets) {
    return bytes("{" + tensor(type, shape, offsets) + "}", new byte[8]);
  }

  private static byte[] two(long beginB, long endB, int data) {
    String b = "\"b\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[%d,%d]}";
    return bytes(
        "{"
            + b.formatted(endB - beginB, beginB, endB)
            + ","
            + tensor("\"F32\"", "[1]", "[0,4]")
            + "}",
        new byte[data]);
  }

  static Stream<Arguments> damages() {
    String f32 = "\"F32\"";
    return Stream.of(
        Arguments.of("0 bytes", new byte[0], "has 0 bytes"),
        Arguments.of("7 bytes", new byte[7], "has 7 bytes"),
        Arguments.of("an empty header", prefix(0, 0), "begins with nothing, expected \"{\""),
        Arguments.of(
            "a header cut off", prefix(50, 49), "50 bytes, only 49 follow: it is truncated"),
        Arguments.of("a header of 100 MB and 1", prefix(100_000_001, 9), "at most 100,000,000"),
        Arguments.of("a header of 2^64 - 1", prefix(-1, 9), "18446744073709551615 bytes"),
        Arguments.of("a zip file", "PK\3\4 weights.pt".getBytes(), "it is no safetensors file"),
        Arguments.of("a list", bytes("[]"), "begins with \"[\", expected \"{\""),
        Arguments.of("a space first", bytes(" {}"), "expected \"{\""),
        Arguments.of("an open brace", bytes("{\"a\":"), "no valid JSON"),
        Arguments.of("text behind", bytes("{} {}"), "continues after its closing brace"),
        Arguments.of("rubbish behind", bytes("{} x"), "no valid JSON"),
        Arguments.of("a tensor that is text", bytes("{\"a\":\"b\"}"), "\"a\" is described by text"),
        Arguments.of("no dtype", bytes("{\"a\":{}}"), "has no dtype"),
        Arguments.of("no shape", bytes("{\"a\":{\"dtype\":\"F32\"}}"), "has no shape"),
        Arguments.of(
            "no offsets", bytes("{\"a\":{\"dtype\":\"F32\",\"shape\":[]}}"), "has no data_offsets"),
        Arguments.of(
            "a dtype of another kind", one("\"F8_E4M3\"", "[8]", "[0,8]"), "dtype \"F8_E4M3\""),
        Arguments.of("a dtype in lower case", one("\"f32\"", "[2]", "[0,8]"), "one of F64, F32"),
        Arguments.of("a dtype that is a number", one("32", "[2]", "[0,8]"), "expected text"),
        Arguments.of("a negative size", one(f32, "[-2]", "[0,8]"), "\"-2\" in its shape"),
        Arguments.of("a size with a fraction", one(f32, "[2.0]", "[0,8]"), "\"2.0\" in its shape"),
        Arguments.of("a size of 2^63", one(f32, "[9223372036854775808]", "[0,8]"), "2^63 - 1"),
        Arguments.of("a size of text", one(f32, "[\"2\"]", "[0,8]"), "\"2\" in its shape"),
        Arguments.of("a size that is a list", one(f32, "[[2]]", "[0,8]"), "a list in its shape"),
        Arguments.of("a shape that is a number", one(f32, "2", "[0,8]"), "shape that is a number"),
        Arguments.of(
            "a shape whose product overflows to fit",
            one(f32, "[4294967296,4294967296,2]", "[0,8]"),
            "more than 2^63 - 1 bytes"),
        Arguments.of(
            "a shape whose bytes overflow to fit",
            one(f32, "[4611686018427387906]", "[0,8]"),
            "more than 2^63 - 1 bytes"),
        Arguments.of(
            "65 dimensions",
            one(f32, "[" + "1,".repeat(64) + "2]", "[0,8]"),
            "more than 64 numbers in its shape"),
        Arguments.of(
            "a shape that needs less",
            one(f32, "[1]", "[0,8]"),
            "shape [1] takes 4 bytes, its data_offsets [0, 8] span 8"),
        Arguments.of(
            "a type that needs more",
            one("\"F64\"", "[2]", "[0,8]"),
            "takes 16 bytes, its data_offsets [0, 8] span 8"),
        Arguments.of("one offset", one(f32, "[2]", "[8]"), "data_offsets [8], expected a begin"),
        Arguments.of("three offsets", one(f32, "[2]", "[0,8,8]"), "more than 2 numbers"),
        Arguments.of("offsets turned round", one(f32, "[2]", "[8,0]"), "an end not before it"),
        Arguments.of("a negative offset", one(f32, "[2]", "[-8,0]"), "\"-8\" in its data_offsets"),
        Arguments.of("no data", bytes("{" + tensor(f32, "[2]", "[0,8]") + "}"), "truncated"),
        Arguments.of(
            "a byte cut off",
            Arrays.copyOf(one(f32, "[2]", "[0,8]"), one(f32, "[2]", "[0,8]").length - 1),
            "ends at byte 8 of the data, the file holds only 7: it is truncated"),
        Arguments.of(
            "a byte too many",
            Arrays.copyOf(one(f32, "[2]", "[0,8]"), one(f32, "[2]", "[0,8]").length + 1),
            "1 bytes follow the last tensor's"),
        Arguments.of(
            "an offset far away",
            one("\"U8\"", "[1]", "[9223372036854775806,9223372036854775807]"),
            "the file holds only 8"),
        Arguments.of("a hole in front", one(f32, "[1]", "[4,8]"), "a hole of 4 bytes"),
        Arguments.of(
            "a hole between", two(6, 8, 8), "\"b\" begins at byte 6 of the data, expected 4"),
        Arguments.of(
            "an overlap", two(3, 8, 8), "\"b\" begins at byte 3 of the data, inside of \"a\""),
        Arguments.of(
            "the same tensor twice",
            bytes(
                "{" + tensor(f32, "[]", "[0,4]") + "," + tensor(f32, "[]", "[4,8]") + "}",
                new byte[8]),
            "Duplicate"),
        Arguments.of(
            "a field twice", bytes("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"I32\"}}"), "Duplicate"),
        Arguments.of(
            "a metadata key twice",
            bytes("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}"),
            "Duplicate"),
        Arguments.of(
            "metadata that are a list",
            bytes("{\"__metadata__\":[]}"),
            "__metadata__ is a list, expected an object of strings"),
        Arguments.of(
            "metadata of numbers",
            bytes("{\"__metadata__\":{\"epoch\":1}}"),
            "__metadata__'s \"epoch\" is a number, expected a string"),
        Arguments.of(
            "deep nesting in an unknown field",
            bytes("{\"a\":{\"x\":" + "[".repeat(50_000) + "]".repeat(50_000) + "}}"),
            "epth"),
        Arguments.of(
            "a number of 10,000 digits",
            one(f32, "[" + "9".repeat(10_000) + "]", "[0,8]"),
            "no valid JSON"),
        Arguments.of(
            "a name that would fill the screen",
            bytes("{\"" + "n".repeat(5_000) + "\\n\\u001b[31m\":1}"),
            "tensor \"" + "n".repeat(80) + "...\" is described by a number"),
        Arguments.of(
            "a name that would move the cursor",
            bytes("{\"a\\n\\u001b[31m\":1}"),
            "tensor \"a??[31m\" is described by a number"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("damages")
  void aDamagedFileIsRefusedWithOneSentenceThatSaysWhere(String what, byte[] bytes, String said)
      throws IOException {
    Path file = Files.write(folder.resolve("model.safetensors"), bytes);
    var e = assertThrows(FormatException.class, () -> Safetensors.open(file).close(), what);
    assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
    assertTrue(e.getMessage().contains(said), e.getMessage());
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    assertTrue(e.getMessage().length() < 500, e.getMessage());
  }

  @Test
  void aHeaderThatIsNoTextIsRefused() throws IOException {
    byte[] bytes = bytes("{\"a?\":1}");
    bytes[8 + 3] = (byte) 0xFF;
    Path file = Files.write(folder.resolve("model.safetensors"), bytes);
    var e = assertThrows(FormatException.class, () -> Safetensors.open(file).close());
    assertEquals(file + ": the header is not UTF-8 text", e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void tenThousandDamagedFilesBringOutNothingButAFormatException(long seed) throws IOException {
    Path file = folder.resolve("model.safetensors");
    new SafetensorsWriter()
        .metadata("network", "{\"layers\":[1,2]}")
        .floats("conv1.weight", Shape.of(2, 1, 1, 2), new float[] {1, 2, 3, 4})
        .longs("bn1.num_batches_tracked", Shape.of(), 7)
        .floats("conv1.bias", Shape.of(2), new float[] {1, 2})
        .write(file);
    byte[] original = Files.readAllBytes(file);
    Mutants.check(
        original,
        5_000,
        seed,
        4 << 20,
        FormatException.class,
        mutant -> {
          var stream = new ByteArrayInputStream(mutant);
          try (var read = Safetensors.read(OpenFile.read(stream, "mutant"))) {
            for (var tensor : read.tensors()) {
              assertEquals(tensor.elements(), read.floats(tensor.name()).length);
              if (tensor.type().isWhole()) {
                assertEquals(tensor.elements(), read.longs(tensor.name()).length);
              }
            }
          }
        });
  }
}
