package stride.onnx.proto;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import stride.format.FormatException;

final class OnnxFileTest {
  @TempDir Path folder;

  private static ModelProto read(byte[] bytes) throws IOException {
    return OnnxFile.read(ByteBuffer.wrap(bytes), "a.onnx");
  }

  @Test
  void whatIsWrittenIsReadAgain() throws IOException {
    byte[] once = OnnxFile.bytes(Samples.everything());
    ModelProto model = read(once);
    assertArrayEquals(once, OnnxFile.bytes(model));
    assertEquals(Samples.everything().graph().inputs(), model.graph().inputs());
    assertEquals(Samples.everything().opsets(), model.opsets());
    assertEquals(6, model.graph().nodes().size());
    assertEquals("Twice", model.functions().get(0).name());
    assertEquals("value", model.metadata().get(0).value());
  }

  @Test
  void filesAreMapped() throws IOException {
    Path file = folder.resolve("a.onnx");
    OnnxFile.write(Samples.everything(), file);
    ModelProto model = OnnxFile.read(file);
    var raw = assertInstanceOf(TensorProto.Raw.class, model.graph().initializers().get(0).data());
    assertTrue(raw.bytes().isDirect(), "the weights are a view of the file");
    assertArrayEquals(Files.readAllBytes(file), OnnxFile.bytes(model));
  }

  /** Numbers as protoc's encoder writes them: from the documentation of the wire format. */
  @Test
  void numbersStandAsDocumented() throws IOException {
    var out = new WireWriter();
    out.integer(1, 150);
    out.text(2, "testing");
    out.integer(3, -1);
    out.alwaysReal(4, 1);
    out.integers(6, new long[] {3, 270, 86942});
    var bytes = new ByteArrayOutputStream();
    out.writeTo(bytes);
    assertEquals(
        "089601"
            + "120774657374696e67"
            + "18ffffffffffffffffff01"
            + "250000803f"
            + "3206038e029ea705",
        HexFormat.of().formatHex(bytes.toByteArray()));
  }

  @Test
  void numbersMayBePackedOrNot() throws IOException {
    // TensorProto.dims: 2 and 3 packed, then 4 by itself; float_data: 1 by itself, then 2 packed.
    var reader =
        new WireReader(
            "t", "TensorProto", ByteBuffer.wrap(hex("0a020203 0804 250000803f 220400000040")));
    TensorProto tensor = TensorProto.read(reader);
    assertArrayEquals(new long[] {2, 3, 4}, tensor.dims());
    assertArrayEquals(new float[] {1, 2}, ((TensorProto.Floats) tensor.data()).values());
  }

  @Test
  void attributesOfOldFilesHaveNoType() throws IOException {
    // name "a", i = 5, no type.
    var reader = new WireReader("t", "AttributeProto", ByteBuffer.wrap(hex("0a0161 1805")));
    AttributeProto attribute = AttributeProto.read(reader);
    assertEquals(new AttributeProto.Int(5), attribute.value());
  }

  @Test
  void unknownFieldsArePassedOver() throws IOException {
    byte[] known = OnnxFile.bytes(Samples.everything());
    var longer = new ByteArrayOutputStream();
    // Field 1000 with each of the wire types.
    longer.write(hex("c03e05 c13e0102030405060708 c23e03616263 c53e01020304"));
    longer.write(known);
    assertArrayEquals(known, OnnxFile.bytes(read(longer.toByteArray())));
  }

  static List<Arguments> damages() {
    return List.of(
        Arguments.of("no bytes", "", "holds no graph"),
        Arguments.of("an open number", "ff", "ends within a number at byte 0"),
        Arguments.of(
            "an overlong number", "08ffffffffffffffffffff01", "more than 64 bits at byte 1"),
        Arguments.of("11 bytes of number", "0880808080808080808080 00", "more than 64 bits"),
        Arguments.of("field 0", "00", "has field 0 of ModelProto at byte 0"),
        Arguments.of("a group", "0b0c", "wire type 3, expected 0"),
        Arguments.of("an unknown group", "c33e", "wire type 3, which ONNX does not use"),
        Arguments.of("a length beyond the end", "3a05 0801", "needs 5 more bytes at byte 2"),
        Arguments.of("a length of 2^64 - 1", "3affffffffffffffffff01", "18446744073709551615"),
        Arguments.of("a length of 2^31", "3a8080808008", "needs 2147483648 more bytes"),
        Arguments.of("text in place of a number", "0a0161", "wire type 2, expected 0"),
        Arguments.of("a short float", "3a09 0a07 2a05 10 01 15 0000", "wire type 0, expected 5"),
        Arguments.of("floats of 3 bytes", "3a07 2a05 2203 000000", "no multiple of 4"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("damages")
  void damageIsToldWithItsPlace(String name, String hex, String expected) {
    String message = assertThrows(FormatException.class, () -> read(hex(hex))).getMessage();
    assertTrue(message.startsWith("a.onnx: ") && message.contains(expected), message);
  }

  @Test
  void deepNestingIsRefused() {
    // A graph in an attribute of a node of a graph, again and again.
    byte[] inner = {};
    for (int i = 0; i < 100; i++) {
      for (int tag : new int[] {0x32, 0x2a, 0x0a}) {
        var outer = new ByteArrayOutputStream();
        outer.write(tag);
        int rest = inner.length;
        while (rest > 127) {
          outer.write(rest & 0x7F | 0x80);
          rest >>>= 7;
        }
        outer.write(rest);
        outer.writeBytes(inner);
        inner = outer.toByteArray();
      }
    }
    var reader = new WireReader("t", "GraphProto", ByteBuffer.wrap(inner));
    String message =
        assertThrows(FormatException.class, () -> GraphProto.read(reader)).getMessage();
    assertTrue(message.contains("more than 64 deep"), message);
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }
}
