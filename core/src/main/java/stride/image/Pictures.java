package stride.image;

import static stride.format.FormatException.quote;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import stride.format.FileException;
import stride.format.FormatException;
import stride.tensor.Tensor;

/** Reads pictures of the formats the JDK knows (PNG, JPEG, BMP, GIF), trusting none of them. */
public final class Pictures {
  /** How many pixels a picture may have unless another limit is given: 100 megapixels. */
  public static final long MOST_PIXELS = 100_000_000;

  private Pictures() {}

  /**
   * Reads a picture of at most {@value #MOST_PIXELS} pixels; a GIF's first.
   *
   * @throws FormatException if the file is empty, truncated, damaged, too large or no picture
   * @throws FileException if it cannot be read
   */
  public static BufferedImage read(Path file) throws IOException {
    return read(file, MOST_PIXELS);
  }

  /**
   * Reads a picture; a GIF's first. Its size is looked at before any of its pixels are decoded.
   *
   * @param mostPixels the most pixels it may have
   * @throws FormatException if the file is empty, truncated, damaged, too large or no picture
   * @throws FileException if it cannot be read
   */
  public static BufferedImage read(Path file, long mostPixels) throws IOException {
    FileException.requireFile(file);
    try {
      if (Files.size(file) == 0) {
        throw new FormatException(file + ": has 0 bytes, expected a picture");
      }
      // Not ImageIO.read: it keeps a copy of the file, and decodes without a look at the size.
      try (var in = new FileImageInputStream(file.toFile())) {
        var readers = ImageIO.getImageReaders(in);
        if (!readers.hasNext()) {
          throw new FormatException(
              file + ": is no picture of a known format, expected PNG, JPEG, BMP or GIF");
        }
        var reader = readers.next();
        try {
          reader.setInput(in, true, true);
          return decoded(reader, file, mostPixels);
        } finally {
          reader.dispose();
        }
      }
    } catch (IIOException e) {
      throw damaged(file, e);
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  private static BufferedImage decoded(ImageReader reader, Path file, long mostPixels)
      throws IOException {
    try {
      List<String> warnings = new ArrayList<>();
      reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
      long width = reader.getWidth(0);
      long height = reader.getHeight(0);
      if (width * height > mostPixels) {
        throw new FormatException(
            "%s: has %dx%d pixels, at most %,d are read; make it smaller"
                .formatted(file, width, height, mostPixels));
      }
      var picture = reader.read(0);
      // The JDK's JPEG reader fills with grey what is missing, and only warns.
      for (var warning : warnings) {
        if (warning.contains("Truncated") || warning.contains("premature end")) {
          throw new FormatException(file + ": the picture is truncated");
        }
      }
      return picture;
    } catch (java.io.EOFException e) {
      throw new FormatException(file + ": the picture is truncated", e);
    } catch (RuntimeException e) {
      // The JDK's readers check little of what they read.
      throw damaged(file, e);
    } catch (OutOfMemoryError e) {
      throw new FormatException(
          "%s: the picture needs more memory than there is; make it smaller, or give the JVM more with -Xmx"
              .formatted(file),
          e);
    }
  }

  private static FormatException damaged(Path file, Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof java.io.EOFException) {
        return new FormatException(file + ": the picture is truncated", e);
      }
    }
    String said = e.getMessage();
    return new FormatException(
        "%s: the picture is damaged: %s"
            .formatted(file, said == null ? e.getClass().getSimpleName() : quote(said)),
        e);
  }

  /**
   * A picture as a tensor, (H, W, C) in [0, 1]: a grey picture with 1 channel, any other with 3
   * (red, green, blue). Transparency is ignored.
   */
  public static Tensor toTensor(BufferedImage picture) {
    boolean grey =
        picture.getColorModel().getColorSpace().getType() == java.awt.color.ColorSpace.TYPE_GRAY;
    return (grey ? Pixels.grey(picture) : Pixels.rgb(picture)).toTensor();
  }
}
