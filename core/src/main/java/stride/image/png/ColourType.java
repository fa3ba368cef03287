package stride.image.png;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a pixel's samples are. */
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

  /** Returns the colour type of a number, if it goes with samples of so many bits; else null. */
  static @Nullable ColourType of(int number, int depth) {
    for (var type : values()) {
      if (type.number == number && type.depths.contains(depth)) {
        return type;
      }
    }
    return null;
  }

  /** Returns how many samples a pixel has. */
  int samples() {
    return samples;
  }
}
