package stride.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import stride.image.Fit;
import stride.image.Picture;
import stride.image.PictureOptions;
import stride.image.Pictures;
import stride.image.Pixels;
import stride.image.Preprocessing;
import stride.tensor.Shape;

/**
 * Keeps pictures in memory, as bytes, so that each is decoded once. Of pictures of classes it keeps
 * the images that are made of whole pictures and, for random parts, the pictures, reduced if their
 * shorter side is longer than twice the image's; pictures with boxes are kept as they are. Pictures
 * that do not fit into the cache are decoded each time, with the same result. Thread-safe.
 */
public final class PictureCache {
  /** The largest part of the JVM's maximum memory that the cache takes. */
  private static final double MOST = 0.4;

  private static final int REDUCED = 2;

  private final ConcurrentHashMap<Image, Pixels> images = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Reduced, Pixels> pictures = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Whole, Picture> whole = new ConcurrentHashMap<>();
  private final AtomicLong bytes = new AtomicLong();
  private final long most;

  /** The key of a file's image: everything that determines it; normalisation comes after. */
  private record Image(Path file, Fit fit, Shape shape, PictureOptions options) {}

  /**
   * The key of a file's picture, with the length that its shorter side is reduced to if it is
   * longer.
   */
  private record Reduced(Path file, int channels, int shorter, PictureOptions options) {}

  private record Whole(Path file, PictureOptions options) {}

  /** Creates a cache of at most two fifths of the JVM's maximum memory. */
  public PictureCache() {
    this((long) (MOST * Runtime.getRuntime().maxMemory()));
  }

  /**
   * Creates a cache of a size.
   *
   * @param most the largest number of bytes to keep
   */
  public PictureCache(long most) {
    this.most = most;
  }

  /** Returns a picture's image, which is prepared if it is not in the cache. */
  float[] image(Path file, Preprocessing preprocessing, PictureOptions options) throws IOException {
    var key = new Image(file, preprocessing.fit(), preprocessing.shape(), options);
    var kept = images.get(key);
    if (kept != null) {
      return kept.toImage().data();
    }
    var image = preprocessing.prepare(file, options);
    var pixels = image.toPixels();
    // The values of some fits are not bytes.
    if (pixels.toImage().equals(image)) {
      keep(images, key, pixels, pixels.data().length);
    }
    return image.data();
  }

  /** Returns a picture, perhaps reduced, of which random parts are made into images. */
  Pixels picture(Path file, Preprocessing preprocessing, PictureOptions options)
      throws IOException {
    var shape = preprocessing.shape();
    int wanted = REDUCED * Math.max(shape.height(), shape.width());
    var key = new Reduced(file, shape.channels(), wanted, options);
    var kept = pictures.get(key);
    if (kept != null) {
      return kept;
    }
    var picture = Pictures.reduced(file, shape.channels() == 1 ? 1 : 3, wanted, options);
    keep(pictures, key, picture, picture.data().length);
    return picture;
  }

  /** Returns a picture as it is. */
  Picture picture(Path file, PictureOptions options) throws IOException {
    var key = new Whole(file, options);
    var kept = whole.get(key);
    if (kept != null) {
      return kept;
    }
    var picture = Pictures.decode(file, options);
    // With opacity, or 16 bits for each grey.
    long size = (picture.isGrey() ? 2L : 4L) * picture.height() * picture.width();
    keep(whole, key, picture, size);
    return picture;
  }

  private <K, V> void keep(ConcurrentHashMap<K, V> kept, K key, V value, long size) {
    if (bytes.addAndGet(size) > most) {
      bytes.addAndGet(-size);
      return;
    }
    @Nullable V before = kept.putIfAbsent(key, value);
    if (before != null) {
      bytes.addAndGet(-size);
    }
  }
}
