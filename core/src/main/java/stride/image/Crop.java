package stride.image;

import stride.image.Resize.Span;

/**
 * The part of an axis that a crop shows.
 *
 * @param first the first pixel of the axis that is shown
 * @param count the number of pixels of the axis that are shown
 * @param before zeros in front of them
 * @param size the pixels of the result
 */
record Crop(int first, int count, int before, int size) {
  /** Returns torchvision's {@code CenterCrop} along one axis. */
  static Crop center(int original, int size) {
    if (size < 1) {
      throw new IllegalArgumentException(
          "an image must have at least 1x1 pixels, asked for a side of " + size);
    }
    if (original <= size) {
      return new Crop(0, original, (size - original) / 2, size);
    }
    // Python rounds halves to the even number.
    return new Crop((int) Math.rint((original - size) / 2.0), size, 0, size);
  }

  /** Returns the shown part of an axis of {@code original} pixels. */
  Span within(int original) {
    return new Span(original, first, count);
  }

  /** Returns the shown part at its place in the result, surrounded by zeros. */
  static Pixels padded(Pixels shown, Crop along, Crop down) {
    if (shown.width() == along.size && shown.height() == down.size) {
      return shown;
    }
    int channels = shown.channels();
    var data = new byte[Math.multiplyExact(Math.multiplyExact(down.size, along.size), channels)];
    int row = shown.width() * channels;
    for (int y = 0; y < shown.height(); y++) {
      int at = ((down.before + y) * along.size + along.before) * channels;
      System.arraycopy(shown.data(), y * row, data, at, row);
    }
    return new Pixels(down.size, along.size, channels, data);
  }
}
