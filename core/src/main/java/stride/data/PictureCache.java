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

  private final ConcurrentHashMap<Path, Pixels> images = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Path, Pixels> pictures = new ConcurrentHashMap<>();
  private final AtomicLong bytes = new AtomicLong();
  private final long most;

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
    var kept = images.get(file);
    if (kept != null) {
      return kept.toTensor().data();
    }
    float[] image = preprocessing.prepare(file, options).data();
    // A digit's values are no bytes.
    if (!(preprocessing.fit() instanceof Fit.Digit)) {
      var shape = preprocessing.shape();
      var values = new byte[image.length];
      for (int i = 0; i < image.length; i++) {
        values[i] = (byte) Math.round(image[i] * 255);
      }
      keep(images, file, new Pixels(shape.height(), shape.width(), shape.channels(), values));
    }
    return image;
  }

  /** A picture, perhaps reduced, for images of which parts are to be made. */
  Pixels picture(Path file, Preprocessing preprocessing, PictureOptions options)
      throws IOException {
    var kept = pictures.get(file);
    if (kept != null) {
      return kept;
    }
    var shape = preprocessing.shape();
    int wanted = REDUCED * Math.max(shape.height(), shape.width());
    var picture = Pictures.reduced(file, shape.channels() == 1 ? 1 : 3, wanted, options);
    keep(pictures, file, picture);
    return picture;
  }

  private void keep(ConcurrentHashMap<Path, Pixels> kept, Path file, Pixels pixels) {
    int size = pixels.data().length;
    if (bytes.addAndGet(size) > most) {
      bytes.addAndGet(-size);
      return;
    }
    @Nullable Pixels before = kept.putIfAbsent(file, pixels);
    if (before != null) {
      bytes.addAndGet(-size);
    }
  }
}
