package stride.codecs.webp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import stride.format.FormatException;

/** Whole pictures, with PIL's bytes. */
final class WebPPictureTest {
  static List<Golden> pictures() throws IOException {
    return Golden.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pictures")
  void everyKindOfPictureHasPilsBytes(Golden golden) throws IOException {
    if (golden.expected().equals("refused")) {
      assertEquals("-", Golden.outcome(golden.file()));
      return;
    }
    var picture = WebPPicture.open(golden.file()).orElseThrow();
    String size = picture.width() + " " + picture.height();
    assertTrue(golden.expected().startsWith(size + " "), size);
    var pixels = picture.decode();
    assertEquals(
        golden.expected(),
        "%d %d %d %d"
            .formatted(
                pixels.width(), pixels.height(), pixels.channels(), Golden.sum(pixels.data())));
    long pixelBytes = (long) pixels.width() * pixels.height() * pixels.channels();
    assertTrue(picture.decodedBytes() > pixelBytes, "memory: " + picture.decodedBytes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "RIFF", "RIFF1234WEB", "RIFF1234AVI LIST", "riff1234WEBPVP8 "})
  void otherFilesAreLeftToOthers(String file) throws FormatException {
    assertTrue(WebPPicture.open(file.getBytes(StandardCharsets.ISO_8859_1)).isEmpty());
  }

  @Test
  void aPictureIsDecodedAgainWithTheSameBytes() throws IOException {
    var picture = WebPPicture.open(Golden.file("two_frames")).orElseThrow();
    assertEquals(Golden.sum(picture.decode().data()), Golden.sum(picture.decode().data()));
  }

  @Test
  void messagesSayWhatIsMissing() throws IOException {
    byte[] file = Golden.file("method4_quality50");
    refused(
        "the picture is truncated: it should have %d bytes, and has 100".formatted(file.length),
        Arrays.copyOf(file, 100));
    refused(
        "the picture is truncated: its VP8 frame ends in row 2 of 2 rows of macroblocks",
        cut(file, 300));
    refused(
        "the picture is truncated: its VP8L data ends in row 15 of 19",
        cut(Golden.file("lossless_level6"), 400));
    refused(
        "the picture is damaged: its image has 20x12 pixels, its canvas 20x13",
        Golden.file("canvas_of_another_size"));
  }

  private static void refused(String message, byte[] file) {
    var e =
        assertThrows(FormatException.class, () -> WebPPicture.open(file).orElseThrow().decode());
    assertEquals(message, e.getMessage());
  }

  /** A file of one chunk with so many bytes of its data. */
  private static byte[] cut(byte[] file, int length) {
    var cut = ByteBuffer.wrap(Arrays.copyOf(file, 20 + length)).order(ByteOrder.LITTLE_ENDIAN);
    return cut.putInt(4, 12 + length).putInt(16, length).array();
  }

  /** Pictures of 268 megapixels whose data ends at once. */
  @ParameterizedTest
  @ValueSource(strings = {"method4_quality50", "lossless_level6", "colours4_level3"})
  void nothingIsAllocatedForPixelsThatAreNotThere(String name) throws IOException {
    var file = ByteBuffer.wrap(Golden.file(name)).order(ByteOrder.LITTLE_ENDIAN);
    if (name.startsWith("method")) {
      file.putInt(26, 0x3FFF3FFF);
    } else {
      file.putInt(21, file.getInt(21) | 0x0FFFFFFF);
    }
    var threads =
        (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    assertThrows(
        FormatException.class, () -> WebPPicture.open(file.array()).orElseThrow().decode());
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertTrue(allocated < 64 << 20, "%,d bytes".formatted(allocated));
  }
}
