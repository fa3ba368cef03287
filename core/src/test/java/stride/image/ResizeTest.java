package stride.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import stride.image.Resize.Span;

final class ResizeTest {
  /** PIL's bytes, by their check sums: tools/golden/images.py. */
  @ParameterizedTest
  @EnumSource
  void everyByteIsPils(Resampling filter) {
    int compared = 0;
    for (String[] golden : Goldens.lines("resize.txt")) {
      if (golden[5].equals(filter.name())) {
        int[] size = Arrays.stream(golden, 0, 5).mapToInt(Integer::parseInt).toArray();
        var resized = Goldens.noise(size[0], size[1], size[2]).resize(size[3], size[4], filter);
        assertEquals(
            Long.parseLong(golden[6]), Goldens.sum(resized), String.join(" ", List.of(golden)));
        compared++;
      }
    }
    assertTrue(compared > 15, "only %d goldens of %s".formatted(compared, filter));
  }

  @ParameterizedTest
  @EnumSource
  void aPartIsWhatThePartOfTheWholeWouldBe(Resampling filter) {
    var image = Goldens.noise(61, 83, 3);
    for (int[] size : new int[][] {{20, 30}, {61, 30}, {20, 83}, {90, 100}}) {
      var whole = image.resize(size[0], size[1], filter);
      var part =
          Resize.window(Rows.of(image), new Span(size[1], 7, 19), new Span(size[0], 3, 11), filter);
      for (int y = 0; y < 11; y++) {
        int from = ((y + 3) * size[1] + 7) * 3;
        assertArrayEquals(
            Arrays.copyOfRange(whole.data(), from, from + 19 * 3),
            Arrays.copyOfRange(part.data(), y * 19 * 3, (y + 1) * 19 * 3));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPlainImageStaysPlain(Resampling filter) {
    var data = new byte[31 * 17];
    Arrays.fill(data, (byte) 201);
    var resized = new Pixels(31, 17, 1, data).resize(40, 3, filter);
    var expected = new byte[40 * 3];
    Arrays.fill(expected, (byte) 201);
    assertArrayEquals(expected, resized.data());
  }

  @Test
  void theSameSizeIsTheSameImage() {
    var image = Goldens.noise(5, 4, 3);
    assertSame(image, image.resize(5, 4, Resampling.LANCZOS));
  }

  @Test
  void aSizeOfNothingIsRefused() {
    var image = Goldens.noise(5, 4, 3);
    assertThrows(IllegalArgumentException.class, () -> image.resize(0, 4, Resampling.BILINEAR));
    assertThrows(IllegalArgumentException.class, () -> image.centerCrop(4, 0));
    assertThrows(IllegalArgumentException.class, () -> new Pixels(2, 2, 3, new byte[11]));
  }
}
