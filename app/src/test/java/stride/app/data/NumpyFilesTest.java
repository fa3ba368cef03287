package stride.app.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import stride.format.FormatException;
import stride.onnx.tensor.OnnxTensor;

/** NumPy's files of all kinds, written here by numpy/lib/format.py's rules. */
class NumpyFilesTest {
  private static final int[][] SHAPES = {{}, {0}, {1}, {3}, {2, 3}, {2, 0, 3}, {2, 3, 4, 1}};

  @TempDir Path folder;

  static Stream<String> types() {
    return Stream.of("b1 i1 u1 i2 u2 i4 u4 i8 u8 f2 f4 f8".split(" "));
  }

  private static byte[] header(int version, String type, boolean columns, int[] shape) {
    String sizes =
        shape.length == 1
            ? shape[0] + ","
            : Arrays.stream(shape).mapToObj(Integer::toString).collect(Collectors.joining(", "));
    String text =
        "{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }"
            .formatted(type, columns ? "True" : "False", sizes);
    int prefix = version == 1 ? 10 : 12;
    int padding = 63 - (prefix + text.length()) % 64;
    byte[] padded = (text + " ".repeat(padding) + "\n").getBytes(StandardCharsets.UTF_8);
    var bytes = ByteBuffer.allocate(prefix + padded.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
    if (version == 1) {
      bytes.putShort((short) padded.length);
    } else {
      bytes.putInt(padded.length);
    }
    return bytes.put(padded).array();
  }

  private static byte[] file(int version, String type, boolean columns, int[] shape, byte[] body) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(header(version, type, columns, shape));
    out.writeBytes(body);
    return out.toByteArray();
  }

  private OnnxTensor read(byte[] bytes) throws IOException {
    return NumpyTensors.read(Files.write(folder.resolve("x.npy"), bytes));
  }

  /** For each number in row-major order its place where the first index runs fastest. */
  private static int place(int index, int[] shape) {
    int place = 0;
    int stride = 1;
    var indices = new int[shape.length];
    for (int d = shape.length - 1; d >= 0; d--) {
      indices[d] = index % shape[d];
      index /= shape[d];
    }
    for (int d = 0; d < shape.length; d++) {
      place += indices[d] * stride;
      stride *= shape[d];
    }
    return place;
  }

  @ParameterizedTest
  @MethodSource("types")
  void everyArrangementGivesTheSameNumbers(String type) throws Exception {
    int each = type.charAt(1) - '0';
    for (int[] shape : SHAPES) {
      int count = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
      var bits = new Random(count).longs(count).toArray();
      for (int version = 1; version <= 3; version++) {
        for (boolean big : new boolean[] {false, true}) {
          for (boolean columns : new boolean[] {false, true}) {
            var body = ByteBuffer.allocate(count * each);
            body.order(big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < count; i++) {
              put(body, (columns ? place(i, shape) : i) * each, type, bits[i]);
            }
            String order = each == 1 ? "|" : big ? ">" : "<";
            var found = read(file(version, order + type, columns, shape, body.array()));
            assertArrayEquals(shape, found.shape());
            for (int i = 0; i < count; i++) {
              check(type, bits[i], found, i);
            }
          }
        }
      }
    }
  }

  private static void put(ByteBuffer body, int at, String type, long bits) {
    switch (type.charAt(1)) {
      case '1' -> body.put(at, (byte) (type.equals("b1") ? bits & 1 : bits));
      case '2' -> body.putShort(at, (short) bits);
      case '4' -> body.putInt(at, (int) bits);
      default -> body.putLong(at, bits);
    }
  }

  private static void check(String type, long bits, OnnxTensor found, int i) {
    switch (type) {
      case "b1" -> assertEquals(bits & 1, found.integer(i));
      case "i1" -> assertEquals((byte) bits, found.integer(i));
      case "u1" -> assertEquals(bits & 0xFF, found.integer(i));
      case "i2" -> assertEquals((short) bits, found.integer(i));
      case "u2" -> assertEquals(bits & 0xFFFF, found.integer(i));
      case "i4" -> assertEquals((int) bits, found.integer(i));
      case "u4" -> assertEquals(bits & 0xFFFFFFFFL, found.integer(i));
      case "i8", "u8" -> assertEquals(bits, found.integer(i));
      case "f2" -> assertEquals(Float.float16ToFloat((short) bits), found.real(i));
      case "f4" -> assertEquals(Float.intBitsToFloat((int) bits), found.real(i));
      default -> assertEquals(Double.longBitsToDouble(bits), found.real(i));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"|O", "<U5", "|S3", "<c8", "<c16", "<M8[ns]", "<m8", "|V4", "<f16"})
  void whatIsNoNumberIsRefusedInOneSentence(String type) {
    var file = file(1, type, false, new int[] {1}, new byte[16]);
    String message = assertThrows(FormatException.class, () -> read(file)).getMessage();
    assertTrue(message.contains("x.npy: is an array of "), message);
    assertTrue(message.contains("expected integers, floats or booleans"), message);
    assertFalse(message.contains("\n"), message);
  }

  @Test
  void recordsAreRefused() {
    byte[] plain = file(1, "<f4", false, new int[] {2}, new byte[8]);
    String text = new String(plain, StandardCharsets.ISO_8859_1);
    String records = "[('a', '<f4')]";
    byte[] bytes =
        text.replace("'<f4'" + " ".repeat(0), records)
            .replaceFirst(" {%d}\n".formatted(records.length() - 5), "\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    String message = assertThrows(FormatException.class, () -> read(bytes)).getMessage();
    assertTrue(message.contains("which is not read"), message);
  }

  @Test
  void damagedFilesAreRefusedOrReadButNothingElseHappens() throws Exception {
    var random = new Random(5);
    int refused = 0;
    for (int n = 0; n < 5000; n++) {
      byte[] bytes = file(1 + n % 3, "<u2", n % 2 == 0, new int[] {2, 3}, new byte[12]);
      for (int k = random.nextInt(4); k >= 0; k--) {
        bytes[random.nextInt(80)] = (byte) (random.nextBoolean() ? random.nextInt() : '9');
      }
      int length = random.nextInt(4) == 0 ? random.nextInt(bytes.length) : bytes.length;
      byte[] damaged = Arrays.copyOf(bytes, length);
      try {
        read(damaged);
      } catch (FormatException e) {
        refused++;
        assertTrue(e.getMessage().contains("x.npy"), e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
      }
    }
    assertTrue(refused > 2500, refused + " were refused");
  }
}
