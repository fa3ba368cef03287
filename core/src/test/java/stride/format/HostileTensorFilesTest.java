package stride.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static stride.format.TensorFileGoldenTest.golden;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import stride.Mutants;

/** Checkpoints and arrays that an enemy wrote. */
@Timeout(60)
final class HostileTensorFilesTest {
  @TempDir Path folder;

  /** What a damaged file may make a reader allocate. */
  private static final long MAX_BYTES = 1 << 26;

  /** A tensor of ten floats in the storage "0", on the stack of a pickle. */
  private static final String TENSOR = tensor("10", 0, new int[] {10}, new int[] {1});

  private static String global(String module, String name) {
    return "c" + module + "\n" + name + "\n";
  }

  private static String text(String text) {
    return "X" + number(text.length()) + text;
  }

  /** 32 bits, little-endian, one char a byte. */
  private static String number(int value) {
    byte[] bytes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static String integer(int value) {
    return "J" + number(value);
  }

  private static String integer(long value) {
    byte[] bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    return "\u008a\b" + new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static String storage(String key, String numbers) {
    return "("
        + text("storage")
        + global("torch", "FloatStorage")
        + text(key)
        + text("cpu")
        + numbers
        + "tQ";
  }

  private static String tensor(String numbers, int offset, int[] sizes, int[] strides) {
    return tensor(
        integer(Integer.parseInt(numbers)), integer(offset), tuple(sizes), tuple(strides));
  }

  private static String tensor(String numbers, String offset, String sizes, String strides) {
    return global("torch._utils", "_rebuild_tensor_v2")
        + "("
        + storage("0", numbers)
        + offset
        + sizes
        + strides
        + "\u0089}tR";
  }

  private static String tuple(int... numbers) {
    var tuple = new StringBuilder("(");
    for (int number : numbers) {
      tuple.append(integer(number));
    }
    return tuple.append("t").toString();
  }

  private static String dict(String value) {
    return "}" + text("w") + value + "s";
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** A checkpoint of a pickle's operations and ten floats as storage "0". */
  private static byte[] checkpoint(String operations) throws IOException {
    return zip(
        Map.of("a/data.pkl", bytes("\u0080\u0002" + operations + "."), "a/data/0", new byte[40]));
  }

  private static byte[] zip(Map<String, byte[]> entries) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(out)) {
      for (var content : new java.util.TreeMap<>(entries).entrySet()) {
        var entry = new ZipEntry(content.getKey());
        var crc = new CRC32();
        crc.update(content.getValue());
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.getValue().length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content.getValue());
        zip.closeEntry();
      }
    }
    return out.toByteArray();
  }

