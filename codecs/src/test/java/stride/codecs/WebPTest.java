package stride.codecs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import stride.format.FormatException;
import stride.image.PictureOptions;
import stride.image.Pictures;
import stride.image.Pixels;

/** What PIL makes of WebP pictures: tools/golden/images.py. */
final class WebPTest {
  private static final Path GOLDENS = Path.of("src/test/resources/stride/codecs");

  @TempDir Path folder;

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
    if (name.startsWith("lossy")) {
      isNear(name, Pixels.rgb(picture));
      return;
    }
    assertEquals(rgb, sum(Pixels.rgb(picture)), "RGB");
    assertEquals(grey, sum(Pixels.grey(picture)), "grey");
    var stored = Pictures.read(picture(name), PictureOptions.STANDARD.withoutExif());
    assertEquals(withoutExif, sum(Pixels.rgb(stored)), "as stored");
  }

  /**
   * TwelveMonkeys takes the nearest chroma where libwebp interpolates. On this small and gaudy
   * picture that is far more than on a photo.
   */
  private static void isNear(String name, Pixels found) throws IOException {
    byte[] expected;
    try (var in = new InflaterInputStream(Files.newInputStream(picture(name + ".rgb")))) {
      expected = in.readAllBytes();
    }
    int most = 0;
    long sum = 0;
    for (int i = 0; i < expected.length; i++) {
      int difference = Math.abs((found.data()[i] & 0xFF) - (expected[i] & 0xFF));
      most = Math.max(most, difference);
      sum += difference;
    }
    double mean = (double) sum / expected.length;
    assertTrue(
        most <= 70 && mean < 7, "levels off by up to %d, %.1f on average".formatted(most, mean));
  }

  @Test
  void theSizeIsLookedAtBeforeThePixels() {
    var file = picture("lossy.webp");
    var e =
        assertThrows(
            FormatException.class,
            () -> Pictures.read(file, PictureOptions.STANDARD.mostPixels(961)));
    assertEquals(
        file
            + ": has 37x26 pixels, at most 961 are read; make it smaller, or raise the limit with"
            + " --max-pixels 962 (PictureOptions.mostPixels)",
        e.getMessage());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pictures")
  void damagedPicturesBringOutNothingButAFormatException(String name) throws IOException {
    byte[] original = Files.readAllBytes(picture(name));
    var file = folder.resolve("damaged.webp");
    var random = new SplittableRandom(name.hashCode());
    long begin = System.nanoTime();
    int refused = 0;
    for (int i = 0; i < 300; i++) {
      byte[] mutant =
          random.nextInt(4) == 0
              ? Arrays.copyOf(original, random.nextInt(original.length))
              : original.clone();
      for (int changes = random.nextInt(4); changes > 0 && mutant.length > 0; changes--) {
        int bound = random.nextBoolean() ? Math.min(mutant.length, 48) : mutant.length;
        mutant[random.nextInt(bound)] = (byte) random.nextInt();
      }
      Files.write(file, mutant);
      try {
        Pictures.read(file, PictureOptions.STANDARD.mostPixels(20_000));
      } catch (FormatException e) {
        assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
        refused++;
      } catch (Throwable e) {
        throw new AssertionError("mutant %d of %s brought out %s".formatted(i, name, e), e);
      }
      assertTrue(System.nanoTime() - begin < 60e9, "too slow at mutant " + i);
    }
    assertTrue(refused > 30, "only %d mutants were refused".formatted(refused));
  }
}
