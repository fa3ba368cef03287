package stride.app.report;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import stride.app.console.UsageException;
import stride.format.AtomicFiles;
import stride.image.Pixels;

/**
 * A file that a command draws or writes a page to. The suffix of its name says what it will hold: a
 * format that the command cannot write is refused before the work begins.
 */
public record OutputFile(Path path, Format format) {
  private static final float JPEG_QUALITY = 0.92f;

  /** What a file can hold. */
  public enum Format {
    PNG("png"),
    JPEG("jpg", "jpeg"),
    SVG("svg"),
    HTML("html", "htm");

    private final List<String> suffixes;

    Format(String... suffixes) {
      this.suffixes = List.of(suffixes);
    }
  }

  /**
   * A file for a picture, PNG or JPEG.
   *
   * @throws UsageException if its name does not end so
   * @throws stride.format.FileException if it cannot be written there
   */
  public static OutputFile picture(String option, Path path) throws IOException {
    return of(option, path, Format.PNG, Format.JPEG);
  }

  /** A file for a drawing of lines, SVG, PNG or JPEG. */
  public static OutputFile drawing(String option, Path path) throws IOException {
    return of(option, path, Format.SVG, Format.PNG, Format.JPEG);
  }

  /** A file for a page, HTML. */
  public static OutputFile page(String option, Path path) throws IOException {
    return of(option, path, Format.HTML);
  }

  /**
   * Checks that a path which is to become a folder is not named like a file.
   *
   * @throws UsageException if it is
   */
  public static void requireFolderName(String option, Path path) {
    var format = format(path);
    if (format.isPresent() && !Files.isDirectory(path)) {
      throw new UsageException(
          "%s takes the name of a folder, %s is that of a %s file"
              .formatted(option, path, format.get()));
    }
  }

  /**
   * Checks that a command does not write over what it reads, whatever the two are called.
   *
   * @param option what names the file to write
   * @param what what is read: "the photo"
   * @throws UsageException if both are the same file
   */
  public static void requireOther(String option, Path path, String what, Path read)
      throws IOException {
    if (Files.exists(path) && Files.exists(read) && Files.isSameFile(path, read)) {
      throw new UsageException(
          "%s %s is %s itself: give another name".formatted(option, path, what));
    }
  }

  private static OutputFile of(String option, Path path, Format... possible) throws IOException {
    var format = format(path).filter(Arrays.asList(possible)::contains);
    if (format.isEmpty()) {
      throw new UsageException(
          "%s takes a file whose name ends in %s, found %s"
              .formatted(
                  option,
                  Arrays.stream(possible)
                      .flatMap(known -> known.suffixes.stream())
                      .map("."::concat)
                      .collect(Collectors.joining(" or ")),
                  path));
    }
    AtomicFiles.requireWritable(path);
    return new OutputFile(path, format.get());
  }

  private static Optional<Format> format(Path path) {
    String name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
    return Arrays.stream(Format.values())
        .filter(format -> format.suffixes.stream().anyMatch(suffix -> name.endsWith("." + suffix)))
        .findFirst();
  }

  /** Writes a picture, whole or not at all. */
  public void write(BufferedImage picture) throws IOException {
    AtomicFiles.write(
        path,
        to -> {
          // ImageIO's own stream for an OutputStream would make a temporary file.
          try (var out = new MemoryCacheImageOutputStream(to)) {
            if (format == Format.JPEG) {
              writeJpeg(picture, out);
            } else {
              ImageIO.write(picture, "png", out);
            }
          }
        });
  }

  /** Writes a picture, whole or not at all. */
  public void write(Pixels picture) throws IOException {
    if (format == Format.PNG) {
      picture.savePng(path);
    } else {
      write(picture.toImage().toBufferedImage());
    }
  }

  /** A JPEG has no clear pixels: they become white. */
  private static void writeJpeg(BufferedImage picture, MemoryCacheImageOutputStream out)
      throws IOException {
    var opaque =
        new BufferedImage(picture.getWidth(), picture.getHeight(), BufferedImage.TYPE_INT_RGB);
    var pen = opaque.createGraphics();
    pen.drawImage(picture, 0, 0, Color.WHITE, null);
    pen.dispose();
    var writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try {
      var quality = writer.getDefaultWriteParam();
      quality.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      quality.setCompressionQuality(JPEG_QUALITY);
      writer.setOutput(out);
      writer.write(null, new IIOImage(opaque, null, null), quality);
    } finally {
      writer.dispose();
    }
  }

  /** Writes a chart of a size in pixels. */
  public void write(Chart chart, int width, int height) throws IOException {
    if (format == Format.SVG) {
      write(chart.toSvg(width, height) + "\n");
    } else {
      write(chart.toImage(width, height));
    }
  }

  /** Writes a page, or what else is text. */
  public void write(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    AtomicFiles.write(path, to -> to.write(bytes));
  }
}