  private static byte[] deflated(String name, byte[] content) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry(name));
      zip.write(content);
      zip.closeEntry();
    }
    return out.toByteArray();
  }

  private static byte[] array(String header, int version, byte[] data) {
    byte[] text = bytes(header + "\n");
    return ByteBuffer.allocate(10 + text.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(bytes("\u0093NUMPY"))
        .put((byte) version)
        .put((byte) 0)
        .putShort((short) text.length)
        .put(text)
        .put(data)
        .array();
  }

  private static byte[] array(String header) {
    return array(header, 1, new byte[8]);
  }

  /** The bytes with a 16- or 32-bit number changed, behind the last place of a signature. */
  private static byte[] patched(byte[] file, String signature, int offset, int size, long value) {
    int at = new String(file, StandardCharsets.ISO_8859_1).lastIndexOf(signature) + offset;
    var changed = ByteBuffer.wrap(file.clone()).order(ByteOrder.LITTLE_ENDIAN);
    if (size == 2) {
      changed.putShort(at, (short) value);
    } else {
      changed.putInt(at, (int) value);
    }
    return changed.array();
  }

  static Stream<Arguments> pickles() {
    return Stream.of(
        Arguments.of(
            "a command", global("os", "system") + text("rm -rf /") + "\u0085R", "\"os.system\""),
        Arguments.of(
            "a builtin",
            global("builtins", "eval") + text("1") + "\u0085R",
            "refers to \"builtins.eval\", which is no part of weights"),
        Arguments.of(
            "a command by its name on the stack",
            text("posix") + text("system") + "\u0093" + text("ls") + "\u0085R",
            "\"posix.system\""),
        Arguments.of(
            "a whole model",
            global("torchvision.models.resnet", "ResNet") + ")\u0081",
            "save its state_dict() instead"),
        Arguments.of("an old-style instance", "(" + "ios\nsystem\n", "operation 0x69"),
        Arguments.of("an object", "(" + global("os", "system") + "o", "os.system"),
        Arguments.of("a registered extension", "\u0082\u0001", "operation 0x82"),
        Arguments.of("a persistent text", "Pos.system\n", "operation 0x50"),
        Arguments.of("text for evaluation", "I42\n", "operation 0x49"),
        Arguments.of("no operation", "\u00ff", "operation 0xff"),
        Arguments.of(
            "a call of a type",
            global("torch", "float32") + ")R",
            "something that is not a function"),
        Arguments.of("a call of a list", "])R", "calls something that is not a function"),
        Arguments.of(
            "a call without arguments",
            global("torch", "Size") + "NR",
            "arguments that are not a tuple"),
        Arguments.of(
            "a tensor of nothing",
            global("torch._utils", "_rebuild_tensor_v2") + ")R",
            "whose description is damaged"),
        Arguments.of(
            "a rebuilding of anything",
            global("torch._tensor", "_rebuild_from_type_v2")
                + "("
                + global("torch", "Size")
                + "N)Nt"
                + "R",
            "does not describe one"),
        Arguments.of(
            "a rebuilding that rebuilds itself",
            global("torch._tensor", "_rebuild_from_type_v2")
                + "q\u0001("
                + "h\u0001N(h\u0001N)tNtR",
            "does not describe one"),
        Arguments.of(
            "a dict that is copied without end",
            "]("
                + "NN\u0086".repeat(1000)
                + "e\u0085q\u0001"
                + (global("collections", "OrderedDict") + "h\u0001R").repeat(1001),
            "more than 1,000,000 sizes and pairs"),
        Arguments.of("an empty stack", "0", "empty stack"),
        Arguments.of("a stack below its mark", "N(0", "empty stack"),
        Arguments.of("no mark", "t", "a mark that it has not set"),
        Arguments.of("no memory", "h\u0007", "number 7, which it has not put away"),
        Arguments.of(
            "an item of a number", "K\u0001" + "K\u0001K\u0001s", "something that is not a dict"),
        Arguments.of("an append to a number", "K\u0001K\u0001a", "something that is not a list"),
        Arguments.of("a key without a value", "}(K\u0001u", "a key without a value"),
        Arguments.of("a state for a number", "K\u0001}b", "gives a state to 1"),
        Arguments.of("protocol 9", "\u0080\u0009", "of protocol 9"),
        Arguments.of("a text of 4 GB", "X" + number(-1) + "x", "needs 4294967295 more bytes"),
        Arguments.of(
            "a text of 2^64 bytes",
            "\u008d" + "\u00ff".repeat(8),
            "needs 18446744073709551615 more bytes"),
        Arguments.of("bytes of 2 GB", "B" + number(Integer.MAX_VALUE), "2147483647 more bytes"),
        Arguments.of("an integer of 2 GB", "\u008b" + number(1 << 30), "an integer of"),
        Arguments.of("a name without an end", "c" + "x".repeat(2000), "more than 512 characters"),
        Arguments.of(
            "a depth of 100,000",
            dict("]".repeat(100_000) + "a".repeat(99_999)),
            "nested more than 16 deep"),
        Arguments.of("a list in itself", dict("]q\u0001h\u0001a"), "nested more than 16 deep"),
        Arguments.of(
            "a dict in itself", "}q\u0001" + text("x") + "h\u0001s", "nested more than 16 deep"),
        Arguments.of("a billion values out of ten", laughs(), "or more than 1,000,000"),
        Arguments.of("a million dicts", "}".repeat(1_000_002), "more than 1,000,000 lists"),
        Arguments.of("six million operations", "N0".repeat(3_000_000), "more than 5,000,000 op"),
        Arguments.of(
            "a name of 10,000 characters",
            "}" + text("x".repeat(10_000)) + TENSOR + "s",
            "a name of more than 500"),
        Arguments.of(
            "the same name twice",
            "}" + text("a.b") + TENSOR + "s" + text("a") + "}" + text("b") + TENSOR + "ss",
            "\"a.b\" is there twice"),
        Arguments.of(
            "a storage of other size",
            dict(tensor("11", 0, new int[] {10}, new int[] {1})),
            "of 44 bytes has 40 in the file"),
        Arguments.of(
            "a storage of 2^62 numbers",
            dict(tensor(integer(1L << 62), integer(0), tuple(10), tuple(1))),
            "a storage of 4611686018427387904 numbers"),
        Arguments.of(
            "a storage of fewer than none",
            dict(tensor(integer(-1), integer(0), tuple(0), tuple(1))),
            "a storage of -1 numbers"),
        Arguments.of(
            "a storage that is not there",
            dict(TENSOR.replace(text("0"), text("../0"))),
            "\"../0\" of 40 bytes is missing"),
        Arguments.of(
            "a storage that is two",
            "]" + storage("0", integer(10)) + "a" + storage("0", integer(9)) + "a",
            "describes its storage \"0\" in two ways"),
        Arguments.of("a module beside it", "(" + text("module") + "tQ", "not a storage of numbers"),
        Arguments.of(
            "a tensor behind its storage",
            dict(tensor("10", 1, new int[] {10}, new int[] {1})),
            "reaches out of its storage of 10"),
        Arguments.of(
            "strides out of the storage",
            dict(tensor("10", 0, new int[] {2, 5}, new int[] {6, 1})),
            "reaches out of its storage"),
        Arguments.of(
            "sizes whose product overflows",
            dict(
                tensor(
                    integer(10),
                    integer(0),
                    "(" + integer(1L << 32) + integer(1L << 32) + integer(16) + "t",
                    tuple(0, 0, 0))),
            "reaches out of its storage"),
        Arguments.of(
            "an offset that overflows",
            dict(tensor(integer(10), integer(Long.MAX_VALUE), tuple(10), tuple(1))),
            "reaches out of its storage"),
        Arguments.of(
            "2^31 numbers out of one",
            dict(tensor("10", 0, new int[] {Integer.MAX_VALUE}, new int[] {0})),
            "repeats the 10 numbers of its storage to 2147483647"),
        Arguments.of(
            "a negative size",
            dict(tensor("10", 0, new int[] {-1}, new int[] {1})),
            "numbers from 0 on, but have -1"),
        Arguments.of(
            "a negative stride",
            dict(tensor("10", 9, new int[] {10}, new int[] {-1})),
            "numbers from 0 on, but have -1"),
        Arguments.of(
            "more strides than sizes",
            dict(tensor("10", 0, new int[] {10}, new int[] {1, 1})),
            "1 sizes and 2 strides"),
        Arguments.of(
            "65 dimensions",
            dict(tensor("10", 0, new int[65], new int[65])),
            "not up to 64 numbers"));
  }

  /** Lists of ten of the list before. */
  private static String laughs() {
    var pickle = new StringBuilder("Nq\0");
    for (int level = 1; level < 10; level++) {
      pickle.append("](");
      pickle.append(("h" + (char) (level - 1)).repeat(10));
      pickle.append("eq").append((char) level);
    }
    return pickle.toString();
  }

  private FormatException refused(byte[] bytes, String said) throws IOException {
    Path file = Files.write(folder.resolve("weights.pth"), bytes);
    var e =
        assertThrows(
            FormatException.class,
            () -> {
              try (var read = TensorFile.open(file)) {
                for (var tensor : read.tensors()) {
                  read.floats(tensor.name());
                }
              }
            });
    assertTrue(e.getMessage().contains(said), e.getMessage());
    assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    assertTrue(e.getMessage().length() < 600, e.getMessage());
    return e;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pickles")
  void aHostilePickleIsRefusedWithOneSentence(String what, String operations, String said)
      throws IOException {
    refused(checkpoint(operations), said);
  }

  @Test
  void theTensorThatTheHostileOnesAreMadeOfIsRead() throws IOException {
    Path file = Files.write(folder.resolve("weights.pth"), checkpoint(dict(TENSOR)));
    try (var read = TensorFile.open(file)) {
      assertEquals(10, read.floats("w").length);
    }
  }

  static Stream<Arguments> zips() throws IOException {
    byte[] good = checkpoint(dict(TENSOR));
    byte[] bomb =
        deflated(
            "a.npy",
            array("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", 1, new byte[1 << 26]));
    String end = "PK\5\6";
    String entry = "PK\1\2";
    return Stream.of(
        Arguments.of("no directory", java.util.Arrays.copyOf(good, good.length - 1), "no zip dir"),
        Arguments.of(
            "a directory far away", patched(good, end, 16, 4, 1 << 30), "its end record is"),
        Arguments.of("a large directory", patched(good, end, 12, 4, 1 << 30), "its end record is"),
        Arguments.of("more entries than there are", patched(good, end, 10, 2, 3), "damaged zip"),
        Arguments.of("a zip64 that is none", patched(good, end, 10, 2, 0xFFFF), "no zip64 dir"),
        Arguments.of("several volumes", patched(good, end, 4, 2, 1), "several volumes"),
        Arguments.of("an entry far away", patched(good, entry, 42, 4, 1 << 30), "claims to begin"),
        Arguments.of("an entry in the data", patched(good, entry, 42, 4, 1), "does not begin at"),
        Arguments.of("an entry on another", patched(good, entry, 42, 4, 0), "begins inside of"),
        Arguments.of("an entry in the directory", patched(good, entry, 20, 4, 99), "reaches into"),
        Arguments.of("a size that is none", patched(good, entry, 24, 4, 41), "stored in 40 bytes"),
        Arguments.of("encryption", patched(good, entry, 8, 2, 1), "is encrypted"),
        Arguments.of("another packing", patched(good, entry, 10, 2, 14), "by method 14"),
        Arguments.of("no deflated bytes", patched(good, entry, 10, 2, 8), "entry \"a/data/0\""),
        Arguments.of("a bomb", bomb, "from 65"),
        Arguments.of(
            "a bomb that claims less", patched(bomb, entry, 24, 4, 1 << 20), "takes 4 bytes"),
        Arguments.of(
            "two entries of a name",
            bytes(
                text(zip(Map.of("a/data/0", new byte[1], "a/data/1", new byte[2])))
                    .replace("a/data/1", "a/data/0")),
            "two entries named \"a/data/0\""),
        Arguments.of("no pickle", zip(Map.of("a/b", new byte[3])), "neither a PyTorch"),
        Arguments.of(
            "two pickles",
            zip(Map.of("a/data.pkl", new byte[3], "b/data.pkl", new byte[3])),
            "2 entries data.pkl"),
        Arguments.of(
            "a program",
            zip(Map.of("a/data.pkl", new byte[3], "a/constants.pkl", new byte[3])),
            "is a TorchScript program"),
        Arguments.of(
            "an unknown byte order",
            zip(Map.of("a/data.pkl", bytes("\u0080\u0002N."), "a/byteorder", bytes("middle"))),
            "byteorder is \"middle\""));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("zips")
  void aHostileZipFileIsRefusedWithOneSentence(String what, byte[] bytes, String said)
      throws IOException {
    refused(bytes, said);
  }

  static Stream<Arguments> arrays() {
    String good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
    return Stream.of(
        Arguments.of("version 4", array(good, 4, new byte[8]), "of version 4"),
        Arguments.of("version 0", array(good, 0, new byte[8]), "of version 0"),
        Arguments.of("objects", array(good.replace("<f4", "|O")), "an array of"),
        Arguments.of("text", array(good.replace("<f4", "<U9")), "an array of"),
        Arguments.of("complex numbers", array(good.replace("<f4", "<c8")), "an array of"),
        Arguments.of("records", array(good.replace("'<f4'", "[('a', '<f4')]")), "an array of"),
        Arguments.of("no shape", array(good.replace("shape", "form")), "no type, order and shape"),
        Arguments.of("no order", array(good.replace("False", "Maybe")), "no type, order and"),
        Arguments.of("code", array("__import__('os').system('ls')"), "no type, order and shape"),
        Arguments.of("too few", array(good.replace("2,", "3,")), "takes 12 bytes, 8 are there"),
        Arguments.of("too many", array(good.replace("2,", "1,")), "takes 4 bytes, 8 are there"),
        Arguments.of(
            "an overflow",
            array(good.replace("2,", "999999999999,999999999999")),
            "more than 2^63 - 1 bytes"),
        Arguments.of("a long size", array(good.replace("2,", "9".repeat(30))), "is not up to 64"),
        Arguments.of("65 sizes", array(good.replace("2,", "1,".repeat(65))), "is not up to 64"),
        Arguments.of("a negative size", array(good.replace("2,", "-2,")), "no type, order and"),
        Arguments.of("a long header", array(good + " ".repeat(10_001)), "claims a header"),
        Arguments.of("a cut header", java.util.Arrays.copyOf(array(good), 20), "claims a header"),
        Arguments.of("7 bytes", java.util.Arrays.copyOf(array(good), 7), "does not begin"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("arrays")
  void aHostileArrayIsRefusedWithOneSentence(String what, byte[] bytes, String said)
      throws IOException {
    refused(bytes, said);
  }

  @Test
  void aLegacyFileThatIsCutOffOrTooLongIsRefused() throws IOException {
    byte[] good = Files.readAllBytes(golden("types-legacy.pth"));
    refused(java.util.Arrays.copyOf(good, good.length - 1), "it is truncated");
    refused(java.util.Arrays.copyOf(good, good.length + 1), "1 bytes follow the last storage");
    refused(java.util.Arrays.copyOf(good, 40), "it is truncated or damaged");
  }

  /** A header of 123 bytes: 123 is the brace that safetensors' JSON begins with. */
  @Test
  void anArrayWhoseHeaderLooksLikeJsonIsAnArray() throws IOException {
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
    byte[] bytes = array(header + " ".repeat(122 - header.length()));
    assertEquals('{', bytes[8]);
    Path file = Files.write(folder.resolve("w.npy"), bytes);
    try (var read = TensorFile.open(file)) {
      assertEquals(2, read.floats("w").length);
    }
  }

  @Test
  void whatIsNoFileOfTensorsIsSaidSo() throws IOException {
    for (String text :
        new String[] {"", "x", "<!DOCTYPE html><html></html>", "\u0089HDF\r\n\u001a"}) {
      refused(bytes(text), "is no file of tensors");
    }
  }

  /** Reads all of each damaged copy, in memory. */
  private static void fuzz(byte[] original, int mutants, long seed) {
    Mutants.check(
        original,
        mutants,
        seed,
        MAX_BYTES,
        FormatException.class,
        mutant -> {
          try (var read = TensorFile.read(new ByteArrayInputStream(mutant), "mutant")) {
            for (var tensor : read.tensors()) {
              assertEquals(tensor.elements(), read.floats(tensor.name()).length);
              if (tensor.type().isWhole()) {
                assertEquals(tensor.elements(), read.longs(tensor.name()).length);
              }
            }
          }
        });
  }

  @ParameterizedTest
  @CsvSource({
    "types.pth, 10000",
    "types-legacy.pth, 10000",
    "types-legacy-protocol4.pth, 1000",
    "views.pt, 2000",
    "views-legacy.pt, 2000",
    "views-deflated.pt, 2000",
    "checkpoint.pth, 1000",
    "arrays.npz, 10000",
    "arrays-compressed.npz, 1000"
  })
  void damagedFilesBringOutNothingButAFormatException(String name, int mutants) throws IOException {
    fuzz(Files.readAllBytes(golden(name)), mutants, 1);
  }

  @Test
  void damagedArraysBringOutNothingButAFormatException() throws IOException {
    fuzz(Files.readAllBytes(golden("cube.v1.npy")), 10_000, 1);
    fuzz(Files.readAllBytes(golden("cube.v3.npy")), 1_000, 2);
  }

  /** A pickle by itself, so that most of the damage meets it and not the zip file around it. */
  @Test
  void damagedPicklesBringOutNothingButAFormatException() throws IOException {
    byte[] pickle;
    try (var zip = new java.util.zip.ZipFile(golden("checkpoint.pth").toFile())) {
      pickle = zip.getInputStream(zip.getEntry("checkpoint/data.pkl")).readAllBytes();
    }
    Mutants.check(
        pickle,
        10_000,
        3,
        MAX_BYTES,
        FormatException.class,
        mutant -> {
          try (var opened = OpenFile.read(new ByteArrayInputStream(mutant), "mutant")) {
            var objects = new TorchObjects("mutant");
            Object root =
                Pickle.read("mutant", new PickleInput("mutant", opened, 0, 1 << 20), objects);
            var places = new LinkedHashMap<String, TorchContents.Place>();
            for (String key : objects.storages().keySet()) {
              places.put(key, new TorchContents.Place(opened, 0, ByteOrder.LITTLE_ENDIAN));
            }
            TorchContents.of(opened, "pytorch", root, "tensor", places);
          }
        });
  }
}
