package stride.codecs;

import java.util.Optional;
import stride.codecs.webp.WebPPicture;
import stride.format.FormatException;
import stride.image.EncodedPicture;
import stride.image.PictureDecoder;

/** Decodes Google's WebP; the service through which {@link WebPPicture} is found. */
public final class WebP implements PictureDecoder {
  /** Makes the service; {@link java.util.ServiceLoader} calls this. */
  public WebP() {}

  @Override
  public Optional<EncodedPicture> open(byte[] file) throws FormatException {
    return WebPPicture.open(file);
  }
}
