package stride.style;

import stride.image.Image;
import stride.image.Pixels;
import stride.image.Resampling;
import stride.style.StyleSettings.Start;
import stride.tensor.CounterRandom;
import stride.tensor.Shape;
import stride.tensor.Tensor;

/**
 * A picture that is painted, at one of its sizes.
 *
 * @param photo at its full size
 * @param size the photo at this size
 * @param x the picture's values (H, W, 3), changed in place
 * @param scale the number of the size, from 1
 * @param factor how many times smaller than the photo it is
 */
record PixelCanvas(Pixels photo, Pixels size, float[] x, int scale, int factor) {
  /** {@return the smallest size, as the picture begins} */
  static PixelCanvas smallest(Pixels photo, StyleSettings settings) {
    int factor = 1 << (settings.scales() - 1);
    var size = shrunk(photo, factor);
    var begun = begun(settings.colours().ofPhoto(size), settings);
    return new PixelCanvas(photo, size, begun, 1, factor);
  }

  /** {@return the next size, with what this one has become} */
  PixelCanvas larger() {
    var larger = shrunk(photo, factor / 2);
    return new PixelCanvas(photo, larger, enlarged(larger), scale + 1, factor / 2);
  }

  /** {@return a picture whose sides are divided by {@code factor}} */
  static Pixels shrunk(Pixels picture, int factor) {
    return picture.resize(
        Math.max(1, Math.round(picture.height() / (float) factor)),
        Math.max(1, Math.round(picture.width() / (float) factor)),
        Resampling.BICUBIC);
  }

  private static float[] begun(Pixels photo, StyleSettings settings) {
    if (settings.start() == Start.PHOTO) {
      return photo.toImage().data();
    }
    var noise = new float[photo.data().length];
    long key = CounterRandom.key(settings.seed(), 0, 0);
    for (int i = 0; i < noise.length; i++) {
      noise[i] = CounterRandom.uniform(CounterRandom.bits(key, i));
    }
    return noise;
  }

  private float[] enlarged(Pixels to) {
    return image(x, size)
        .toPixels()
        .resize(to.height(), to.width(), Resampling.BICUBIC)
        .toImage()
        .data();
  }

  private static Image image(float[] values, Pixels size) {
    return new Image(new Tensor(Shape.image(size.height(), size.width(), 3), values));
  }

  /** {@return the picture as large as the photo, with the colours that it is to have} */
  Image image(Colours colours) {
    float[] values = photo == size ? x.clone() : enlarged(photo);
    colours.restore(values, photo);
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.clamp(values[i], 0, 1);
    }
    return image(values, photo);
  }
}
