package stride.codecs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
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
    if (!name.startsWith("lossy")) {
      assertEquals(rgb, sum(Pixels.rgb(picture)), "RGB");
      assertEquals(grey, sum(Pixels.grey(picture)), "grey");
      var stored = Pictures.read(picture(name), PictureOptions.STANDARD.withoutExif());
      assertEquals(withoutExif, sum(Pixels.rgb(stored)), "as stored");
    } else {
      byte[] expected;
      try (var in = new InflaterInputStream(Files.newInputStream(picture(name + ".rgb")))) {
        expected = in.readAllBytes();
      }
      byte[] found = Pixels.rgb(picture).data();
      int most = 0;
      double mean = 0;
      for (int i = 0; i < found.length; i++) {
        int d = Math.abs((found[i] & 0xFF) - (expected[i] & 0xFF));
        most = Math.max(most, d);
        mean += d / (double) found.length;
      }
      System.out.println(name + " " + most + " " + mean);
    }
  }
}
