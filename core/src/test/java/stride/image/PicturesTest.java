package stride.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import stride.Mutants;
import stride.TestData;
import stride.data.digits.DigitPreparation;
import stride.format.FileException;
import stride.format.FormatException;
import stride.tensor.Shape;

final class PicturesTest {
  @TempDir Path folder;

  static byte[] encoded(BufferedImage picture, String format) {
    var out = new ByteArrayOutputStream();
    try {
      assertTrue(ImageIO.write(picture, format, out), "no writer for " + format);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  /** A picture with something in it everywhere. */
  private static BufferedImage busy(int width, int height) {
    var picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        picture.setRGB(x, y, (x * 37 + y * y * 11) * 0x010305);
      }
    }
    return picture;
  }

  private String refused(byte[] bytes, long mostPixels) throws IOException {
    Path file = Files.write(folder.resolve("photo.jpg"), bytes);
    var e =
        assertThrows(
            FormatException.class,
            () -> Pictures.read(file, PictureOptions.STANDARD.mostPixels(mostPixels)));
    assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
    return e.getMessage().substring(file.toString().length() + 2);
  }

  private static byte[] pngHeader(int width, int height) throws IOException {
    var ihdr = new ByteArrayOutputStream();
    var fields = new DataOutputStream(ihdr);
    fields.writeBytes("IHDR");
    fields.writeInt(width);
    fields.writeInt(height);
    fields.write(new byte[] {8, 6, 0, 0, 0});
    var crc = new CRC32();
    crc.update(ihdr.toByteArray());
    var png = new ByteArrayOutputStream();
    var out = new DataOutputStream(png);
    out.writeLong(0x89504E470D0A1A0AL);
    out.writeInt(13);
    out.write(ihdr.toByteArray());
    out.writeInt((int) crc.getValue());
    // Where the pixels would begin, so that a reader that looks further does find something.
    out.writeInt(0);
    out.writeBytes("IDAT");
    out.writeInt(0x35AF061E);
    return png.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp", "gif", "jpg"})
  void readsEveryFormatByItsContentWhateverItsName(String format) throws IOException {
    var picture = busy(37, 23);
    Path file = Files.write(folder.resolve("picture.txt"), encoded(picture, format));
    var read = Pictures.read(file);
    assertEquals(37, read.getWidth());
    assertEquals(23, read.getHeight());
    if (format.equals("png") || format.equals("bmp")) {
      assertArrayEquals(Pixels.rgb(picture).data(), Pixels.rgb(read).data());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp", "gif", "jpg"})
  void aTruncatedPictureIsRefusedWhereverItEnds(String format) throws IOException {
    byte[] whole = encoded(busy(60, 40), format);
    // PNG ends with a check sum of the pixels and marks that hold nothing of the picture, GIF with
    // two marks; PIL reads the picture without them.
    int marks = format.equals("png") ? 20 : format.equals("gif") ? 2 : 0;
    for (int length = 1; length < whole.length - marks; length += 1 + whole.length / 150) {
      String said = refused(Arrays.copyOf(whole, length), PictureOptions.STANDARD.mostPixels());
      assertTrue(
          said.contains("truncated") || said.contains("damaged") || said.contains("no picture"),
          said);
    }
  }

  @Test
  void anEmptyFileIsNamed() throws IOException {
    assertEquals("has 0 bytes, expected a picture", refused(new byte[0], 10));
  }

  @Test
  void whatIsNoPictureIsNamed() throws IOException {
    assertEquals(
        "is no picture of a known format, expected JPEG, PNG, BMP, GIF or WebP",
        refused("a shopping list".getBytes(StandardCharsets.UTF_8), 10));
    Path missing = folder.resolve("none.png");
    var e = assertThrows(FileException.class, () -> Pictures.read(missing));
    assertEquals("cannot read " + missing + ": there is no such file", e.getMessage());
    e = assertThrows(FileException.class, () -> Pictures.read(folder));
    assertTrue(e.getMessage().endsWith("it is a folder, not a file"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"60000, 60000", "2147483647, 2147483647", "2147483647, 1", "30000, 30000"})
  void aBombIsRefusedBeforeItIsDecoded(int width, int height) throws IOException {
    String said = refused(pngHeader(width, height), PictureOptions.BY_MEMORY);
    assertTrue(said.contains("%dx%d pixels".formatted(width, height)), said);
    assertTrue(
        said.contains("--max-pixels") && said.contains("PictureOptions.mostPixels")
            || said.contains("too wide"),
        said);
  }

  @Test
  void whereMemoryIsTheLimitTheMessageSaysHowToGiveMore() throws IOException {
    long most = Runtime.getRuntime().maxMemory() / 2;
    int side = (int) Math.sqrt(most / 4.0) + 2;
    long bytes = 4L * side * side + 45;
    assertEquals(
        "has %dx%d pixels, which take about %,d MB of memory, and %,d MB are for pictures; make it smaller, give the JVM more with -Xmx%dg (STRIDE_JAVA_OPTS), or try all the same with --max-pixels %d (PictureOptions.mostPixels)"
            .formatted(
                side,
                side,
                bytes >> 20,
                most >> 20,
                Math.ceilDiv(2 * bytes, 1L << 30),
                (long) side * side),
        refused(pngHeader(side, side), PictureOptions.BY_MEMORY));
  }

  /** What fits is decoded, and only then found to be incomplete. */
  @Test
  void aPictureLargerThanPilWarnsOfIsNotRefusedForItsSize() throws IOException {
    assertEquals(
        "the picture is truncated", refused(pngHeader(12_000, 9_000), PictureOptions.BY_MEMORY));
  }

  @Test
  void theLimitIsTheCallers() throws IOException {
    byte[] png = encoded(busy(20, 10), "png");
    Path file = Files.write(folder.resolve("small.png"), png);
    assertEquals(20, Pictures.read(file, PictureOptions.STANDARD.mostPixels(200)).getWidth());
    assertEquals(
        "has 20x10 pixels, at most 199 are read; make it smaller, or raise the limit with"
            + " --max-pixels 200 (PictureOptions.mostPixels)",
        refused(png, 199));
    assertThrows(IllegalArgumentException.class, () -> PictureOptions.STANDARD.mostPixels(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp", "gif", "jpg"})
  void bytesAndStreamsAreReadAsFilesAre(String format) throws IOException {
    byte[] bytes = encoded(busy(37, 23), format);
    Path file = Files.write(folder.resolve("picture"), bytes);
    byte[] expected = Pictures.decode(file).rgb().data();
    assertArrayEquals(expected, Pictures.decode(bytes).rgb().data());
    assertArrayEquals(expected, Pixels.rgb(Pictures.read(bytes)).data());
    var stream = new ByteArrayInputStream(bytes);
    assertArrayEquals(expected, Pictures.decode(stream).rgb().data());
    assertEquals(0, stream.available());
    assertArrayEquals(expected, Pixels.rgb(Pictures.read(new ByteArrayInputStream(bytes))).data());
    var preprocessing = Preprocessing.imageNet(16).resize(20);
    assertEquals(preprocessing.prepare(file), preprocessing.prepare(bytes));
    assertEquals(
        preprocessing.prepare(file), preprocessing.prepare(new ByteArrayInputStream(bytes)));
    var few = PictureOptions.STANDARD.mostPixels(850);
    for (Executable reading :
        List.<Executable>of(
            () -> Pictures.decode(bytes, few),
            () -> Pictures.read(bytes, few),
            () -> Pictures.decode(new ByteArrayInputStream(bytes), few),
            () -> Pictures.read(new ByteArrayInputStream(bytes), few),
            () -> preprocessing.prepare(bytes, few),
            () -> preprocessing.prepare(new ByteArrayInputStream(bytes), few))) {
      var e = assertThrows(FormatException.class, reading);
      assertTrue(
          e.getMessage().startsWith("the picture has 37x23 pixels, at most 850"), e.getMessage());
    }
  }

  @Test
  void whatIsWrongWithBytesIsSaidOfThePicture() {
    var e = assertThrows(FormatException.class, () -> Pictures.decode(new byte[0]));
    assertEquals("the picture has 0 bytes", e.getMessage());
    e = assertThrows(FormatException.class, () -> Pictures.decode(InputStream.nullInputStream()));
    assertEquals("the picture has 0 bytes", e.getMessage());
    e = assertThrows(FormatException.class, () -> Pictures.decode(new byte[100]));
    assertEquals(
        "the picture is no picture of a known format, expected JPEG, PNG, BMP, GIF or WebP",
        e.getMessage());
    e =
        assertThrows(
            FormatException.class,
            () -> Pictures.decode(Arrays.copyOf(encoded(busy(9, 9), "png"), 80)));
    assertEquals("the picture is truncated", e.getMessage());
  }

  /** Of a stream that never ends one byte is read more than is allowed. */
  @Test
  void ofAStreamNoMoreIsReadThanIsAllowed() {
    var options = PictureOptions.STANDARD.mostPixels(1);
    var endless =
        new InputStream() {
          private long read;

          @Override
          public int read() {
            read++;
            return 'B';
          }

          @Override
          public int read(byte[] into, int from, int length) {
            Arrays.fill(into, from, from + length, (byte) 'B');
            read += length;
            return length;
          }
        };
    assertEquals((64 << 20) + 8, options.mostBytes());
    var e = assertThrows(FormatException.class, () -> Pictures.decode(endless, options));
    assertTrue(
        e.getMessage().startsWith("the picture has more bytes than the 67,108,872 that are read"),
        e.getMessage());
    assertEquals(options.mostBytes() + 1, endless.read);
  }

  @Test
  void picturesWithinAZipAreRead() throws IOException {
    byte[] png = encoded(busy(20, 10), "png");
    try (var zip = FileSystems.newFileSystem(folder.resolve("a.zip"), Map.of("create", "true"))) {
      var file = Files.write(zip.getPath("/picture.png"), png);
      assertEquals(20, Pictures.read(file).getWidth());
      assertEquals(Shape.image(8, 8, 3), Preprocessing.imageNet(8).resize(9).prepare(file).shape());
      var cut = Files.write(zip.getPath("/cut.png"), Arrays.copyOf(png, 60));
      var e = assertThrows(FormatException.class, () -> Pictures.read(cut));
      assertEquals("/cut.png: the picture is truncated", e.getMessage());
    }
  }

  static List<Executable> nulls() throws IOException {
    var options = PictureOptions.STANDARD;
    var preprocessing = Preprocessing.imageNet(8);
    byte[] png = encoded(busy(9, 9), "png");
    return List.of(
        () -> Pictures.read((Path) null),
        () -> Pictures.read((byte[]) null),
        () -> Pictures.read((InputStream) null),
        () -> Pictures.read(png, null),
        () -> Pictures.decode((Path) null),
        () -> Pictures.decode((byte[]) null),
        () -> Pictures.decode((InputStream) null),
        () -> Pictures.decode(png, null),
        () -> Pictures.decode(Path.of("a.png"), null),
        () -> Pictures.decode(InputStream.nullInputStream(), null),
        () -> Image.of((BufferedImage) null),
        () -> Pictures.reduced(null, 1, 1, options),
        () -> Pixels.rgb(null),
        () -> Pixels.grey(null),
        () -> preprocessing.prepare((Path) null),
        () -> preprocessing.prepare((byte[]) null),
        () -> preprocessing.prepare((InputStream) null),
        () -> preprocessing.prepare((Picture) null),
        () -> preprocessing.prepare((BufferedImage) null),
        () -> preprocessing.prepare(Path.of("a.png"), (PictureOptions) null),
        () -> DigitPreparation.MNIST.prepare((Picture) null),
        () -> DigitPreparation.MNIST.prepare((BufferedImage) null));
  }

  @ParameterizedTest
  @MethodSource("nulls")
  void nullIsRefusedWithItsName(Executable call) {
    var e = assertThrows(IllegalArgumentException.class, call);
    assertTrue(e.getMessage().matches("the picture( is|'s options are) null"), e.getMessage());
  }

  /** The JDK takes grey values for linear light and would brighten them. */
  @Test
  void greyValuesAreThoseOfTheFile() throws IOException {
    var picture = new BufferedImage(256, 1, BufferedImage.TYPE_BYTE_GRAY);
    var expected = new byte[256];
    for (int i = 0; i < 256; i++) {
      picture.getRaster().setSample(i, 0, 0, i);
      expected[i] = (byte) i;
    }
    Path file = Files.write(folder.resolve("grey.png"), encoded(picture, "png"));
    assertArrayEquals(expected, Pixels.grey(Pictures.read(file)).data());
    var tensor = Image.of(Pictures.read(file));
    assertEquals(Shape.image(1, 256, 1), tensor.shape());
    assertEquals(51 / 255f, tensor.at(0, 51, 0));
    byte[] rgb = Pixels.rgb(picture).data();
    assertEquals((byte) 200, rgb[3 * 200 + 1]);
  }

  @Test
  void aDigitOfSixteenBitsIsSeenAndNotCutOffAsPilDoes() throws IOException {
    var picture = new BufferedImage(40, 40, BufferedImage.TYPE_USHORT_GRAY);
    for (int i = 0; i < 1600; i++) {
      boolean ink = i % 40 > 17 && i % 40 < 22 && i > 400 && i < 1200;
      picture.getRaster().setSample(i % 40, i / 40, 0, ink ? 0x1200 : 0xE000);
    }
    assertEquals(1, DigitPreparation.MNIST.prepare(picture).at(14, 14, 0));
    assertEquals(-1, Pixels.grey(picture).data()[20 * 40 + 20]);
  }

  @Test
  void greyWithTransparencyAndColourWithTransparencyAreReadAsStored() {
    var model =
        new ComponentColorModel(
            ColorSpace.getInstance(ColorSpace.CS_GRAY),
            true,
            false,
            java.awt.Transparency.TRANSLUCENT,
            DataBuffer.TYPE_BYTE);
    var raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 1, 1, 2, null);
    raster.setPixel(0, 0, new int[] {90, 7});
    var greyAlpha = new BufferedImage(model, raster, false, null);
    assertArrayEquals(new byte[] {90}, Pixels.grey(greyAlpha).data());

    var argb = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB);
    argb.setRGB(0, 0, 0x07_0A_C8_1E);
    assertArrayEquals(new byte[] {0x0A, (byte) 0xC8, 0x1E}, Pixels.rgb(argb).data());
    // PIL: Image.new("RGB", (1, 1), (10, 200, 30)).convert("L") is 124.
    assertArrayEquals(new byte[] {124}, Pixels.grey(argb).data());
    assertEquals(Shape.image(1, 1, 3), Image.of(argb).shape());
  }

  @Test
  void palettesAndSingleBitsAreLookedUp() {
    var palette =
        new IndexColorModel(1, 2, new byte[] {10, -1}, new byte[] {20, -1}, new byte[] {30, 0});
    var picture = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY, palette);
    picture.getRaster().setSample(1, 0, 0, 1);
    assertArrayEquals(new byte[] {10, 20, 30, -1, -1, 0}, Pixels.rgb(picture).data());
  }

  @Test
  void photosAreRead() throws IOException {
    var photo = Image.of(Pictures.read(TestData.require("photos/hub_dog_samoyed.jpg")));
    assertEquals(3, photo.shape().channels());
    assertTrue(photo.shape().height() > 500);
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp", "gif", "jpg"})
  void damagedPicturesBringOutNothingButAFormatException(String format) throws IOException {
    var digit = new BufferedImage(40, 40, BufferedImage.TYPE_INT_RGB);
    var pen = digit.createGraphics();
    pen.setColor(java.awt.Color.WHITE);
    pen.fillRect(0, 0, 40, 40);
    pen.setColor(java.awt.Color.BLACK);
    pen.fillRect(18, 8, 4, 24);
    pen.dispose();
    Path file = folder.resolve("digit");
    byte[] original = encoded(digit, format);
    Mutants.check(
        original,
        100,
        1,
        96 << 20,
        FormatException.class,
        mutant -> {
          Files.write(file, mutant);
          var prepared =
              DigitPreparation.MNIST.prepare(
                  Pictures.read(file, PictureOptions.STANDARD.mostPixels(1_000_000)));
          assertEquals(Shape.image(28, 28, 1), prepared.shape());
        });
  }

  /** Larger than an array, and than memory; the files take no room on the disk. */
  @ParameterizedTest
  @ValueSource(strings = {"jpg", "png", "webp", "gif", "bmp"})
  void filesThatNoArrayHoldsAreRefusedInASentence(String suffix, @TempDir Path temp)
      throws IOException {
    var file = temp.resolve("large." + suffix);
    for (long last : new long[] {Integer.MAX_VALUE - 8, 1L << 31, 1L << 32, 5L << 30}) {
      try (var out =
          FileChannel.open(
              file,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.SPARSE)) {
        out.write(ByteBuffer.wrap(new byte[] {1}), last);
      }
      for (var options :
          List.of(
              PictureOptions.STANDARD, PictureOptions.STANDARD.mostPixels(Long.MAX_VALUE - 1))) {
        String said =
            assertThrows(FormatException.class, () -> Pictures.decode(file, options)).getMessage();
        assertTrue(
            said.startsWith("%s: has %,d bytes, more than the".formatted(file, last + 1)), said);
        assertTrue(said.contains("make it smaller"), said);
        // More memory and pixels help up to the longest array only.
        assertFalse(options.mostBytes() == Integer.MAX_VALUE - 8 && said.contains("-Xmx"), said);
      }
    }
  }
}
