package stride.codecs.webp;

import java.util.Optional;
import stride.format.FormatException;
import stride.image.EncodedPicture;
import stride.image.Pixels;

/**
 * A WebP file (RFC 9649): lossy or lossless, opaque or transparent, or an animation's first frame
 * on its canvas, which is transparent black. The bytes equal those of libwebp 1.2.4 and PIL.
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
   * @return the picture, or empty if the file is not a WebP
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
  public long decodedBytes() {
    return canvasBytes() + container.frame().decodedBytes();
  }

  private int channels() {
    return container.transparent() ? 4 : 3;
  }

  private long canvasBytes() {
    return (long) channels() * width() * height();
  }

  @Override
  public Pixels decode() throws FormatException {
    if (canvasBytes() > LONGEST_ARRAY) {
      throw new FormatException(
          "the picture has %dx%d pixels, more than one array holds; make it smaller"
              .formatted(width(), height()));
    }
    var frame = container.frame();
    var paint = frame.decode(file);
    int step = channels();
    int stride = step * width();
    var canvas = new byte[stride * height()];
    paint.put(canvas, frame.top() * stride + step * frame.left(), stride, step);
    return new Pixels(height(), width(), step, canvas);
  }
}
