package stride.image;

import static stride.format.FormatException.quote;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import stride.format.FormatException;

/** A JPEG, decoded by the JDK, and its colours made of its components as libjpeg does. */
record JdkJpeg(byte[] file, JpegHeader header, int width, int height) implements EncodedPicture {
  static JdkJpeg open(byte[] file) throws FormatException {
    return read(
        file,
        (reader, header) -> new JdkJpeg(file, header, reader.getWidth(0), reader.getHeight(0)));
  }

  @Override
  public Pixels decode() throws FormatException {
    return read(file, JdkJpeg::decoded);
  }

  @FunctionalInterface
  private interface Reading<T> {
    T read(ImageReader reader, JpegHeader header) throws IOException;
  }

  private static <T> T read(byte[] file, Reading<T> reading) throws FormatException {
    var reader = jdkReader();
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      var header = JpegHeader.read(in);
      in.seek(0);
      reader.setInput(in, true, true);
      return reading.read(reader, header);
    } catch (FormatException e) {
      throw e;
    } catch (EOFException e) {
      throw new FormatException("the picture is truncated", e);
    } catch (IOException | RuntimeException e) {
      // Readers check little of what they read.
      throw damaged(e);
    } finally {
      reader.dispose();
    }
  }

  private static ImageReader jdkReader() {
    var readers = ImageIO.getImageReadersByFormatName("jpeg");
    while (readers.hasNext()) {
      var reader = readers.next();
      // Other readers that an application has may see other colours.
      if (reader.getClass().getName().startsWith("com.sun.imageio.")) {
        return reader;
      }
    }
    throw new IllegalStateException("the JDK has no reader of JPEG");
  }

  private static Pixels decoded(ImageReader reader, JpegHeader header) throws IOException {
    List<String> warnings = new ArrayList<>();
    reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
    var picture = stored(reader, header);
    // The JDK's JPEG reader fills with grey what is missing, and only warns.
    for (var warning : warnings) {
      if (warning.contains("Truncated") || warning.contains("premature end")) {
        throw new FormatException("the picture is truncated");
      }
    }
    boolean grey = picture.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY;
    return grey ? Pixels.grey(picture) : Pixels.rgb(picture);
  }

  /** Reads a picture's samples as they are stored, whatever its colour profile says. */
  private static BufferedImage stored(ImageReader reader, JpegHeader header) throws IOException {
    if (!header.isPlain()) {
      return JpegColours.picture(reader.readRaster(0, null), header.colours());
    }
    var param = reader.getDefaultReadParam();
    for (var types = reader.getImageTypes(0); types.hasNext(); ) {
      var type = types.next();
      var space = type.getColorModel().getColorSpace();
      // The profile's own colours; into any others they would be converted.
      if (space.getType() == ColorSpace.TYPE_RGB && !space.isCS_sRGB()) {
        param.setDestinationType(type);
        return reader.read(0, param);
      }
    }
    return header.profile() && header.components().size() == 3
        ? JpegColours.picture(reader.readRaster(0, null), header.colours())
        : reader.read(0, param);
  }

  private static FormatException damaged(Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof EOFException) {
        return new FormatException("the picture is truncated", e);
      }
    }
    String said = e.getMessage();
    return new FormatException(
        "the picture is damaged: " + (said == null ? e.getClass().getSimpleName() : quote(said)),
        e);
  }
}
