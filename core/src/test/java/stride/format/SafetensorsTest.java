package stride.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import stride.TestData;
import stride.tensor.Shape;

final class SafetensorsTest {
  @TempDir Path folder;

  /** A file's bytes: the header's length, the header, and data of the given number of bytes. */
  static byte[] bytes(String header, byte... data) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .put(data)
        .array();
  }

  private Path file(String header, byte... data) throws IOException {
    return Files.write(folder.resolve("model.safetensors"), bytes(header, data));
  }

  @Test
  void whatIsWrittenIsReadBitForBit() throws IOException {
    var large = new float[200_001];
    for (int i = 0; i < large.length; i++) {
      large[i] = Float.intBitsToFloat(i * 0x9E3779B9);
    }
    var counts = IntStream.range(0, 20_003).mapToLong(i -> i * 0x123456789ABCDL).toArray();
    Path file = folder.resolve("model.safetensors");
    new SafetensorsWriter()
        .metadata("network", "{\"layers\": [\"conv\", \"\u00fc\ud83d\ude00\"]}")
        .metadata("empty", "")
        .floats("conv1.weight", Shape.of(3, 1), new float[] {1, -0f, Float.NaN})
        .longs("bn1.num_batches_tracked", Shape.of(), 1L << 40)
        .floats("large", Shape.of(large.length), large)
        .longs("counts", Shape.of(counts.length), counts)
        .floats("part", Shape.of(2, 2), new float[] {9, 1, 2, 3, 4, 9}, 1)
        .write(file);
    try (var read = Safetensors.open(file)) {
      assertEquals(
          Map.of("network", "{\"layers\": [\"conv\", \"\u00fc\ud83d\ude00\"]}", "empty", ""),
          read.metadata());
      assertEquals(
          List.of("conv1.weight", "bn1.num_batches_tracked", "large", "counts", "part"),
          read.tensors().stream().map(StoredTensor::name).toList());
      assertArrayEquals(new float[] {1, -0f, Float.NaN}, read.floats("conv1.weight"));
      assertEquals(List.of(3L, 1L), read.tensor("conv1.weight").shape());
      assertEquals(List.of(), read.tensor("bn1.num_batches_tracked").shape());
      assertArrayEquals(new long[] {1L << 40}, read.longs("bn1.num_batches_tracked"));
      var back = read.floats("large");
      for (int i = 0; i < large.length; i++) {
        assertEquals(Float.floatToRawIntBits(large[i]), Float.floatToRawIntBits(back[i]));
      }
      assertArrayEquals(counts, read.longs("counts"));
      assertArrayEquals(new float[] {1, 2, 3, 4}, read.floats("part"));
      assertTrue(read.tensor("part").hasShape(Shape.of(2, 2)));
      assertFalse(read.tensor("part").hasShape(Shape.of(4)));
      assertFalse(read.tensor("part").hasShape(Shape.of(2, 3)));
      assertTrue(read.contains("part"));
      assertFalse(read.contains("apart"));
    }
  }

  /**
   * Python views the bytes as numbers where they lie, which it can only at multiples of a number's
   * size.
   */
  @Test
  void everyNumberIsAlignedWhateverTheNamesAndTheOrder() throws IOException {
    for (int length = 1; length <= 9; length++) {
      Path file = folder.resolve("model.safetensors");
      new SafetensorsWriter()
          .floats("x".repeat(length), Shape.of(3), new float[] {1, 2, 3})
          .longs("count", Shape.of(), 7)
          .floats("y", Shape.of(1), new float[] {4})
          .write(file);
      byte[] bytes = Files.readAllBytes(file);
      long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
      assertEquals(0, (8 + header) % 8);
      byte[] json = Arrays.copyOfRange(bytes, 8, 8 + (int) header);
      for (var entry : SafetensorsHeader.read("", json, 8 + 12 + 4).entries().values()) {
        assertEquals(0, entry.begin() % entry.tensor().type().bytes(), entry.toString());
      }
      try (var read = Safetensors.open(file)) {
        assertArrayEquals(new long[] {7}, read.longs("count"));
        assertArrayEquals(new float[] {4}, read.floats("y"));
      }
    }
  }

  /** The bytes by hand, so that writer and reader cannot be wrong together. */
  @Test
  void theBytesAreThoseOfTheFormat() throws IOException {
    Path file = folder.resolve("model.safetensors");
    new SafetensorsWriter()
        .metadata("format", "pt")
        .floats("w", Shape.of(1, 2), new float[] {1, -2})
        .write(file);
    String header =
        "{\"__metadata__\":{\"format\":\"pt\"},\"w\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]}}";
    header += " ".repeat((8 - header.length() % 8) % 8);
    assertArrayEquals(
        bytes(header, new byte[] {0, 0, (byte) 0x80, 0x3F, 0, 0, 0, (byte) 0xC0}),
        Files.readAllBytes(file));
  }

  @Test
  void everyTypeIsConverted() throws IOException {
    var data = ByteBuffer.allocate(66).order(ByteOrder.LITTLE_ENDIAN);
    data.putDouble(0.1).putDouble(-1e300);
    data.putLong(-5).putLong(1L << 62);
    data.putInt(Integer.MIN_VALUE).putInt(7);
    data.putFloat(1.5f).putFloat(Float.MIN_VALUE);
    data.putShort((short) 0x3C00).putShort((short) 0x0001);
    data.putShort((short) 0xBF80).putShort((short) 0x7F80);
    data.putShort((short) -2).putShort((short) 3);
    data.put((byte) -1).put((byte) 5);
    data.put((byte) -1).put((byte) 0);
    data.put((byte) 2).put((byte) 0);
    var header = new StringBuilder("{");
    int at = 0;
    for (String type : "F64 I64 I32 F32 F16 BF16 I16 I8 U8 BOOL".split(" ")) {
      int end = at + 2 * StoredType.valueOf(type).bytes();
      header.append(
          "\"%s\":{\"dtype\":\"%s\",\"shape\":[2],\"data_offsets\":[%d,%d]},"
              .formatted(type, type, at, end));
      at = end;
    }
    header.setCharAt(header.length() - 1, '}');
    try (var read = Safetensors.open(file(header.toString(), data.array()))) {
      assertArrayEquals(new float[] {0.1f, Float.NEGATIVE_INFINITY}, read.floats("F64"));
      assertArrayEquals(new float[] {-5, 0x1p62f}, read.floats("I64"));
      assertArrayEquals(new float[] {-0x1p31f, 7}, read.floats("I32"));
      assertArrayEquals(new float[] {1.5f, Float.MIN_VALUE}, read.floats("F32"));
      assertArrayEquals(new float[] {1, 0x1p-24f}, read.floats("F16"));
      assertArrayEquals(new float[] {-1, Float.POSITIVE_INFINITY}, read.floats("BF16"));
      assertArrayEquals(new float[] {-2, 3}, read.floats("I16"));
      assertArrayEquals(new float[] {-1, 5}, read.floats("I8"));
      assertArrayEquals(new float[] {255, 0}, read.floats("U8"));
      assertArrayEquals(new float[] {1, 0}, read.floats("BOOL"));
      assertArrayEquals(new long[] {-5, 1L << 62}, read.longs("I64"));
      assertArrayEquals(new long[] {Integer.MIN_VALUE, 7}, read.longs("I32"));
      assertArrayEquals(new long[] {-2, 3}, read.longs("I16"));
      assertArrayEquals(new long[] {-1, 5}, read.longs("I8"));
      assertArrayEquals(new long[] {255, 0}, read.longs("U8"));
      assertArrayEquals(new long[] {1, 0}, read.longs("BOOL"));
      var e = assertThrows(FormatException.class, () -> read.longs("BF16"));
      assertTrue(e.getMessage().contains("type BF16, expected whole numbers"), e.getMessage());
    }
  }

  @Test
  void scalarsAndEmptyTensorsAreLegalAndHeaderOrderIsFree() throws IOException {
    String header =
        """
        {"b":{"data_offsets":[4,8],"shape":[],"dtype":"F32","note":{"unknown":[1,{"x":null}]}},
         "empty":{"dtype":"I64","shape":[0,9223372036854775807,4],"data_offsets":[4,4]},
         "a":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]}}\
        """;
    try (var read =
        Safetensors.open(file(header, new byte[] {0, 0, 0, 0, 0, 0, (byte) 0x80, 0x3F}))) {
      assertArrayEquals(new float[] {1}, read.floats("b"));
      assertArrayEquals(new float[0], read.floats("empty"));
      assertArrayEquals(new long[0], read.longs("empty"));
      assertArrayEquals(new float[] {0}, read.floats("a"));
      assertEquals(Map.of(), read.metadata());
    }
    try (var read = Safetensors.open(file("{}"))) {
      assertEquals(0, read.tensors().size());
    }
  }

  @Test
  void aTensorIsReadIntoTheMiddleOfAnArray() throws IOException {
    String header = "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}";
    try (var read = Safetensors.open(file(header, new byte[] {1, 2}))) {
      var into = new float[] {9, 9, 9, 9};
      read.floats("a", into, 1);
      assertArrayEquals(new float[] {9, 1, 2, 9}, into);
      assertThrows(IndexOutOfBoundsException.class, () -> read.floats("a", into, 3));
      var e = assertThrows(FormatException.class, () -> read.floats("conv1.weight"));
      assertTrue(
          e.getMessage().endsWith("model.safetensors: holds no tensor \"conv1.weight\""),
          e.getMessage());
    }
  }

  @Test
  void aStretchOfATensorIsRead() throws IOException {
    var values = new float[300_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    var file = folder.resolve("stretch.safetensors");
    new SafetensorsWriter()
        .floats("before", Shape.of(1), new float[] {-1})
        .floats("a", Shape.of(values.length), values)
        .write(file);
    try (var read = Safetensors.open(file)) {
      var into = new float[200_002];
      read.floats("a", 50_000, 200_000, into, 1);
      assertEquals(0, into[0]);
      assertEquals(0, into[200_001]);
      for (int i = 0; i < 200_000; i++) {
        assertEquals(50_000 + i, into[1 + i]);
      }
      assertThrows(IndexOutOfBoundsException.class, () -> read.floats("a", 299_999, 2, into, 0));
      assertThrows(IndexOutOfBoundsException.class, () -> read.floats("a", -1, 1, into, 0));
      assertThrows(IndexOutOfBoundsException.class, () -> read.floats("a", 0, 2, into, 200_001));
    }
  }

  @Test
  void aFileThatShrinksWhileOpenIsReported() throws IOException {
    String header = "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}";
    Path file = file(header, new byte[] {1, 2});
    try (var read = Safetensors.open(file)) {
      Files.write(file, bytes(header, new byte[] {1}));
      var e = assertThrows(FormatException.class, () -> read.floats("a"));
      assertTrue(e.getMessage().contains("another program"), e.getMessage());
    }
  }

  @Test
  void whatIsNoFileIsNamed() {
    Path missing = folder.resolve("missing.safetensors");
    var e = assertThrows(FileException.class, () -> Safetensors.open(missing));
    assertEquals("cannot read " + missing + ": there is no such file", e.getMessage());
    e = assertThrows(FileException.class, () -> Safetensors.open(folder));
    assertEquals("cannot read " + folder + ": it is a folder, not a file", e.getMessage());
  }

  @Test
  void writingRefusesWhatNoFileCanHold() {
    var writer = new SafetensorsWriter().longs("a", Shape.of(), 1);
    assertThrows(IllegalArgumentException.class, () -> writer.longs("a", Shape.of(), 1));
    assertThrows(IllegalArgumentException.class, () -> writer.longs("b", Shape.of(2), 1));
    assertThrows(
        IllegalArgumentException.class, () -> writer.floats("b", Shape.of(2), new float[3]));
    assertThrows(IllegalArgumentException.class, () -> writer.longs("__metadata__", Shape.of(), 1));
    assertThrows(
        IndexOutOfBoundsException.class, () -> writer.floats("b", Shape.of(2), new float[3], 2));
  }

  @Test
  void pytorchsOwnFileIsRead() throws IOException {
    Path file = TestData.require("weights/mnist_cnn.safetensors");
    try (var read = Safetensors.open(file)) {
      assertEquals(20, read.tensors().size());
      assertTrue(read.tensor("conv2.weight").hasShape(Shape.of(16, 8, 3, 3)));
      assertEquals(0.1658172607421875f, read.floats("conv1.weight")[0]);
      assertEquals(54.63916778564453f, read.floats("norm2.running_var")[0]);
      assertEquals(7504, read.longs("norm1.num_batches_tracked")[0]);
    }
  }
}
