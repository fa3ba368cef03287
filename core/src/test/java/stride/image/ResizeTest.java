package stride.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class ResizeTest {
  /** The same bytes as tools/golden/resize.py makes. */
  private static Pixels image(int height, int width, int channels) {
    var data = new byte[height * width * channels];
    int state = 1;
    for (int i = 0; i < data.length; i++) {
      state = state * 1664525 + 1013904223;
      data[i] = (byte) (state >>> 24);
    }
    return new Pixels(height, width, channels, data);
  }

  /** The check sums are those of PIL's bytes: tools/golden/resize.py. */
  @ParameterizedTest
  @CsvSource({
    "37, 53, 3, 20, 20, BOX, 838339741",
    "37, 53, 3, 20, 20, BILINEAR, 4190833007",
    "37, 53, 3, 20, 20, BICUBIC, 59798539",
    "37, 53, 3, 20, 20, LANCZOS, 1253124752",
    "37, 53, 1, 100, 7, BOX, 1995898288",
    "37, 53, 1, 100, 7, BILINEAR, 1153141346",
    "37, 53, 1, 100, 7, BICUBIC, 3619454020",
    "37, 53, 1, 100, 7, LANCZOS, 1253360228",
    "5, 4, 3, 64, 48, BOX, 2268354441",
    "5, 4, 3, 64, 48, BILINEAR, 2872693518",
    "5, 4, 3, 64, 48, BICUBIC, 1211644615",
    "5, 4, 3, 64, 48, LANCZOS, 1198697580",
    "300, 1, 1, 28, 28, BOX, 4124568390",
    "300, 1, 1, 28, 28, BILINEAR, 10751255",
    "300, 1, 1, 28, 28, BICUBIC, 2945584554",
    "300, 1, 1, 28, 28, LANCZOS, 280805242",
    "64, 64, 3, 32, 64, BOX, 293516018",
    "64, 64, 3, 32, 64, BILINEAR, 3502729800",
    "64, 64, 3, 32, 64, BICUBIC, 1270695563",
    "64, 64, 3, 32, 64, LANCZOS, 2647750730"
  })
  void everyByteIsPils(
      int height, int width, int channels, int toHeight, int toWidth, Resampling filter, long sum) {
    var resized = Resize.to(image(height, width, channels), toHeight, toWidth, filter);
    var crc = new CRC32();
    crc.update(resized.data());
    assertEquals(sum, crc.getValue());
    assertEquals(toHeight, resized.height());
    assertEquals(toWidth, resized.width());
    assertEquals(channels, resized.channels());
  }

  @ParameterizedTest
  @EnumSource
  void aPlainImageStaysPlain(Resampling filter) {
    var data = new byte[31 * 17];
    Arrays.fill(data, (byte) 201);
    var resized = Resize.to(new Pixels(31, 17, 1, data), 40, 3, filter);
    var expected = new byte[40 * 3];
    Arrays.fill(expected, (byte) 201);
    assertArrayEquals(expected, resized.data());
  }

  @Test
  void theSameSizeIsTheSameImage() {
    var image = image(5, 4, 3);
    assertSame(image, Resize.to(image, 5, 4, Resampling.LANCZOS));
  }

  @Test
  void aSizeOfNothingIsRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> Resize.to(image(5, 4, 3), 0, 4, Resampling.BILINEAR));
    assertThrows(IllegalArgumentException.class, () -> new Pixels(2, 2, 3, new byte[11]));
  }
}
