package stride.data.idx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import stride.Mutants;
import stride.format.FileException;
import stride.format.FormatException;

public final class IdxFileTest {
  @TempDir Path folder;

  /** An IDX file of unsigned bytes: 2 x 3 images and so on. */
  public static byte[] idx(byte[] data, int... sizes) {
    var bytes = ByteBuffer.allocate(4 + 4 * sizes.length + data.length);
    bytes.put(new byte[] {0, 0, 8, (byte) sizes.length});
    for (int size : sizes) {
      bytes.putInt(size);
    }
    return bytes.put(data).array();
  }

  public static byte[] gzip(byte[] plain) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(bytes)) {
      out.write(plain);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return bytes.toByteArray();
  }

  private static byte[] joined(byte[]... parts) {
    var out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] changed(byte[] bytes, int at, int value) {
    byte[] changed = bytes.clone();
    changed[at < 0 ? bytes.length + at : at] = (byte) value;
    return changed;
  }

  private static IdxFile read(byte[] bytes) throws IOException {
    return IdxFile.read(new ByteArrayInputStream(bytes), "digits");
  }

  @Test
  void readsPlainAndGzippedBytesWhateverTheName() throws IOException {
    byte[] plain = idx(new byte[] {1, 2, 3, -4, 5, 6}, 1, 2, 3);
    for (byte[] bytes : List.of(plain, gzip(plain))) {
      Path file = Files.write(folder.resolve("digits.png"), bytes);
      var read = IdxFile.read(file);
      assertEquals(List.of(1, 2, 3), read.sizes());
      assertArrayEquals(new byte[] {1, 2, 3, -4, 5, 6}, read.data());
      assertEquals(file.toString(), read.name());
    }
    assertEquals(List.of(5, 0), read(idx(new byte[0], 5, 0)).sizes());
  }

  @Test
  void readsMoreThanItAllocatesAtFirst() throws IOException {
    var data = new byte[5_000_003];
    new Random(1).nextBytes(data);
    byte[] plain = idx(data, data.length);
    assertArrayEquals(data, read(plain).data());
    assertArrayEquals(data, read(gzip(plain)).data());
  }

  /** A stream may give any number of bytes at a time. */
  @Test
  void readsAStreamThatDrips() throws IOException {
    byte[] bytes = gzip(idx(new byte[] {1, 2, 3}, 3));
    InputStream drips =
        new ByteArrayInputStream(bytes) {
          @Override
          public synchronized int read(byte[] into, int offset, int length) {
            return super.read(into, offset, Math.min(length, 1));
          }
        };
    assertArrayEquals(new byte[] {1, 2, 3}, IdxFile.read(drips, "digits").data());
  }

  @Test
  void readsEveryOptionalFieldOfAGzipHeader() throws IOException {
    byte[] plain = gzip(idx(new byte[] {1, 2, 3}, 3));
    byte[] header = Arrays.copyOf(plain, 10);
    header[3] = 2 | 4 | 8 | 16;
    byte[] fields = {3, 0, 'x', 'y', 'z', 'n', 'a', 0, 'c', 0, 7, 7};
    byte[] body = Arrays.copyOfRange(plain, 10, plain.length);
    assertArrayEquals(new byte[] {1, 2, 3}, read(joined(header, fields, body)).data());
    var e =
        assertThrows(FormatException.class, () -> read(joined(header, Arrays.copyOf(fields, 7))));
    assertEquals("digits: the gzip data are truncated", e.getMessage());
  }

  static Stream<Arguments> damages() {
    byte[] plain = idx(new byte[] {1, 2, 3, 4, 5, 6}, 2, 3);
    byte[] zipped = gzip(plain);
    byte[] cutZip = Arrays.copyOf(zipped, zipped.length - 9);
    return Stream.of(
        Arguments.of("0 bytes", new byte[0], "ends inside its header, expected 4 more bytes"),
        Arguments.of("3 bytes", new byte[] {0, 0, 8}, "expected 1 more bytes"),
        Arguments.of("another format", "\u0089PNG".getBytes(), "an IDX file begins with 00 00"),
        Arguments.of("floats", changed(plain, 2, 0x0D), "numbers of type 0x0d, expected unsigned"),
        Arguments.of("no dimensions", new byte[] {0, 0, 8, 0}, "has no dimensions"),
        Arguments.of("sizes cut off", Arrays.copyOf(plain, 9), "ends inside its header"),
        Arguments.of(
            "a byte cut off",
            Arrays.copyOf(plain, plain.length - 1),
            "is truncated: its header claims 6 bytes (2x3), it holds 5"),
        Arguments.of(
            "a byte too many",
            Arrays.copyOf(plain, plain.length + 1),
            "more bytes follow the 6 that its header claims (2x3)"),
        Arguments.of(
            "a size of 2^32 - 1", idx(new byte[9], -1), "claims sizes of 4294967295, at most"),
        Arguments.of(
            "sizes whose product overflows to fit",
            idx(new byte[9], 65536, 65536, 9),
            "claims sizes of 65536x65536, at most"),
        Arguments.of(
            "2 GB claimed, none there",
            idx(new byte[9], Integer.MAX_VALUE - 8),
            "claims 2,147,483,639 bytes (2147483639), it holds 9"),
        Arguments.of("a gzip header cut off", Arrays.copyOf(zipped, 5), "gzip data are truncated"),
        Arguments.of("gzip data cut off", cutZip, "the gzip data are truncated"),
        Arguments.of(
            "a gzip check sum cut off",
            Arrays.copyOf(zipped, zipped.length - 1),
            "the gzip data are truncated"),
        Arguments.of(
            "a wrong gzip check sum",
            changed(zipped, -8, zipped[zipped.length - 8] + 1),
            "the check sum does not fit the data"),
        Arguments.of(
            "a wrong gzip length", changed(zipped, -1, 1), "the length does not fit the data"),
        Arguments.of(
            "bytes behind the gzip data",
            Arrays.copyOf(zipped, zipped.length + 1),
            "more bytes follow the end of the gzip data"),
        Arguments.of("gzip twice", joined(zipped, zipped), "more bytes follow the end"),
        Arguments.of("an unknown method", changed(zipped, 2, 9), "method 9"),
        Arguments.of("unknown flags", changed(zipped, 3, 0x80), "flags 128"),
        Arguments.of("no deflate data", changed(zipped, 10, 0xFF), "the gzip data are damaged"),
        Arguments.of(
            "a byte too many in the gzip data",
            gzip(Arrays.copyOf(plain, plain.length + 1)),
            "more bytes follow the 6"),
        Arguments.of(
            "a byte too few in the gzip data",
            gzip(Arrays.copyOf(plain, plain.length - 1)),
            "claims 6 bytes (2x3), it holds 5"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("damages")
  void aDamagedFileIsRefusedWithOneSentence(String what, byte[] bytes, String said)
      throws IOException {
    var e = assertThrows(FormatException.class, () -> read(bytes), what);
    assertTrue(e.getMessage().startsWith("digits: "), e.getMessage());
    assertTrue(e.getMessage().contains(said), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
    Path file = Files.write(folder.resolve("digits"), bytes);
    var named = assertThrows(FormatException.class, () -> IdxFile.read(file));
    assertTrue(named.getMessage().startsWith(file + ": "), named.getMessage());
  }

  /** Zeros are packed a thousand to one; no more of them are unpacked than the header claims. */
  @Test
  void aGzipBombIsNotUnpacked() throws IOException {
    var zeros = new byte[1 << 20];
    var bytes = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(bytes)) {
      out.write(idx(new byte[0], 10));
      for (int i = 0; i < 256; i++) {
        out.write(zeros);
      }
    }
    var in = new ByteArrayInputStream(bytes.toByteArray());
    var e = assertThrows(FormatException.class, () -> IdxFile.read(in, "digits"));
    assertTrue(e.getMessage().contains("more bytes follow the 10"), e.getMessage());
    int taken = bytes.size() - in.available();
    assertTrue(taken < bytes.size() * 3 / 4, "took %d of %d bytes".formatted(taken, bytes.size()));
  }

  @Test
  void whatIsNoFileIsNamed() {
    Path missing = folder.resolve("train-images-idx3-ubyte");
    var e = assertThrows(FileException.class, () -> IdxFile.read(missing));
    assertEquals("cannot read " + missing + ": there is no such file", e.getMessage());
    assertThrows(FileException.class, () -> IdxFile.read(folder));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void tenThousandDamagedFilesBringOutNothingButAFormatException(long seed) {
    byte[] plain = idx("some bytes that compress, some bytes".getBytes(), 2, 6, 3);
    Mutants.check(plain, 5_000, seed, 4 << 20, FormatException.class, IdxFileTest::read);
    Mutants.check(gzip(plain), 5_000, seed, 4 << 20, FormatException.class, IdxFileTest::read);
  }
}
