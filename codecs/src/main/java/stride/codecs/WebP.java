package stride.codecs;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import javax.imageio.ImageReader;
import stride.image.PictureDecoder;

/**
 * Google's WebP, lossy and lossless, with and without transparency, an animation's first image (RFC
 * 9649), decoded by TwelveMonkeys ImageIO.
 */
public final class WebP implements PictureDecoder {
  @Override
  public Optional<ImageReader> readerFor(byte[] head) {
    return isAt(head, 0, "RIFF") && isAt(head, 8, "WEBP")
        ? Optional.of(new WebPImageReaderSpi().createReaderInstance(null))
        : Optional.empty();
  }

  private static boolean isAt(byte[] head, int at, String text) {
    return head.length >= at + text.length()
        && new String(head, at, text.length(), StandardCharsets.ISO_8859_1).equals(text);
  }
}
