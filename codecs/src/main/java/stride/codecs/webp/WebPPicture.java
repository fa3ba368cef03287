package stride.codecs.webp;

import java.util.Optional;
import stride.format.FormatException;
import stride.image.EncodedPicture;
import stride.image.Pixels;

/**
 * A WebP file (RFC 9649): lossy or lossless, with or without transparency, which is dropped, or an
 * animation's first frame on its black canvas. Gives the same bytes as libwebp 1.2.4, and as PIL's
 * {@code convert("RGB")} of it.
 */
public final class WebPPicture implements EncodedPicture {
  private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;

  private final byte[] file;
  private final Container container;

  private WebPPicture(byte[] file, Container container) {
    this.file = file;
    this.container = container;
  }

  /**
   * Opens a WebP.
   *
   * @param file all bytes of the file; not copied
   * @return nothing if the file is no WebP
   * @throws FormatException if its chunks or its images' headers are truncated or damaged
   */
  public static Optional<EncodedPicture> open(byte[] file) throws FormatException {
    return Container.isWebP(file)
        ? Optional.of(new WebPPicture(file, Container.read(file)))
        : Optional.empty();
  }

  @Override
  public int width() {
    return container.width();
  }

  @Override
  public int height() {
    return container.height();
  }

  @Override
  public Pixels decode() throws FormatException {
    long bytes = 3L * width() * height();
    if (bytes > LONGEST_ARRAY) {
      throw new FormatException(
          "the picture has %dx%d pixels, more than one array holds; make it smaller"
              .formatted(width(), height()));
    }
    var frame = container.frame();
    var paint = frame.decode(file);
    var rgb = new byte[(int) bytes];
    paint.put(rgb, 3 * (frame.top() * width() + frame.left()), 3 * width());
    return new Pixels(height(), width(), 3, rgb);
  }
}
