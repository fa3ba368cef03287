package stride.image;

import static stride.format.FormatException.quote;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import stride.format.FileException;
import stride.format.FormatException;
import stride.image.bmp.BmpPicture;
import stride.image.gif.GifPicture;
import stride.image.jpeg.JpegPicture;
import stride.image.png.PngPicture;

/**
 * Reads pictures, trusting none of them: JPEG, PNG, BMP and a GIF's first image, other formats by
 * {@link PictureDecoder}s. The format is told by the content, not by a name. Pictures come from
 * files of any file system (of a zip too), from bytes and from streams, of which no more than
 * {@link PictureOptions#mostBytes} are read. A picture's size is looked at before any of its pixels
 * are decoded.
 *
 * <p>{@code decode} gives a {@link Picture}, {@code read} one of AWT, whose classes are loaded only
 * then. All of them throw
 *
 * <ul>
 *   <li>{@link FormatException} if the file is empty, truncated, damaged, too large or no picture;
 *       the message names the file, or "the picture" if it has no name
 *   <li>{@link FileException} if it cannot be read
 *   <li>{@link IllegalArgumentException} if an argument is null
 * </ul>
 */
public final class Pictures {
  private static final Set<String> SUFFIXES =
      Set.of("jpg", "jpeg", "jpe", "jfif", "png", "bmp", "gif", "webp");

  /** The most pixels of four channels that an array holds. */
  private static final long MAX_PIXELS = (Integer.MAX_VALUE - 8) / 4;

  private Pictures() {}

