package stride.codecs;

import java.util.Optional;
import stride.codecs.webp.WebPPicture;
import stride.format.FormatException;
import stride.image.EncodedPicture;
import stride.image.PictureDecoder;

/** Google's WebP: the service that finds {@link WebPPicture}. */
public final class WebP implements PictureDecoder {
  @Override
  public Optional<EncodedPicture> open(byte[] file) throws FormatException {
    return WebPPicture.open(file);
  }
}
