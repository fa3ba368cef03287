package stride.image.jpeg;

import java.util.ArrayList;
import java.util.List;
import stride.format.FormatException;

/**
 * The picture's size, components and coding, from the SOF segment.
 *
 * @param progressive whether several scans refine the coefficients
 * @param arithmetic whether the coding is arithmetic, not Huffman's
 * @param width in pixels
 * @param height in pixels
 * @param parts the components in the order of the segment
 */
record Frame(boolean progressive, boolean arithmetic, int width, int height, List<Part> parts) {
  /** libjpeg's {@code JPEG_MAX_DIMENSION}. */
  private static final int LONGEST_SIDE = 65_500;

  /** A component as the segment describes it. */
  record Part(int id, int across, int down, int table) {}

  /** Makes the checks of libjpeg at the first scan, and those of PIL before it. */
  void check() throws FormatException {
    if (width == 0 || height == 0) {
      throw new FormatException(
          "is a JPEG of %dx%d pixels, a picture has at least one".formatted(width, height));
    }
    if (width > LONGEST_SIDE || height > LONGEST_SIDE) {
      throw new FormatException(
          "is a JPEG of %dx%d pixels, its sides may have %,d at most"
              .formatted(width, height, LONGEST_SIDE));
    }
    if (parts.size() != 1 && parts.size() != 3 && parts.size() != 4) {
      throw new FormatException(
          "is a JPEG of %d components, only 1 (grey), 3 and 4 are read; convert it to RGB"
              .formatted(parts.size()));
    }
    for (var part : parts) {
      if (part.across < 1 || part.across > 4 || part.down < 1 || part.down > 4) {
        throw JpegPicture.damaged(
            "component %d is sampled %dx%d, expected 1x1 to 4x4"
                .formatted(part.id, part.across, part.down));
      }
      if (acrossMost() % part.across != 0 || downMost() % part.down != 0) {
        throw new FormatException(
            "is a JPEG that samples a component %dx%d and another %dx%d, only whole ratios are read;"
                    .formatted(part.across, part.down, acrossMost(), downMost())
                + " convert it");
      }
    }
  }

  /** Returns the most samples across that a component has in an MCU. */
  int acrossMost() {
    int most = 1;
    for (var part : parts) {
      most = Math.max(most, part.across);
    }
    return most;
  }

  /** Returns the most samples down that a component has in an MCU. */
  int downMost() {
    int most = 1;
    for (var part : parts) {
      most = Math.max(most, part.down);
    }
    return most;
  }

  /** Returns the components with their sizes. */
  List<Component> components() {
    List<Component> components = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      components.add(new Component(parts.get(i), i, acrossMost(), downMost(), width, height));
    }
    return components;
  }
}
