package stride.image.png;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The meaning of a pixel's samples. */
enum ColourType {
  GREY(0, 1, Set.of(1, 2, 4, 8, 16)),
  RGB(2, 3, Set.of(8, 16)),
  PALETTE(3, 1, Set.of(1, 2, 4, 8)),
  GREY_AND_OPACITY(4, 2, Set.of(8, 16)),
  RGB_AND_OPACITY(6, 4, Set.of(8, 16));

  private final int number;
  private final int samples;
  private final Set<Integer> depths;

  ColourType(int number, int samples, Set<Integer> depths) {
    this.number = number;
    this.samples = samples;
    this.depths = depths;
  }

  /**
   * Returns the colour type of a number, or null if it does not allow samples of {@code depth}
   * bits.
   */
  static @Nullable ColourType of(int number, int depth) {
    for (var type : values()) {
      if (type.number == number && type.depths.contains(depth)) {
        return type;
      }
    }
    return null;
  }

  /** Returns the number of samples of a pixel. */
  int samples() {
    return samples;
  }
}
