package stride.codecs;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;
import stride.format.FormatException;
import stride.image.EncodedPicture;
import stride.image.PictureDecoder;
import stride.image.Pixels;

/**
 * Google's WebP, lossy and lossless, with and without transparency, an animation's first image (RFC
 * 9649), decoded by TwelveMonkeys ImageIO.
 */
public final class WebP implements PictureDecoder {
  @Override
  public Optional<EncodedPicture> open(byte[] file) throws FormatException {
    return isAt(file, 0, "RIFF") && isAt(file, 8, "WEBP")
        ? Optional.of(
            read(file, reader -> new Encoded(file, reader.getWidth(0), reader.getHeight(0))))
        : Optional.empty();
  }

  private static boolean isAt(byte[] file, int at, String text) {
    return file.length >= at + text.length()
        && new String(file, at, text.length(), StandardCharsets.ISO_8859_1).equals(text);
  }

  private record Encoded(byte[] file, int width, int height) implements EncodedPicture {
    @Override
    public Pixels decode() throws FormatException {
      return read(file, reader -> Pixels.rgb(stored(reader)));
    }
  }

  /** Reads a picture's samples as they are stored, whatever its colour profile says. */
  private static BufferedImage stored(ImageReader reader) throws IOException {
    var param = reader.getDefaultReadParam();
    for (var types = reader.getImageTypes(0); types.hasNext(); ) {
      var type = types.next();
      if (!type.getColorModel().getColorSpace().isCS_sRGB()) {
        // The profile's own colours; into any others they would be converted.
        param.setDestinationType(type);
        break;
      }
    }
    return reader.read(0, param);
  }

  @FunctionalInterface
  private interface Reading<T> {
    T read(ImageReader reader) throws IOException;
  }

  private static <T> T read(byte[] file, Reading<T> reading) throws FormatException {
    var reader = new WebPImageReaderSpi().createReaderInstance(null);
    try (var in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      reader.setInput(in, true, true);
      return reading.read(reader);
    } catch (IOException | RuntimeException e) {
      // Readers check little of what they read.
      throw new FormatException(
          "the picture is damaged: "
              + FormatException.quote(
                  e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()),
          e);
    } finally {
      reader.dispose();
    }
  }
}
