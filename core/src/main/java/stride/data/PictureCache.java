package stride.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import stride.image.Fit;
import stride.image.PictureOptions;
import stride.image.Pictures;
import stride.image.Pixels;
import stride.image.Preprocessing;
import stride.tensor.Shape;

/**
 * Pictures in memory, as bytes, so that each is decoded once. Kept are the images that are made of
 * whole pictures and, for random parts, the pictures: those whose shorter side is longer than twice
 * the image's are reduced to that. What does not fit is decoded again; the numbers are the same.
 * Thread-safe.
 */
public final class PictureCache {
  /** Of the memory that Java may take, at most this part. */
  private static final double MOST = 0.4;

  private static final int REDUCED = 2;

  private final ConcurrentHashMap<Image, Pixels> images = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Picture, Pixels> pictures = new ConcurrentHashMap<>();
  private final AtomicLong bytes = new AtomicLong();
  private final long most;

  /** A file's image, by all that makes it what it is; normalisation comes after. */
  private record Image(Path file, Fit fit, Shape shape, PictureOptions options) {}

  /** A file's picture, with the length that its shorter side is reduced to if it is longer. */
  private record Picture(Path file, int channels, int shorter, PictureOptions options) {}

  /** A cache of at most two fifths of the memory that Java may take. */
  public PictureCache() {
    this((long) (MOST * Runtime.getRuntime().maxMemory()));
  }

  /** A cache of at most so many bytes. */
  public PictureCache(long most) {
    this.most = most;
  }

  /** A picture's image, which is prepared unless it is there. */
  float[] image(Path file, Preprocessing preprocessing, PictureOptions options) throws IOException {
    var key = new Image(file, preprocessing.fit(), preprocessing.shape(), options);
    var kept = images.get(key);
    if (kept != null) {
      return kept.toImage().data();
    }
    var image = preprocessing.prepare(file, options);
    var pixels = image.toPixels();
    // The values of some fits are no bytes.
    if (pixels.toImage().equals(image)) {
      keep(images, key, pixels);
    }
    return image.data();
  }

  /** A picture, perhaps reduced, for images of which parts are to be made. */
  Pixels picture(Path file, Preprocessing preprocessing, PictureOptions options)
      throws IOException {
    var shape = preprocessing.shape();
    int wanted = REDUCED * Math.max(shape.height(), shape.width());
    var key = new Picture(file, shape.channels(), wanted, options);
    var kept = pictures.get(key);
    if (kept != null) {
      return kept;
    }
    var picture = Pictures.reduced(file, shape.channels() == 1 ? 1 : 3, wanted, options);
    keep(pictures, key, picture);
    return picture;
  }

  private <K> void keep(ConcurrentHashMap<K, Pixels> kept, K key, Pixels pixels) {
    int size = pixels.data().length;
    if (bytes.addAndGet(size) > most) {
      bytes.addAndGet(-size);
      return;
    }
    @Nullable Pixels before = kept.putIfAbsent(key, pixels);
    if (before != null) {
      bytes.addAndGet(-size);
    }
  }
}
