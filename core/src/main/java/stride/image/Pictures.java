package stride.image;

import static stride.format.FormatException.quote;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.ServiceLoader;
import java.util.Set;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;
import stride.format.FileException;
import stride.format.FormatException;
import stride.image.jpeg.JpegPicture;
import stride.tensor.Tensor;

/**
 * Reads pictures, trusting none of them: JPEG by {@link JpegPicture}, PNG, BMP and a GIF's first
 * image by the JDK, other formats by {@link PictureDecoder}s. The format is told by a file's
 * content, not by its name.
 */
public final class Pictures {
  private static final Set<String> SUFFIXES =
      Set.of("jpg", "jpeg", "jpe", "jfif", "png", "bmp", "gif", "webp");

  private Pictures() {}

  /** Whether a file's name ends as the name of a picture that can be read. */
  public static boolean isPictureName(String file) {
    return SUFFIXES.contains(file.substring(file.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
  }

  /**
   * Reads a picture of at most 100 megapixels, turned as its EXIF orientation says.
   *
   * @throws FormatException if the file is empty, truncated, damaged, too large or no picture
   * @throws FileException if it cannot be read
   */
  public static BufferedImage read(Path file) throws IOException {
    return read(file, PictureOptions.STANDARD);
  }

  /**
   * Reads a picture. Its size is looked at before any of its pixels are decoded. What {@link
   * Pixels#rgb} makes of it is what PIL's {@code convert("RGB")} does.
   *
   * @throws FormatException if the file is empty, truncated, damaged, too large or no picture
   * @throws FileException if it cannot be read
   */
  public static BufferedImage read(Path file, PictureOptions options) throws IOException {
    FileException.requireFile(file);
    try {
      if (Files.size(file) == 0) {
        throw new FormatException(file + ": has 0 bytes, expected a picture");
      }
      // Not ImageIO.read: it keeps a copy of the file, and decodes without a look at the size.
      try (var in = new FileImageInputStream(file.toFile())) {
        return read(in, file, options);
      }
    } catch (EOFException e) {
      throw new FormatException(file + ": the picture is truncated", e);
    } catch (IIOException e) {
      throw damaged(file, e);
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  private static BufferedImage read(ImageInputStream in, Path file, PictureOptions options)
      throws IOException {
    byte[] head = head(in);
    var format = PictureFormat.of(head);
    if (format == PictureFormat.JPEG) {
      return jpeg(file, options);
    }
    var reader = reader(head, format, file);
    try {
      return decoded(reader, in, format, file, options);
    } catch (RuntimeException e) {
      // Readers check little of what they read.
      throw damaged(file, e);
    } catch (OutOfMemoryError e) {
      throw tooLarge(file, e);
    } finally {
      reader.dispose();
    }
  }

  private static BufferedImage jpeg(Path file, PictureOptions options) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    JpegPicture picture;
    try {
      picture = JpegPicture.open(bytes);
    } catch (FormatException e) {
      throw new FormatException(file + ": " + e.getMessage(), e);
    }
    checkSize(picture.width(), picture.height(), file, options);
    var orientation = options.exif() ? Exif.orientation(picture.exif()) : Orientation.AS_STORED;
    try {
      return orientation.apply(image(picture.decode()));
    } catch (FormatException e) {
      throw new FormatException(file + ": " + e.getMessage(), e);
    } catch (OutOfMemoryError e) {
      throw tooLarge(file, e);
    }
  }

  /** The same pixels, not copied. */
  private static BufferedImage image(Pixels pixels) {
    int channels = pixels.channels();
    var raster =
        Raster.createInterleavedRaster(
            new DataBufferByte(pixels.data(), pixels.data().length),
            pixels.width(),
            pixels.height(),
            pixels.width() * channels,
            channels,
            channels == 1 ? new int[] {0} : new int[] {0, 1, 2},
            null);
    var space = ColorSpace.getInstance(channels == 1 ? ColorSpace.CS_GRAY : ColorSpace.CS_sRGB);
    var model =
        new ComponentColorModel(space, false, false, Transparency.OPAQUE, DataBuffer.TYPE_BYTE);
    return new BufferedImage(model, raster, false, null);
  }

  private static byte[] head(ImageInputStream in) throws IOException {
    var head = new byte[PictureFormat.HEAD];
    int length = 0;
    for (int read = 0; read >= 0 && length < head.length; length += Math.max(read, 0)) {
      read = in.read(head, length, head.length - length);
    }
    return java.util.Arrays.copyOf(head, length);
  }

  private static ImageReader reader(byte[] head, @Nullable PictureFormat format, Path file)
      throws FormatException {
    String jdkName = format == null ? null : format.jdkName();
    if (jdkName != null) {
      var readers = ImageIO.getImageReadersByFormatName(jdkName);
      while (readers.hasNext()) {
        var reader = readers.next();
        // Other readers that an application has may see other colours.
        if (reader.getClass().getName().startsWith("com.sun.imageio.")) {
          return reader;
        }
      }
    }
    for (var decoder : Decoders.FOUND) {
      var reader = decoder.readerFor(head);
      if (reader.isPresent()) {
        return reader.get();
      }
    }
    if (format == PictureFormat.WEBP) {
      throw new FormatException(
          file
              + ": is a WebP picture, which only dev.stride:stride-codecs reads; add it, or convert"
              + " the picture to PNG");
    }
    throw new FormatException(
        format == null
            ? file + ": is no picture of a known format, expected JPEG, PNG, BMP, GIF or WebP"
            : "%s: is of the format %s, which is not read; convert it to JPEG or PNG"
                .formatted(file, format.title()));
  }

  /** Looked up when the first picture needs one. */
  private static final class Decoders {
    static final List<PictureDecoder> FOUND =
        ServiceLoader.load(PictureDecoder.class, Pictures.class.getClassLoader()).stream()
            .map(ServiceLoader.Provider::get)
            .toList();

    private Decoders() {}
  }

  private static BufferedImage decoded(
      ImageReader reader,
      ImageInputStream in,
      @Nullable PictureFormat format,
      Path file,
      PictureOptions options)
      throws IOException {
    var screen = format == PictureFormat.GIF ? GifScreen.read(in) : null;
    var orientation = options.exif() ? orientation(in, format) : Orientation.AS_STORED;
    in.seek(0);
    reader.setInput(in, true, true);
    checkSize(reader.getWidth(0), reader.getHeight(0), file, options);
    var picture = stored(reader);
    if (screen != null) {
      checkSize(screen.width(), screen.height(), file, options);
      picture = screen.show(picture);
    }
    return orientation.apply(picture);
  }

  /** Reads a picture's samples as they are stored, whatever its colour profile says. */
  private static BufferedImage stored(ImageReader reader) throws IOException {
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
    return reader.read(0, param);
  }

  private static Orientation orientation(ImageInputStream in, @Nullable PictureFormat format)
      throws IOException {
    return format == PictureFormat.PNG
        ? Exif.inPng(in)
        : format == PictureFormat.WEBP ? Exif.inWebP(in) : Orientation.AS_STORED;
  }

  private static void checkSize(int width, int height, Path file, PictureOptions options)
      throws FormatException {
    if (width < 1 || height < 1) {
      throw new FormatException(
          "%s: has %dx%d pixels, a picture has at least one".formatted(file, width, height));
    }
    if ((long) width * height > options.mostPixels()) {
      throw new FormatException(
          "%s: has %dx%d pixels, at most %,d are read; make it smaller, or raise the limit"
              .formatted(file, width, height, options.mostPixels()));
    }
  }

  private static FormatException tooLarge(Path file, OutOfMemoryError e) {
    return new FormatException(
        "%s: the picture needs more memory than there is; make it smaller, or give the JVM more with -Xmx"
            .formatted(file),
        e);
  }

  private static FormatException damaged(Path file, Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof EOFException) {
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
    boolean grey = picture.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY;
    return (grey ? Pixels.grey(picture) : Pixels.rgb(picture)).toTensor();
  }
}
