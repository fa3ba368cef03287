package stride.image.jpeg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import stride.Mutants;
import stride.format.FormatException;

/** What is refused, and what files that mean harm can do. */
final class JpegRefusalTest {
  private static final int SOF = 0xC0;
  private static final int SOS = 0xDA;

  /** Where the first segment of a kind begins. */
  private static int segment(byte[] file, int kind) {
    for (int at = 2; ; at += 2 + Short.toUnsignedInt(ByteBuffer.wrap(file).getShort(at + 2))) {
      if ((file[at + 1] & 0xFF) == kind) {
        return at;
      }
    }
  }

  private static byte[] withSize(byte[] file, int kind, int width, int height) {
    byte[] changed = file.clone();
    ByteBuffer.wrap(changed)
        .putShort(segment(file, kind) + 5, (short) height)
        .putShort(segment(file, kind) + 7, (short) width);
    return changed;
  }

  private static String refused(byte[] file) {
    return assertThrows(FormatException.class, () -> JpegPicture.open(file).decode()).getMessage();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cut_baseline_at_5 | the picture is truncated",
        "cut_progressive_2 | the picture is truncated",
        "bits_12 | is a JPEG of 12 bits a sample, only those of 8 are read; convert it",
        "frame_c3 | is a JPEG whose coding (SOF3) is not read; convert it to baseline or"
            + " progressive",
        "frame_c5 | is a JPEG whose coding (SOF5) is not read; convert it to baseline or"
            + " progressive",
        "components_2 | is a JPEG of 2 components, only 1 (grey), 3 and 4 are read; convert it to"
            + " RGB",
        "sampling_patched_fraction | is a JPEG that samples a component 2x1 and another 3x1, only"
            + " whole ratios are read; convert it",
        "sampling_patched_none | the picture is damaged: component 1 is sampled 2x0, expected 1x1"
            + " to 4x4",
        "sampling_patched_eleven_blocks | the picture is damaged: an MCU has 11 blocks, at most 10"
            + " are allowed",
        "frame_no_rows | is a JPEG of 24x0 pixels, a picture has at least one",
        "frame_long | is a JPEG of 65501x20 pixels, its sides may have 65,500 at most",
        "without_db | the picture is damaged: the quantization table 0 is missing",
        "film_progressive | the picture is damaged: the Huffman table 0 for DC coefficients is"
            + " missing",
        "tables_only | the picture is truncated",
        "frame_and_end | the picture is damaged: it ends before its data begin",
        "twice_c0 | the picture is damaged: it has two frames",
        "second_scan | the picture is damaged: a second scan follows the only one",
        "before_tables_jpg0 | the picture is damaged: the marker F0 is not defined",
        "before_tables_soi | the picture is damaged: another JPEG begins inside of it",
        "scan_of_a_wrong_band | the picture is damaged: a scan of 1 components gives the"
            + " coefficients 1 to 64 from bit 0 to 2",
      })
  void theSentenceSaysWhy(String name, String sentence) {
    assertEquals(sentence, refused(Jpegs.file(name)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sampling_2x2",
        "sampling_progressive_2x2",
        "restart_1B",
        "restart_progressive_3B",
        "mode_arithmetic_30_2x2",
        "mode_arithmetic_progressive_30_2x2",
        "script_coarse_2x2",
        "sequential_planes",
        "cmyk_1",
        "ycck_2_progressive",
        "colours_half_adobe_0",
        "grey_2x2_0",
      })
  void mutantsBringOutNothingButAFormatException(String name) {
    int refused =
        Mutants.checkAny(
            Jpegs.file(name),
            500,
            name.hashCode(),
            16 << 20,
            FormatException.class,
            mutant -> {
              var picture = JpegPicture.open(mutant);
              if (picture.width() * (long) picture.height() <= 250_000) {
                assertEquals(picture.width(), picture.decode().width());
              }
            });
    assertTrue(refused > 50, "only %d mutants of %s were refused".formatted(refused, name));
  }

  @Test
  void aPictureWithTooManyScansIsRefused() {
    byte[] file = Jpegs.file("script_dc_coarse_refined_once_1x1");
    assertEquals(
        "is a JPEG of more than 500 scans, which no picture needs",
        refused(withScans(file, 1_000)));
  }

  /** The data of nearly all of them end at once, whatever the size that the file claims. */
  @ParameterizedTest
  @ValueSource(strings = {"script_dc_coarse_refined_once_1x1", "script_luma_5_coarse_1x1"})
  void manyScansOfALargePictureTakeSeconds(String name) throws FormatException {
    byte[] large = withScans(withSize(Jpegs.file(name), 0xC2, 6_000, 5_000), 490);
    assertTimeoutPreemptively(Duration.ofSeconds(60), () -> JpegPicture.open(large).decode());
  }

  /**
   * Scans of a few bytes may go over the whole picture: a code says that 16,384 blocks are empty.
   */
  @Test
  void manyEmptyScansOfALargePictureTakeSeconds() {
    var file = new ByteArrayOutputStream();
    String oneCode = "01" + "00".repeat(15);
    put(file, "FFD8 FFDB0043 00" + "01".repeat(64));
    put(file, "FFC2000B 08 0FA0 0FA0 01 011100");
    put(file, "FFC40014 00" + oneCode + "00 FFC40014 10" + oneCode + "E0");
    put(file, "FFDA0008 010100 00 00 00" + "00".repeat(31_250));
    for (int scan = 0; scan < 490; scan++) {
      put(file, "FFDA0008 010100 01 3F" + (scan == 0 ? "01" : "10") + "00".repeat(30));
    }
    put(file, "FFD9");
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> assertEquals(4_000, JpegPicture.open(file.toByteArray()).decode().width()));
  }

  private static void put(ByteArrayOutputStream into, String hex) {
    into.writeBytes(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  /** The file with its last scan so many times more. */
  private static byte[] withScans(byte[] file, int more) {
    int last = 0;
    for (int i = 0; i < file.length - 1; i++) {
      last = file[i] == -1 && (file[i + 1] & 0xFF) == SOS ? i : last;
    }
    var out = new ByteArrayOutputStream();
    out.write(file, 0, last);
    for (int i = 0; i <= more; i++) {
      out.write(file, last, file.length - 2 - last);
    }
    out.write(file, file.length - 2, 2);
    return out.toByteArray();
  }

  @Test
  void aPictureThatFitsIntoNoArrayIsRefused() {
    assertEquals(
        "is a JPEG of 65500x65500 pixels, which fit into no array; make it smaller",
        refused(withSize(Jpegs.file("sampling_2x2"), SOF, 65_500, 65_500)));
  }

  /** What is missing is grey, as PIL fills it. */
  @ParameterizedTest
  @CsvSource({"sampling_2x2, 192", "sampling_1x1, 192", "sampling_progressive_2x2, 194"})
  void littleMoreThanThePixelsIsAllocated(String name, int kind) throws FormatException {
    byte[] file = withSize(Jpegs.file(name), kind, 4_000, 3_000);
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    byte[] pixels = JpegPicture.open(file).decode().data();
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertEquals(36_000_000, pixels.length);
    assertEquals(-128, pixels[pixels.length - 1]);
    assertTrue(allocated < 38_000_000, "%,d bytes".formatted(allocated));
  }

  /** PIL does not read arithmetic coding across what it reads at once, 65,536 bytes; djpeg does. */
  @Test
  void arithmeticCodingMayBeLong() throws FormatException {
    byte[] file = Jpegs.file("mode_arithmetic_30_2x2");
    int data = segment(file, SOS);
    int comment = 65_536 - data - 30;
    byte[] longer =
        ByteBuffer.allocate(file.length + comment)
            .put(file, 0, data)
            .putShort((short) 0xFFFE)
            .putShort((short) (comment - 2))
            .put(new byte[comment - 4])
            .put(file, data, file.length - data)
            .array();
    assertArrayEquals(
        JpegPicture.open(file).decode().data(), JpegPicture.open(longer).decode().data());
  }

  @Test
  void theFirstExifSegmentIsHandedOut() throws FormatException {
    byte[] file = Jpegs.file("app_exif_cut");
    assertArrayEquals(
        new byte[] {'I', 'I', '*', 0, 8, 0, 0, 0, 1, 0, 0x12, 1}, JpegPicture.open(file).exif());
    assertEquals(0, JpegPicture.open(Jpegs.file("app_exif_empty")).exif().length);
    assertEquals(0, JpegPicture.open(Jpegs.file("sampling_1x1")).exif().length);
  }
}
