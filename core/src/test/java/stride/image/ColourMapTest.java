package stride.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The colours against matplotlib's own tables. */
final class ColourMapTest {
  /** A polynomial is not a table: that much of 255 it may be off. */
  private static final int NEAR = 6;

  @ParameterizedTest
  @CsvSource({
    "VIRIDIS, 0, 440154",
    "VIRIDIS, 0.5, 21918c",
    "VIRIDIS, 1, fde725",
    "INFERNO, 0, 000004",
    "INFERNO, 0.5, bc3754",
    "INFERNO, 1, fcffa4"
  })
  void coloursAreMatplotlibs(ColourMap map, double value, String expected) {
    int colour = map.rgb(value);
    int table = Integer.parseInt(expected, 16);
    for (int shift = 0; shift <= 16; shift += 8) {
      assertEquals(table >> shift & 0xFF, colour >> shift & 0xFF, NEAR, map + " at " + value);
    }
  }
}
