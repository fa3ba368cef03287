package stride.codecs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import stride.format.FormatException;
import stride.image.PictureOptions;
import stride.image.Pictures;
import stride.image.Pixels;

/** WebP as {@link Pictures} reads it: what PIL makes of it (tools/golden/images.py). */
final class WebPTest {
  private static final Path GOLDENS = Path.of("src/test/resources/stride/codecs");

  static List<String[]> pictures() throws IOException {
    return Files.readAllLines(GOLDENS.resolve("pictures.txt")).stream()
        .map(line -> line.split(" "))
        .toList();
  }

  private static Path picture(String name) {
    return GOLDENS.resolve("pictures").resolve(name);
  }

  private static long sum(Pixels image) {
    var crc = new CRC32();
    crc.update(image.data());
    return crc.getValue();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pictures")
  void everyKindOfWebPIsDecodedAsPilDoes(
      String name, int height, int width, long rgb, long grey, long withoutExif)
      throws IOException {
    var picture = Pictures.read(picture(name));
    assertEquals(height, picture.getHeight());
    assertEquals(width, picture.getWidth());
    assertEquals(rgb, sum(Pixels.rgb(picture)), "RGB");
    assertEquals(grey, sum(Pixels.grey(picture)), "grey");
    var stored = Pictures.read(picture(name), PictureOptions.STANDARD.withoutExif());
    assertEquals(withoutExif, sum(Pixels.rgb(stored)), "as stored");
  }

  @Test
  void theSizeIsLookedAtBeforeThePixels() {
    var file = picture("lossy.webp");
    var e =
        assertThrows(
            FormatException.class,
            () -> Pictures.read(file, PictureOptions.STANDARD.mostPixels(961)));
    assertTrue(
        e.getMessage().startsWith(file + ": has 37x26 pixels, at most 961 are read"),
        e.getMessage());
  }

  /** A file below {@code shared/data} beside the project; without it the test is skipped. */
  private static Path shared(String file) {
    for (var at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      var found = at.resolveSibling("shared").resolve("data").resolve(file);
      if (Files.isRegularFile(found)) {
        return found;
      }
    }
    assumeTrue(false, "skipped: ../shared/data/" + file + " is not there");
    throw new AssertionError();
  }

  @ParameterizedTest
  @CsvSource({
    "fast_method0.webp, 4111919615",
    "photo_1546x1213_q80.webp, 2843431362",
    "tall_method4.webp, 2861024925",
    "whole.webp, 284118493"
  })
  void reportedPicturesHavePilsColours(String name, long expected) throws IOException {
    assertEquals(expected, sum(Pixels.rgb(Pictures.read(shared("reports/" + name)))));
  }

  @Test
  void aPictureOfLibwebpsFastestMethodLooksAsItDoesInPil() throws IOException {
    var expected = ImageIO.read(shared("reports/fast_method0_as_PIL_reads_it.png").toFile());
    var found = Pictures.read(shared("reports/fast_method0.webp"));
    assertArrayEquals(Pixels.rgb(expected).data(), Pixels.rgb(found).data());
  }

  @Test
  void aPictureCutAtTwoThirdsIsRefused() {
    var file = shared("reports/cut.webp");
    var e = assertThrows(FormatException.class, () -> Pictures.read(file));
    assertEquals(
        file + ": the picture is truncated: it should have 38474 bytes, and has 25649",
        e.getMessage());
  }
}