  /** Whether a file's name ends as the name of a picture that can be read. */
  public static boolean isPictureName(String file) {
    return SUFFIXES.contains(file.substring(file.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
  }

  /** Reads a picture file, turned as its EXIF orientation says. */
  public static Picture decode(Path file) throws IOException {
    return decode(file, PictureOptions.STANDARD);
  }

  /** Reads a picture file as the options say. */
  public static Picture decode(Path file, PictureOptions options) throws IOException {
    return with(PictureFile.of(file, options), options, picture -> picture);
  }

  /** Reads a picture from a file's bytes, turned as its EXIF orientation says. */
  public static Picture decode(byte[] file) throws IOException {
    return decode(file, PictureOptions.STANDARD);
  }

  /** Reads a picture from a file's bytes as the options say. */
  public static Picture decode(byte[] file, PictureOptions options) throws IOException {
    return with(PictureFile.of(file, options), options, picture -> picture);
  }

  /** Reads a picture from a stream, turned as its EXIF orientation says. It is not closed. */
  public static Picture decode(InputStream stream) throws IOException {
    return decode(stream, PictureOptions.STANDARD);
  }

  /** Reads a picture from a stream as the options say. It is not closed. */
  public static Picture decode(InputStream stream, PictureOptions options) throws IOException {
    return with(PictureFile.of(stream, options), options, picture -> picture);
  }

  /** Reads a picture file for AWT, turned as its EXIF orientation says. */
  public static BufferedImage read(Path file) throws IOException {
    return read(file, PictureOptions.STANDARD);
  }

  /**
   * Reads a picture file for AWT as the options say. What {@link Pixels#rgb} makes of it is what
   * PIL's {@code convert("RGB")} does.
   */
  public static BufferedImage read(Path file, PictureOptions options) throws IOException {
    return with(PictureFile.of(file, options), options, Picture::toBufferedImage);
  }

  /** Reads a picture for AWT from a file's bytes, turned as its EXIF orientation says. */
  public static BufferedImage read(byte[] file) throws IOException {
    return read(file, PictureOptions.STANDARD);
  }

  /** Reads a picture for AWT from a file's bytes as the options say. */
  public static BufferedImage read(byte[] file, PictureOptions options) throws IOException {
    return with(PictureFile.of(file, options), options, Picture::toBufferedImage);
  }

  /** Reads a picture for AWT from a stream, turned as its EXIF orientation says. */
  public static BufferedImage read(InputStream stream) throws IOException {
    return read(stream, PictureOptions.STANDARD);
  }

  /** Reads a picture for AWT from a stream as the options say. It is not closed. */
  public static BufferedImage read(InputStream stream, PictureOptions options) throws IOException {
    return with(PictureFile.of(stream, options), options, Picture::toBufferedImage);
  }

  /**
   * Reads a picture file as an image, reduced bilinearly where its shorter side is longer than
   * wanted.
   *
   * @param channels 1 for grey, 3 for red, green and blue
   * @param shorter the most pixels that its shorter side may have
   */
  public static Pixels reduced(Path file, int channels, int shorter, PictureOptions options)
      throws IOException {
    if (channels != 1 && channels != 3 || shorter < 1) {
      throw new IllegalArgumentException(
          "an image has 1 or 3 channels and sides of at least 1 pixel, asked for %d and %d"
              .formatted(channels, shorter));
    }
    return with(
        PictureFile.of(file, options),
        options,
        picture -> {
          int side = Math.min(picture.height(), picture.width());
          var rows = picture.rows(channels);
          return side <= shorter
              ? rows.toPixels()
              : Resize.window(
                  rows,
                  Resize.Span.all(Math.toIntExact((long) picture.width() * shorter / side)),
                  Resize.Span.all(Math.toIntExact((long) picture.height() * shorter / side)),
                  Resampling.BILINEAR);
        });
  }

  /** What is made of a picture. */
  @FunctionalInterface
  interface Use<T> {
    T of(Picture picture) throws FormatException;
  }

  /** Reads a picture and makes something of it, while there is memory for both. */
  static <T> T with(PictureFile file, PictureOptions options, Use<T> use) throws FormatException {
    try {
      var format = PictureFormat.of(Arrays.copyOf(file.bytes(), PictureFormat.HEAD));
      var encoded = open(file.bytes(), format);
      long memory = checkSize(encoded, file.bytes().length, options);
      try (var _ = DecodingMemory.take(memory)) {
        var orientation =
            options.exif() ? orientation(encoded, file.bytes(), format) : Orientation.AS_STORED;
        return use.of(decoded(encoded, orientation));
      }
    } catch (FormatException e) {
      throw file.failure(String.valueOf(e.getMessage()), e);
    } catch (OutOfMemoryError e) {
      throw file.failure(
          "the picture needs more memory than there is; make it smaller, or give the JVM more with"
              + " -Xmx (STRIDE_JAVA_OPTS=-Xmx8g)",
          e);
    }
  }

  private static Picture decoded(EncodedPicture encoded, Orientation orientation)
      throws FormatException {
    if (encoded instanceof PngPicture png && png.isGreyOf16Bits()) {
      return new Picture(png.decodeSamples(), true, orientation);
    }
    try {
      return new Picture(encoded.decode(), false, orientation);
    } catch (RuntimeException e) {
      throw damaged(e);
    }
  }

  private static EncodedPicture open(byte[] file, @Nullable PictureFormat format)
      throws FormatException {
    return switch (format) {
      case JPEG -> JpegPicture.open(file);
      case PNG -> PngPicture.open(file);
      case BMP -> BmpPicture.open(file);
      case GIF, GIF_WITH_EXTENSIONS -> GifPicture.open(file);
      case null, default ->
          byDecoders(file).orElseThrow(() -> new FormatException(unknown(format)));
    };
  }

  private static Optional<EncodedPicture> byDecoders(byte[] file) throws FormatException {
    for (var decoder : Decoders.FOUND) {
      try {
        var opened = decoder.open(file);
        if (opened.isPresent()) {
          return opened;
        }
      } catch (RuntimeException e) {
        throw damaged(e);
      }
    }
    return Optional.empty();
  }

  private static String unknown(@Nullable PictureFormat format) {
    if (format == PictureFormat.WEBP) {
      return "is a WebP picture, which only dev.stride:stride-codecs reads; add it, or convert the"
          + " picture to PNG";
    }
    return format == null
        ? "is no picture of a known format, expected JPEG, PNG, BMP, GIF or WebP"
        : "is of the format %s, which is not read; convert it to JPEG or PNG"
            .formatted(format.title());
  }

  /** Looked up when the first picture needs one. */
  private static final class Decoders {
    static final List<PictureDecoder> FOUND =
        ServiceLoader.load(PictureDecoder.class, Pictures.class.getClassLoader()).stream()
            .map(ServiceLoader.Provider::get)
            .toList();

    private Decoders() {}
  }

  private static Orientation orientation(
      EncodedPicture encoded, byte[] file, @Nullable PictureFormat format) {
    if (encoded instanceof JpegPicture jpeg) {
      return Exif.of(jpeg.exif());
    }
    return switch (format) {
      case PNG -> Exif.inPng(file);
      case WEBP -> Exif.inWebP(file);
      case null, default -> Orientation.AS_STORED;
    };
  }

  /** Refuses what is too large, and tells how many bytes the picture takes. */
  private static long checkSize(EncodedPicture picture, int fileBytes, PictureOptions options)
      throws FormatException {
    int width = picture.width();
    int height = picture.height();
    if (width < 1 || height < 1) {
      throw new FormatException(
          "has %dx%d pixels, a picture has at least one".formatted(width, height));
    }
    long pixels = (long) width * height;
    long bytes = fileBytes + picture.decodedBytes();
    boolean limited = options.mostPixels() != PictureOptions.BY_MEMORY;
    if (limited && pixels > options.mostPixels()) {
      throw new FormatException(
          "has %dx%d pixels, at most %,d are read; make it smaller, or raise the limit with --max-pixels %d (PictureOptions.mostPixels)"
              .formatted(width, height, options.mostPixels(), pixels));
    }
    if (pixels > MAX_PIXELS) {
      throw new FormatException(
          "has %dx%d pixels, more than the %,d that --max-pixels (PictureOptions.mostPixels) may allow; make it smaller"
              .formatted(width, height, MAX_PIXELS));
    }
    if (!limited && bytes > DecodingMemory.most()) {
      throw new FormatException(
          "has %dx%d pixels, which take about %,d MB of memory, and %,d MB are for pictures; make it smaller, give the JVM more with -Xmx%dg (STRIDE_JAVA_OPTS), or try all the same with --max-pixels %d (PictureOptions.mostPixels)"
              .formatted(
                  width,
                  height,
                  bytes >> 20,
                  DecodingMemory.most() >> 20,
                  Math.ceilDiv(2 * bytes, 1L << 30),
                  pixels));
    }
    return bytes;
  }

  private static FormatException damaged(RuntimeException e) {
    String said = e.getMessage();
    return new FormatException(
        "the picture is damaged: " + (said == null ? e.getClass().getSimpleName() : quote(said)),
        e);
  }
}
